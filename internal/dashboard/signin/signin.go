package signin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// formBody is what the sign-in page shows.
type formBody struct {
	// Name and Next are what the form had; Problem is why nobody is signed in yet.
	Name, Next, Problem string
	Ways                []wayBody
	OnlyAdmins          bool
	// Left says what signing out did not end; empty if nobody has signed out.
	Left string
}

// wayBody is a button of the sign-in page. Problem says why it does not work at the moment.
type wayBody struct{ Title, Path, Problem string }

func (p *Pages) form(v *page.Visit) error {
	next := v.Request.URL.Query().Get("next")
	if v.Caller != nil {
		v.Redirect(v.Back(next))
		return nil
	}
	body := formBody{Next: next}
	if v.Request.URL.Query().Has("out") {
		for _, w := range p.Ways {
			body.Left = "You are signed out of Sluice. You may still be signed in at " + w.Title + "."
		}
	}
	return p.show(v, http.StatusOK, body)
}

// show answers with the sign-in page.
func (p *Pages) show(v *page.Visit, status int, body formBody) error {
	body.OnlyAdmins = p.OnlyAdmins
	ways := p.ways()
	for i := range ways {
		w := &ways[i]
		b := wayBody{Title: w.Title, Path: v.Core.BasePath + "/sign-in/" + w.ID}
		if body.Next != "" {
			b.Path = page.Address(b.Path, url.Values{"next": {body.Next}})
		}
		if w.Asker != nil {
			body.Ways = append(body.Ways, b)
			continue
		}
		if err := w.Ready(v.Ctx()); err != nil {
			v.Core.Log.Warn("sign-in is not possible", "way", w.ID, "error", err)
			b.Problem = notReady(w)
		}
		if b.Problem == body.Problem {
			b.Problem = ""
		}
		body.Ways = append(body.Ways, b)
	}
	return v.Show(status, signInPage, "Sign in", body)
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
		if err := v.Begin("password"); err != nil {
			return err
		}
		v.Redirect(v.Back(body.Next))
		return nil
	case errors.As(err, &scope), errors.As(err, &wrong) && wrong.Token:
		body.Problem = "This is an API token. Tokens are for programs; sign in with your password."
	case errors.As(err, &wrong):
		body.Problem = "The name or the password is wrong."
		if p.OnlyAdmins {
			body.Problem += " Only administrators sign in with a password here."
		}
	case errors.As(err, &wait):
		page.RetryAfter(v.Writer, wait.Wait)
		status, body.Problem = http.StatusTooManyRequests, "There were too many wrong passwords. Wait a few seconds, then try again."
	default:
		return err
	}
	v.Caller = nil
	return p.show(v, status, body)
}

// signOut ends the session here. Providers are not told: people may be signed in there for other things.
func (p *Pages) signOut(v *page.Visit) error {
	if err := v.End(); err != nil {
		return err
	}
	if err := v.Record("sign-out", "", ""); err != nil {
		return err
	}
	path := v.Core.BasePath + "/sign-in"
	if len(p.Ways) > 0 {
		path += "?out"
	}
	v.Redirect(path)
	return nil
}
