package page

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/sessions"
)

// Sessions are people who have signed in. They are called by many requests at once.
type Sessions interface {
	Start(ctx context.Context, f *sessions.Fresh, l sessions.Limits) error
	// Use gives the account of a session; db.ErrNotFound for one that does not count.
	Use(ctx context.Context, text string, l sessions.Limits) (*accounts.Account, error)
	End(ctx context.Context, text string) error
	// List lists the sessions of an account that count. current is the text of the one that asks.
	List(ctx context.Context, account int64, current string, l sessions.Limits) ([]sessions.Session, error)
	// EndOne ends a session by its id; db.ErrNotFound if the account has no such session.
	EndOne(ctx context.Context, account, id int64) error
	// EndOthers ends all sessions of an account but the one of a text.
	EndOthers(ctx context.Context, account int64, current string) (ended int, err error)
}

// limits are those of sessions: a working day, and a pause in it.
var limits = sessions.Limits{Idle: 2 * time.Hour, Absolute: 12 * time.Hour}

const (
	// cookieName is the cookie with the text of the session.
	cookieName = "sluice_session"
	// maxAgent bounds what is kept of the browser's name, in bytes.
	maxAgent = 120
)

// cookie is the session cookie with a text; without one, it takes the cookie away.
func (v *Visit) cookie(text string) *http.Cookie {
	c := &http.Cookie{Name: cookieName, Value: text, Path: cmp.Or(v.Core.BasePath, "/"), HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.Encrypted()} //nolint:gosec // it is Secure wherever the browser speaks TLS
	if text == "" {
		c.MaxAge = -1
	}
	return c
}

// sessionText is the text of the session cookie; "" without one.
func (v *Visit) sessionText() string {
	c, err := v.Request.Cookie(cookieName)
	if err != nil {
		return ""
	}
	return c.Value
}

// resume finds the caller of the session. Without one that counts there is no caller, which is no error.
func (v *Visit) resume() error {
	text := v.sessionText()
	if text == "" {
		return nil
	}
	account, err := v.Core.Sessions.Use(v.Ctx(), text, limits)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	caller, err := v.Core.Control.Resume(v.Ctx(), account)
	if err != nil {
		return err
	}
	v.Caller = caller
	if log, ok := v.Writer.(interface{ CalledBy(account string) }); ok {
		log.CalledBy(caller.Account.Name)
	}
	return nil
}

// Begin starts a session of the caller, with a text that the browser did not have before. way is how the caller has signed in: "password", or
// the id of an [access.Way].
func (v *Visit) Begin(way string) error {
	var random [32]byte
	_, _ = rand.Read(random[:]) // it never fails (crypto/rand)
	text := base64.RawURLEncoding.EncodeToString(random[:])
	agent := strings.ReplaceAll(strings.ToValidUTF8(v.Request.UserAgent(), ""), "\x00", "")
	if len(agent) > maxAgent {
		agent = strings.ToValidUTF8(agent[:maxAgent], "")
	}
	fresh := &sessions.Fresh{Account: v.Account.ID, Text: text, Replaces: v.sessionText(), Agent: agent, Address: v.Address()}
	if err := v.Core.Sessions.Start(v.Ctx(), fresh, limits); err != nil {
		return err
	}
	http.SetCookie(v.Writer, v.cookie(text))
	return v.Record("sign-in", "", "by "+way+" from "+v.Address())
}

// Address is the address of the caller, as far as trusted proxies tell it.
func (v *Visit) Address() string { return access.Address(v.Request, v.Core.Proxies) }

// Encrypted reports whether the browser speaks TLS, as far as trusted proxies tell it.
func (v *Visit) Encrypted() bool { return access.Encrypted(v.Request, v.Core.Proxies) }

// End ends the session of the caller, and takes the cookie away.
func (v *Visit) End() error {
	if err := v.Core.Sessions.End(v.Ctx(), v.sessionText()); err != nil {
		return err
	}
	http.SetCookie(v.Writer, v.cookie(""))
	return nil
}

// ListSessions lists where the caller is signed in, the last used first.
func (v *Visit) ListSessions() ([]sessions.Session, error) {
	return v.Core.Sessions.List(v.Ctx(), v.Account.ID, v.sessionText(), limits)
}

// EndSession ends a session of the caller by its id; db.ErrNotFound if the caller has no such session.
func (v *Visit) EndSession(id int64) error {
	if err := v.Core.Sessions.EndOne(v.Ctx(), v.Account.ID, id); err != nil {
		return err
	}
	return v.Record("session.ended", "", "session "+db.Key(id))
}

// EndOtherSessions ends all sessions of the caller but this one, and returns how many that were.
func (v *Visit) EndOtherSessions() (ended int, err error) {
	if ended, err = v.Core.Sessions.EndOthers(v.Ctx(), v.Account.ID, v.sessionText()); err != nil || ended == 0 {
		return ended, err
	}
	return ended, v.Record("session.ended", "", strconv.Itoa(ended)+" other sessions")
}
