package dashboard

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/sessions"
)

// limits are those of sessions: a working day, and a pause in it.
var limits = sessions.Limits{Idle: 2 * time.Hour, Absolute: 12 * time.Hour}

const (
	// cookieName is the cookie with the text of the session.
	cookieName = "sluice_session"
	// maxAgent bounds what is kept of the browser's name, in bytes.
	maxAgent = 120
)

// cookie is the session cookie with a text; without one, it takes the cookie away.
func (v *visit) cookie(text string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: text, Path: cmp.Or(v.d.BasePath, "/"), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.encrypted()} //nolint:gosec // it is Secure wherever the browser speaks TLS
	if text == "" {
		c.MaxAge = -1
	}
	return c
}

// encrypted reports whether the browser speaks TLS, with this server or with a proxy in front of it. A false claim
// only harms the caller: the browser does not keep the cookie.
func (v *visit) encrypted() bool {
	return v.r.TLS != nil || strings.EqualFold(v.r.Header.Get("X-Forwarded-Proto"), "https")
}

// sessionText is the text of the session cookie; "" without one.
func (v *visit) sessionText() string {
	c, err := v.r.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// resume finds the caller of the session. Without one that counts there is no caller, which is no error.
func (v *visit) resume() error {
	text := v.sessionText()
	if text == "" {
		return nil
	}
	account, err := v.d.Sessions.Use(v.ctx(), text, limits)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	caller, err := v.d.Control.Resume(v.ctx(), account)
	if err != nil {
		return err
	}
	v.Caller = caller
	if log, ok := v.w.(interface{ CalledBy(account string) }); ok {
		log.CalledBy(caller.Account.Name)
	}
	return nil
}

// begin starts a session of the caller, with a text that the browser did not have before.
func (v *visit) begin() error {
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails (crypto/rand)
	text := base64.RawURLEncoding.EncodeToString(random[:])
	agent := strings.ReplaceAll(strings.ToValidUTF8(v.r.UserAgent(), ""), "\x00", "")
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "")
	}
	if err := v.d.Sessions.Start(v.ctx(), v.Account.ID, text, agent, v.sessionText(), limits); err != nil {
		return err
	}
	http.SetCookie(v.w, v.cookie(text))
	return v.record("sign-in", "", "from "+access.Address(v.r, v.d.Proxies))
}
