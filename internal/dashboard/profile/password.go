package profile

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// passwordFields are the fields of the form, with what is wrong by field. They never hold what was sent.
func passwordFields(bad map[string]string) []page.Input {
	return []page.Input{
		{Name: "current", Label: "Current password", Type: "password", Fill: "current-password", Required: true, Problem: bad["current"]},
		{Name: "password", Label: "New password", Type: "password", Fill: "new-password", Required: true, Problem: bad["password"], Hint: "12 characters or more"},
		{Name: "again", Label: "New password again", Type: "password", Fill: "new-password", Required: true, Problem: bad["again"]},
	}
}

// changePassword takes the current password, as somebody else may sit at an open browser. It ends all sessions, and goes on with a new one.
func (s *Pages) changePassword(v *page.Visit) error {
	form := v.Request.PostForm
	refuse := func(status int, field, problem string) error {
		return s.show(v, status, func(b *body) { b.Passwords = passwordFields(map[string]string{field: problem}) })
	}
	password := form.Get("password")
	change := access.AccountChange{Password: &password}
	switch bad := change.Check(v.Account.Name); {
	case bad != nil:
		return refuse(http.StatusBadRequest, "password", bad.Of("password"))
	case form.Get("again") != password:
		return refuse(http.StatusBadRequest, "again", "it differs from the one above")
	}
	_, err := v.Core.Control.SignIn(v.Ctx(), access.Credentials{Name: v.Account.Name, Secret: form.Get("current"), Address: v.Address()}, access.Use{})
	var wrong *access.WrongError
	var scope *access.ScopeError
	var wait *access.WaitError
	switch {
	case errors.As(err, &wrong), errors.As(err, &scope):
		return refuse(http.StatusBadRequest, "current", "it is wrong")
	case errors.As(err, &wait):
		page.RetryAfter(v.Writer, wait.Wait)
		return refuse(http.StatusTooManyRequests, "current", "there were too many wrong passwords; wait a few seconds, then try again")
	case err != nil:
		return err
	}
	if _, _, err := access.ChangeAccount(v.Ctx(), s.Accounts, v.Account.Name, change); err != nil {
		return err
	}
	if err := v.Record("password.changed", v.Account.Name, ""); err != nil {
		return err
	}
	if err := v.Begin("password"); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+path, "password-changed")
}
