package settings

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// heldRole is a role that an account has, its own or that of a group.
type heldRole struct{ Place, Role string }

// accountBody is the page of an account.
type accountBody struct {
	accessBody

	Name            string
	Created         figure.Moment
	Admin, Disabled bool
	// Self is true for the account of the caller.
	Self   bool
	Action string
	Email  page.Input
	// Password is the field of a new one.
	Password page.Input
	// Problem is why nothing was changed, where no field is to blame.
	Problem string
	Roles   []heldRole
	// RolesPath and TokensPath lead to where they are changed.
	RolesPath, TokensPath string
}

// account is the page of the account that the path names.
func (s *Pages) account(v *page.Visit) error { return s.showAccount(v, http.StatusOK, nil, "") }

func (s *Pages) showAccount(v *page.Visit, status int, bad access.Problems, problem string) error {
	a, err := s.Accounts.Get(v.Ctx(), v.Request.PathValue("user"))
	if errors.Is(err, db.ErrNotFound) {
		return page.NotFound("There is no account with that name.")
	}
	if err != nil {
		return err
	}
	grants, err := s.Accounts.Grants(v.Ctx(), a.ID)
	if err != nil {
		return err
	}
	email := a.Email
	if bad.Of("email") != "" {
		email = v.Request.PostForm.Get("email")
	}
	b := accountBody{
		accessBody: newAccessBody(v, "Accounts"), Name: a.Name, Created: figure.Ago(a.Created, v.Now), Admin: a.Admin, Disabled: a.Disabled, Self: a.ID == v.Account.ID,
		Action: s.toAccount(v, a.Name), Problem: problem,
		Email:     page.Input{Name: "email", Label: "Mail address", Type: "email", Value: email, Problem: bad.Of("email"), Hint: "Reports about finished scans go there"},
		Password:  page.Input{Name: "password", Label: "New password", Type: "password", Fill: "new-password", Required: true, Problem: bad.Of("password"), Hint: "12 characters or more. It ends all sessions of the account"},
		RolesPath: v.Core.BasePath + accessPath + "/roles", TokensPath: v.Core.BasePath + tokensPath + "?account=" + a.Name,
	}
	b.Heading, b.Summary = a.Name, ""
	if grants.Grantee {
		b.Roles = append(b.Roles, heldRole{"instance", roleWord(accounts.RoleGrantee)})
	}
	for _, place := range slices.Sorted(maps.Keys(grants.Roles)) {
		b.Roles = append(b.Roles, heldRole{access.PlaceWord(place), roleWord(grants.Roles[place])})
	}
	return v.Show(status, accountPage, a.Name, b)
}

// changeAccount changes what the form has: the mail address and the two switches together, or the password alone.
func (s *Pages) changeAccount(v *page.Visit) error {
	form := v.Request.PostForm
	name := strings.ToLower(v.Request.PathValue("user"))
	change := access.AccountChange{Password: given(form, "password"), Email: given(form, "email")}
	if form.Has("email") {
		admin, disabled := form.Get("admin") == "true", form.Get("disabled") == "true"
		change.Admin, change.Disabled = &admin, &disabled
	}
	if bad := change.Check(name); bad != nil {
		return s.showAccount(v, http.StatusBadRequest, bad, "")
	}
	_, note, err := access.ChangeAccount(v.Ctx(), s.Accounts, name, change)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return page.NotFound("There is no account with that name.")
	case errors.Is(err, accounts.ErrLastAdmin):
		return s.showAccount(v, http.StatusConflict, nil, "Nothing was changed. This is the last administrator who can sign in: make another account an administrator first.")
	case err != nil:
		return err
	}
	if err := v.Record("PUT /accounts/{user}", name, note); err != nil {
		return err
	}
	if change.Password != nil {
		return v.Done(s.toAccount(v, name), "password-set")
	}
	return v.Done(s.toAccount(v, name), "account-saved")
}
