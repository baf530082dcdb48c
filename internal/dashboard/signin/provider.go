package signin

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
)

const (
	// cookieName is the cookie with what a browser keeps while somebody signs in elsewhere.
	cookieName = "sluice_sign_in"
	// attemptTime is how long that counts: people type a password and a second factor there.
	attemptTime = 10 * time.Minute
	// maxCookie bounds the cookie, in bytes: browsers keep four kilobytes, with its name and its attributes. A page whose address is too long
	// is not gone back to.
	maxCookie = 3500
)

// kept is what a browser keeps, sealed, while somebody signs in elsewhere.
type kept struct {
	// Way is the id of the way to sign in.
	Way string
	access.Attempt
	// Next is the page to go to afterwards; empty for home.
	Next  string
	Until time.Time
}

// begin sends the browser to a provider.
func (p *Pages) begin(v *page.Visit) error {
	next := v.Request.URL.Query().Get("next")
	if v.Caller != nil {
		v.Redirect(v.Back(next))
		return nil
	}
	w, err := p.way(v)
	if err != nil {
		return err
	}
	if w.Asker != nil {
		return p.showAsk(v, http.StatusOK, w, askBody{Next: next})
	}
	k := kept{Way: w.ID, Next: next, Until: v.Now.Add(attemptTime), Attempt: access.Attempt{State: random(), Nonce: random(), Verifier: random()}}
	address, err := w.Begin(v.Ctx(), p.callbackOf(w), &k.Attempt)
	if err != nil {
		return p.refuse(v, w, next, err)
	}
	sealed, err := p.seal(&k)
	if err == nil && len(sealed) > maxCookie {
		k.Next = ""
		sealed, err = p.seal(&k)
	}
	if err != nil {
		return err
	}
	http.SetCookie(v.Writer, p.cookie(v, sealed))
	v.Leave(address)
	return nil
}

func (p *Pages) seal(k *kept) (string, error) {
	text, err := json.Marshal(k)
	return p.Box.Seal(string(text), cookieName), err
}

// callback takes a browser that comes back from a provider.
func (p *Pages) callback(v *page.Visit) error {
	w, err := p.way(v)
	if err != nil {
		return err
	}
	if w.Provider == nil {
		return page.NotFound("There is nothing at this address.")
	}
	k := p.take(v, w)
	if k == nil {
		return p.refuse(v, w, "", &access.NotAdmittedError{
			Text:   "This browser did not begin to sign in, or that was more than ten minutes ago. Open " + p.Link + "/ and try again; the browser must keep cookies.",
			Reason: "the state is not that of this browser",
		})
	}
	person, err := w.Finish(v.Ctx(), p.callbackOf(w), &k.Attempt, v.Request.URL.Query())
	if err != nil {
		return p.refuse(v, w, k.Next, err)
	}
	if v.Caller, err = v.Core.Control.Arrive(v.Ctx(), w, person, v.Address()); err != nil {
		v.Caller = nil
		return p.refusePerson(v, w, k.Next, err)
	}
	if err := v.Begin(w.ID); err != nil {
		return err
	}
	v.Redirect(v.Back(k.Next))
	return nil
}

// way finds the way to sign in that the path names, unless too many come from the same address.
func (p *Pages) way(v *page.Visit) (*access.Way, error) {
	ways := p.ways()
	i := slices.IndexFunc(ways, func(w access.Way) bool { return w.ID == v.Request.PathValue("way") })
	if i < 0 {
		return nil, page.NotFound("There is nothing at this address.")
	}
	err := v.Core.Control.ThrottleAddress(v.Ctx(), v.Address())
	var wait *access.WaitError
	if errors.As(err, &wait) {
		page.RetryAfter(v.Writer, wait.Wait)
		return nil, &page.Problem{Status: http.StatusTooManyRequests, Title: "Too many attempts", Text: "Too many people try to sign in from your network. Wait a few seconds, then try again."}
	}
	return &ways[i], err
}

// take gives what the browser kept, and takes it away, so that it counts once; nil if that does not belong to the callback. Then it stays: the
// browser may have begun once more in another tab.
func (p *Pages) take(v *page.Visit, w *access.Way) *kept {
	c, err := v.Request.Cookie(cookieName)
	if err != nil {
		return nil
	}
	text, err := p.Box.Open(c.Value, cookieName)
	if err != nil {
		return nil
	}
	k := &kept{}
	state := v.Request.URL.Query().Get("state")
	if json.Unmarshal([]byte(text), k) != nil || k.Way != w.ID || !v.Now.Before(k.Until) || k.State == "" || subtle.ConstantTimeCompare([]byte(k.State), []byte(state)) != 1 {
		return nil
	}
	http.SetCookie(v.Writer, p.cookie(v, ""))
	return k
}

// cookie is the cookie with a sealed text; without one, it takes the cookie away. It is Lax, because the browser comes from another site.
func (p *Pages) cookie(v *page.Visit, text string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: text, Path: v.Core.BasePath + "/sign-in", MaxAge: int(attemptTime.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.Encrypted()} //nolint:gosec // it is Secure wherever the browser speaks TLS
	if text == "" {
		c.MaxAge = -1
	}
	return c
}

// callbackOf is the address to which a provider sends the browser back. It is registered there.
func (p *Pages) callbackOf(w *access.Way) string { return p.Link + "/sign-in/" + w.ID + "/callback" }

// refuse says why somebody whom nobody has identified cannot sign in, and records it.
func (p *Pages) refuse(v *page.Visit, w *access.Way, next string, err error) error {
	v.Core.Control.NotAdmitted(v.Ctx(), w, nil, v.Address(), err)
	return p.refusePerson(v, w, next, err)
}

// refusePerson says why somebody cannot sign in. The sign-in page offers to try again.
func (p *Pages) refusePerson(v *page.Visit, w *access.Way, next string, err error) error {
	var refused *access.NotAdmittedError
	var unavailable *access.UnavailableError
	body := formBody{Next: next}
	status := http.StatusForbidden
	switch {
	case errors.As(err, &refused):
		v.Core.Log.Warn("sign-in refused", "way", w.ID, "address", v.Address(), "reason", refused.Reason)
		body.Problem = refused.Text
	case errors.As(err, &unavailable):
		v.Core.Log.Warn("sign-in is not possible", "way", w.ID, "error", unavailable.Err)
		page.RetryAfter(v.Writer, retryTime)
		status, body.Problem = http.StatusServiceUnavailable, notReady(w)
	default:
		return err
	}
	return p.show(v, status, body)
}

// retryTime is after how long a provider that did not answer is asked again.
const retryTime = 10 * time.Second

func notReady(w *access.Way) string {
	return strings.TrimSpace(w.Title) + " does not answer at the moment. Try again in a few seconds; if that does not help, an administrator finds the reason in the log of this server."
}

// random is a text that nobody guesses: 256 bits, as RFC 7636 advises for the verifier.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // it never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}
