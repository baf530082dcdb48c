package access

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Credentials are what a caller signs in with.
type Credentials struct {
	// Name is the name of an account, in any case. It may be empty when Secret is a token.
	Name string
	// Secret is a password or the text of a token.
	Secret string
	// TokenOnly is set where a password does not count, as in a Bearer header, and where there are no credentials.
	TokenOnly bool
	// Address is where the call comes from, as [Address] returns it.
	Address string
}

// Use is what a caller signs in for. It matters only for tokens, which are limited to their scopes.
type Use struct {
	// Scope is one of TokenScopes. If it is empty, no token may sign in.
	Scope string
	// Reveals is set if the answer contains texts of secrets. Then a token also needs the scope plaintext.
	Reveals bool
}

// ErrNoCredentials says that the request has no credentials.
var ErrNoCredentials = errors.New("sign in: send a user and a password, or an API token")

// WrongError says that the credentials are wrong. It does not reveal whether the account exists or is disabled.
type WrongError struct {
	// Token is set if the secret looks like a token.
	Token bool
}

func (e *WrongError) Error() string {
	if e.Token {
		return "the token is not valid or has expired"
	}
	return "the user or the password is wrong"
}

// ScopeError says that a token lacks the scope that its use needs.
type ScopeError struct {
	// Scope is the missing scope; empty if the token has no scope at all.
	Scope string
	// Reveals is set if the scope is needed for texts of secrets.
	Reveals bool
}

func (e *ScopeError) Error() string {
	switch {
	case e.Scope == "" && !e.Reveals:
		return "the token has no scope and may do nothing: create one with scopes"
	case e.Reveals:
		return "the token lacks the scope " + e.Scope + ": this answer contains texts of secrets"
	}
	return "the token lacks the scope " + e.Scope
}

// WaitError says that the caller must wait.
type WaitError struct {
	// Wait is how long; it is never zero.
	Wait time.Duration
	// Guesses is set if the reason is too many wrong passwords, not too many calls.
	Guesses bool
	// Account is the account that calls too often; empty for wrong passwords, and for callers who have not signed in.
	Account string
}

func (e *WaitError) Error() string {
	if e.Guesses {
		return "too many wrong passwords"
	}
	if e.Account == "" {
		return "too many attempts from one address"
	}
	return e.Account + " calls too often"
}

// StaleError says that what a Bitbucket lets an account see is not known any longer, so that the account may do nothing now.
type StaleError struct {
	// Way is the id of the way to sign in, Title what people know it by.
	Way, Title string
	// Problem says why it could not be asked again; empty if nobody can be asked. It holds no secret.
	Problem string
}

func (e *StaleError) Error() string {
	text := "what " + e.Title + " lets you see was asked too long ago: sign in again"
	if e.Problem != "" {
		text += " (" + e.Problem + ")"
	}
	return text
}

// SignIn authenticates credentials and resolves what the account may do. It counts wrong passwords and, after some of
// them, delays the next attempt; the audit log records both. The error is ErrNoCredentials, a [WrongError], a
// [ScopeError], a [WaitError], or an error of the store. A disabled account cannot sign in.
func (c *Control) SignIn(ctx context.Context, given Credentials, use Use) (*Caller, error) {
	switch {
	case strings.HasPrefix(given.Secret, TokenPrefix):
		return c.byToken(ctx, given, use)
	case given.TokenOnly:
		return nil, ErrNoCredentials
	}
	return c.byPassword(ctx, given)
}

func (c *Control) byToken(ctx context.Context, given Credentials, use Use) (*Caller, error) {
	token, account, err := c.accounts.UseToken(ctx, given.Secret)
	switch {
	case errors.Is(err, db.ErrNotFound), err == nil && !given.TokenOnly && !strings.EqualFold(given.Name, account.Name):
		return nil, &WrongError{Token: true}
	case err != nil:
		return nil, err
	case len(token.Scopes) == 0:
		return nil, &ScopeError{}
	case !slices.Contains(token.Scopes, use.Scope):
		return nil, &ScopeError{Scope: use.Scope}
	case use.Reveals && !slices.Contains(token.Scopes, PlaintextScope):
		return nil, &ScopeError{Scope: PlaintextScope, Reveals: true}
	}
	return c.caller(ctx, account, token)
}

func (c *Control) byPassword(ctx context.Context, given Credentials) (*Caller, error) {
	account, err := c.accounts.Get(ctx, given.Name)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	known := err == nil
	hash := ""
	if known && !account.Disabled && (account.Admin || !c.options.OnlyAdmins) {
		hash = account.Password
	}
	right, wrong, err := c.checkPassword(ctx, given, hash)
	if err != nil {
		return nil, err
	}
	tried := fmt.Sprintf("%d wrong in a row from %s", wrong, given.Address)
	if !right {
		if known {
			c.Refused(ctx, &audit.Event{Actor: account.Name, Action: "sign-in.failed", Detail: tried})
		}
		return nil, &WrongError{}
	}
	caller, err := c.caller(ctx, account, nil)
	// One or two mistyped passwords are not worth an entry. After many, the successful sign-in may be a guess.
	if err == nil && wrong >= freeTries {
		err = c.audit.Add(ctx, &audit.Event{Actor: account.Name, Action: "sign-in.after-failures", Detail: tried})
	}
	if err != nil {
		return nil, err
	}
	return caller, nil
}

// checkPassword reports whether a password matches a hash, when its turn comes. wrong counts the wrong ones in a row.
func (c *Control) checkPassword(ctx context.Context, given Credentials, hash string) (right bool, wrong int, err error) {
	now := c.options.Now
	if c.guard.clean(given.Name, given.Address, now()) && c.known.remembers(given.Secret, hash, now()) {
		return true, 0, nil
	}
	return c.guard.try(ctx, given.Name, given.Address, now, c.options.Sleep, func() bool { return c.known.check(given.Secret, hash, now()) })
}

// Resume gives the caller of an account that has signed in before and has a session since. The account is one that counts: the store gives
// no session of one that is switched off.
func (c *Control) Resume(ctx context.Context, a *accounts.Account) (*Caller, error) {
	return c.caller(ctx, a, nil)
}

// caller resolves the rights of an account.
func (c *Control) caller(ctx context.Context, a *accounts.Account, t *accounts.Token) (*Caller, error) {
	caller := &Caller{Account: a, Token: t}
	if a.Admin {
		caller.Visible = &scope.Visible{All: true}
		return caller, nil
	}
	var err error
	if caller.Grants, err = c.options.Rights.Grants(ctx, a); err != nil {
		return nil, err
	}
	if caller.Visible, err = c.accounts.Visible(ctx, &caller.Grants); err != nil {
		return nil, err
	}
	return caller, nil
}
