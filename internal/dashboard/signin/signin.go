package signin

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/page"

	"github.com/sluice-scan/sluice/internal/access"
)

// formBody is what the sign-in page shows.
type formBody struct {
	// Name and Next are what the form had; Problem is why nobody is signed in yet.
	Name, Next, Problem string
}

func (p *Pages) form(v *page.Visit) error {
	next := v.Request.URL.Query().Get("next")
	if v.Caller != nil {
		v.Redirect(v.Back(next))
		return nil
	}
	return v.Show(http.StatusOK, signInPage, "Sign in", formBody{Next: next})
}

// signIn takes a name and a password. An API token signs in to the API alone.
func (p *Pages) signIn(v *page.Visit) error {
	form := v.Request.PostForm
	body := formBody{Name: form.Get("name"), Next: form.Get("next")}
	caller, err := v.Core.Control.SignIn(v.Ctx(), access.Credentials{Name: body.Name, Secret: form.Get("password"), Address: v.Address()}, access.Use{})
	var wrong *access.WrongError
	var scope *access.ScopeError
	var wait *access.WaitError
	status := http.StatusUnauthorized
	switch {
	case err == nil:
		v.Caller = caller
		if err := v.Begin(); err != nil {
			return err
		}
		v.Redirect(v.Back(body.Next))
		return nil
	case errors.As(err, &scope), errors.As(err, &wrong) && wrong.Token:
		body.Problem = "This is an API token. Tokens are for programs; sign in with your password."
	case errors.As(err, &wrong):
		body.Problem = "The name or the password is wrong."
	case errors.As(err, &wait):
		page.RetryAfter(v.Writer, wait.Wait)
		status, body.Problem = http.StatusTooManyRequests, "There were too many wrong passwords. Wait a few seconds, then try again."
	default:
		return err
	}
	v.Caller = nil
	return v.Show(status, signInPage, "Sign in", body)
}

func (p *Pages) signOut(v *page.Visit) error {
	if err := v.End(); err != nil {
		return err
	}
	if err := v.Record("sign-out", "", ""); err != nil {
		return err
	}
	v.Redirect(v.Core.BasePath + "/sign-in")
	return nil
}
