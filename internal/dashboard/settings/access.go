package settings

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// Accounts are those who may sign in. They are called by many requests at once. An unknown account is db.ErrNotFound.
type Accounts interface {
	access.RoleStore
	access.Editor

	List(ctx context.Context) ([]accounts.Account, error)
	// Add returns db.ErrExists if the name is taken.
	Add(ctx context.Context, a *accounts.Account) (int64, error)
	// Grants are the roles of an account, its own and those of its groups.
	Grants(ctx context.Context, account int64) (accounts.Grants, error)
	AllAccess(ctx context.Context, page db.Page) ([]accounts.Access, error)

	Groups(ctx context.Context) ([]accounts.Group, error)
	SetGroup(ctx context.Context, name string, members []string) error
	RemoveGroup(ctx context.Context, name string) error
	// FollowGroup makes a group follow one of the provider; "" makes it follow none.
	FollowGroup(ctx context.Context, name, provider string) error

	AllTokens(ctx context.Context, owner string, page db.Page) ([]accounts.OwnedToken, error)
	RemoveToken(ctx context.Context, account, id int64) error
}

const accessPath = "/settings/access"

// accessBody is what the pages about access have in common.
type accessBody struct {
	sectioned

	// Tabs are its parts.
	Tabs []section
}

func newAccessBody(v *page.Visit, chosen string) accessBody {
	b := accessBody{sectioned: newSectioned(v, "Access", "Who may sign in, and what each may see and do.")}
	for _, t := range [][2]string{{"Accounts", ""}, {"Groups", "/groups"}, {"Roles", "/roles"}} {
		b.Tabs = append(b.Tabs, section{page.Link{Text: t[0], Path: v.Core.BasePath + accessPath + t[1]}, t[0] == chosen})
	}
	return b
}

// accountRow is an account in the list.
type accountRow struct {
	Name, Email, Path string
	Admin, Disabled   bool
	Created           figure.Moment
}

// accountsBody is the list of accounts.
type accountsBody struct {
	accessBody

	Name   string
	List   page.List
	Rows   []accountRow
	Total  int
	Action string
	// Fields are those of a new account, whose form is Open when something is wrong with it.
	Fields     []page.Input
	Admin      bool
	Open       bool
	Disabled   int
	ClearPath  string
	Administer int
}

// Pager is the list's, for the shared template.
func (b *accountsBody) Pager() page.Pager { return b.List.Pager }

// newAccountFields are the fields of a new account.
func newAccountFields(form url.Values, bad access.Problems) []page.Input {
	return []page.Input{
		{Name: "user", Label: "Name", Value: form.Get("user"), Required: true, Problem: bad.Of("name"), Hint: "Letters, digits and . _ @ + -"},
		{Name: "email", Label: "Mail address", Type: "email", Value: form.Get("email"), Problem: bad.Of("email"), Hint: "May be empty"},
		{Name: "password", Label: "Password", Type: "password", Fill: "new-password", Required: true, Problem: bad.Of("password"), Hint: "12 characters or more"},
	}
}

func (s *Pages) accounts(v *page.Visit) error { return s.showAccounts(v, http.StatusOK, nil) }

func (s *Pages) showAccounts(v *page.Visit, status int, bad access.Problems) error {
	all, err := s.Accounts.List(v.Ctx())
	if err != nil {
		return err
	}
	form := v.Request.PostForm
	b := &accountsBody{
		accessBody: newAccessBody(v, "Accounts"), List: v.List(), Total: len(all), Name: strings.TrimSpace(v.Request.URL.Query().Get("name")),
		Action: v.Core.BasePath + accessPath + "/accounts", Fields: newAccountFields(form, bad), Admin: form.Get("admin") == "true", Open: bad != nil, ClearPath: v.Core.BasePath + accessPath,
	}
	b.List.Keep("name", b.Name)
	b.List.Chosen = b.Name != ""
	var rows []accountRow
	for i := range all {
		a := &all[i]
		if a.Disabled {
			b.Disabled++
		}
		if a.Admin && !a.Disabled {
			b.Administer++
		}
		if part := strings.ToLower(b.Name); strings.Contains(a.Name, part) || strings.Contains(strings.ToLower(a.Email), part) {
			rows = append(rows, accountRow{a.Name, a.Email, s.toAccount(v, a.Name), a.Admin, a.Disabled, figure.Ago(a.Created, v.Now)})
		}
	}
	b.Rows = page.Paged(&b.List, rows[min(b.List.Start(), len(rows)):], len(all))
	return v.Show(status, accountsPage, "Accounts", b)
}

func (s *Pages) toAccount(v *page.Visit, name string) string {
	return v.Core.BasePath + accessPath + "/accounts/" + url.PathEscape(name)
}

// given is what a form says of a field; nil when it does not have it.
func given(form url.Values, name string) *string {
	if !form.Has(name) {
		return nil
	}
	text := form.Get(name)
	return &text
}

func (s *Pages) addAccount(v *page.Visit) error {
	form := v.Request.PostForm
	admin := form.Get("admin") == "true"
	a, note, bad := access.NewAccount(strings.TrimSpace(form.Get("user")), access.AccountChange{Password: given(form, "password"), Email: given(form, "email"), Admin: &admin})
	if bad != nil {
		return s.showAccounts(v, http.StatusBadRequest, bad)
	}
	_, err := s.Accounts.Add(v.Ctx(), a)
	if errors.Is(err, db.ErrExists) {
		return s.showAccounts(v, http.StatusConflict, access.Problems{{Field: "name", Err: errors.New("an account with that name exists")}})
	}
	if err != nil {
		return err
	}
	if err := v.Record("POST /accounts", "", note); err != nil {
		return err
	}
	return v.Done(s.toAccount(v, a.Name), "account-added")
}
