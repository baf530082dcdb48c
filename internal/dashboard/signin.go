package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
)

// signInBody is what the sign-in page shows.
type signInBody struct {
	// Name and Next are what the form had; Problem is why nobody is signed in yet.
	Name, Next, Problem string
}

// toSignIn sends the visitor to the sign-in page, and afterwards back to the page asked for.
func (v *visit) toSignIn() {
	path := v.d.BasePath + "/sign-in"
	if next := v.r.URL.RequestURI(); !v.sends() && next != v.d.BasePath+"/" {
		path += "?next=" + url.QueryEscape(next)
	}
	v.redirect(path)
}

func (v *visit) signInPage() error {
	next := v.r.URL.Query().Get("next")
	if v.Caller != nil {
		v.redirect(v.after(next))
		return nil
	}
	return v.page(http.StatusOK, "signin", "Sign in", signInBody{Next: next})
}

// signIn takes a name and a password. An API token signs in to the API alone.
func (v *visit) signIn() error {
	form := v.r.PostForm
	body := signInBody{Name: form.Get("name"), Next: form.Get("next")}
	caller, err := v.d.Control.SignIn(v.ctx(), access.Credentials{Name: body.Name, Secret: form.Get("password"), Address: access.Address(v.r, v.d.Proxies)}, access.Use{})
	var wrong *access.WrongError
	var scope *access.ScopeError
	var wait *access.WaitError
	status := http.StatusUnauthorized
	switch {
	case err == nil:
		v.Caller = caller
		if err := v.begin(); err != nil {
			return err
		}
		v.redirect(v.after(body.Next))
		return nil
	case errors.As(err, &scope), errors.As(err, &wrong) && wrong.Token:
		body.Problem = "This is an API token. Tokens are for programs; sign in with your password."
	case errors.As(err, &wrong):
		body.Problem = "The name or the password is wrong."
	case errors.As(err, &wait):
		retryAfter(v.w, wait.Wait)
		status, body.Problem = http.StatusTooManyRequests, "There were too many wrong passwords. Wait a few seconds, then try again."
	default:
		return err
	}
	v.Caller = nil
	return v.page(status, "signin", "Sign in", body)
}

func (v *visit) signOut() error {
	if err := v.d.Sessions.End(v.ctx(), v.sessionText()); err != nil {
		return err
	}
	http.SetCookie(v.w, v.cookie(""))
	if err := v.record("sign-out", "", ""); err != nil {
		return err
	}
	v.redirect(v.d.BasePath + "/sign-in")
	return nil
}

// home is where the caller begins: the instance, or the projects that the caller may read.
func (v *visit) home() string {
	if v.May(access.Grantee, access.Place{}) {
		return v.d.BasePath + "/"
	}
	return v.d.BasePath + "/projects"
}

// after is where somebody goes who has signed in: the page asked for, or home.
func (v *visit) after(next string) string {
	path, _, _ := strings.Cut(next, "?")
	if path == v.d.BasePath+"/" && path != v.home() || path == v.d.BasePath+"/sign-in" || !v.local(next) {
		return v.home()
	}
	return next
}

// local reports whether a text is the path of a page of ours, with its query. Browsers read a backslash as a slash, leave out tabs and line
// ends, and take two slashes for the beginning of another host's name (https://url.spec.whatwg.org/#url-parsing).
func (v *visit) local(path string) bool {
	rest, below := strings.CutPrefix(path, v.d.BasePath+"/")
	if !below || strings.HasPrefix(rest, "/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(path)
	return err == nil && u.Host == "" && u.Scheme == ""
}
