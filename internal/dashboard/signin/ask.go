package signin

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

// askBody is the page on which somebody types what another server accepts.
type askBody struct {
	Title, Action string
	// Name and Next are what the form had; Keep is its box. Problem is why nobody is signed in yet.
	Name, Next, Problem string
	Keep                bool
}

func (p *Pages) showAsk(v *page.Visit, status int, w *access.Way, b askBody) error {
	b.Title, b.Action = w.Title, v.Core.BasePath+"/sign-in/"+w.ID
	return v.Show(status, askPage, "Sign in", b)
}

// ask signs in somebody by what another server accepts. The secret is passed on and forgotten.
func (p *Pages) ask(v *page.Visit) error {
	w, err := p.way(v)
	if err != nil {
		return err
	}
	if w.Asker == nil {
		return page.NotFound("There is nothing at this address.")
	}
	form := v.Request.PostForm
	b := askBody{Name: form.Get("name"), Next: form.Get("next"), Keep: form.Get("keep") != ""}
	caller, err := v.Core.Control.Ask(v.Ctx(), w, access.Credentials{Name: b.Name, Secret: form.Get("password"), Address: v.Address()}, b.Keep)
	var wrong *access.WrongError
	var wait *access.WaitError
	var refused *access.NotAdmittedError
	var unavailable *access.UnavailableError
	status := http.StatusUnauthorized
	switch {
	case err == nil:
		v.Caller = caller
		if err := v.Begin(w.ID); err != nil {
			return err
		}
		v.Redirect(v.Back(b.Next))
		return nil
	case errors.As(err, &wrong):
		b.Problem = w.Title + " does not accept this name with this password or token. After several wrong passwords it may want you to sign in there once, in its own pages."
	case errors.As(err, &wait):
		page.RetryAfter(v.Writer, wait.Wait)
		status, b.Problem = http.StatusTooManyRequests, "There were too many wrong passwords. Wait a few seconds, then try again."
	case errors.As(err, &refused):
		v.Core.Log.Warn("sign-in refused", "way", w.ID, "address", v.Address(), "reason", refused.Reason)
		status, b.Problem = http.StatusForbidden, refused.Text
	case errors.As(err, &unavailable):
		v.Core.Log.Warn("sign-in is not possible", "way", w.ID, "error", unavailable.Err)
		page.RetryAfter(v.Writer, retryTime)
		status, b.Problem = http.StatusServiceUnavailable, notReady(w)
	default:
		return err
	}
	v.Caller = nil
	return p.showAsk(v, status, w, b)
}
