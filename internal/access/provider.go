package access

import (
	"context"
	"net/url"

	"github.com/sluice-scan/sluice/internal/store/accounts"
)

// Provider identifies people who sign in elsewhere: at an OpenID Connect provider, or at a Bitbucket. Implementations must be safe for
// concurrent use.
type Provider interface {
	// Ready returns nil if people can begin to sign in, and otherwise why not. It answers within a few seconds.
	Ready(ctx context.Context) error
	// Begin returns the address of the provider at which the browser goes on. callback is the address to which the provider sends it back.
	Begin(ctx context.Context, callback string, a *Attempt) (address string, err error)
	// Finish identifies the person by the query with which the browser comes back. The caller has compared the state with the attempt's. The
	// error is a [NotAdmittedError] or an [UnavailableError].
	Finish(ctx context.Context, callback string, a *Attempt, query url.Values) (*Person, error)
}

// Asker identifies people by what they type, at a server that knows them. Implementations must be safe for concurrent use.
type Asker interface {
	// Ask asks the server as the person, with a password or a token, which it does not keep; with keep, it may keep a token,
	// never a password. The name may be empty for a token. The error is a [WrongError], a [NotAdmittedError] or an
	// [UnavailableError].
	Ask(ctx context.Context, name, secret string, keep bool) (*Person, error)
}

// Attempt are the random values that bind one attempt to sign in to one browser. Each is used once.
type Attempt struct {
	// State comes back in the callback, Nonce in the token. Verifier proves to the provider that the one who began also finishes (RFC 7636).
	State, Nonce, Verifier string
}

// Person is somebody whom a provider has identified. The texts are as the provider gives them: [Control.Arrive] takes only what is usable.
type Person struct {
	accounts.Identity
	// Names are names for a new account, the best one first.
	Names []string
	// Email is an address of the person; empty if the provider gives none. EmailVerified is true if the provider says that it belongs to the
	// person.
	Email         string
	EmailVerified bool
	// Groups are the groups of the person, as the provider calls them.
	Groups []string
	// Settle, if not nil, is called with the account of the person at each arrival, before its rights are asked for: it stores
	// what else the provider has said. After an error the person is not signed in.
	Settle func(ctx context.Context, account int64) error
}

// Admission says whom a way to sign in admits, and what for.
type Admission struct {
	// Create allows an account for somebody new. Without it, an administrator links accounts before.
	Create bool
	// Domains are the domains that a verified e-mail address must have, in lower case; empty for any address, and none.
	Domains []string
	// Group is the group of the provider that everybody must have; empty for none. Admins is the one whose members are administrators here.
	Group, Admins string
}

// Way is a way to sign in besides the password.
type Way struct {
	// ID names it in paths and in the audit log: "oidc".
	ID string
	// Title is what people know the provider by.
	Title string
	// Exactly one of the two is set.
	Provider
	Asker Asker
	Admission
}

// NotAdmittedError says why somebody cannot sign in at a provider. It holds no secret.
type NotAdmittedError struct {
	// Text is for the person: what happened, and what to do.
	Text string
	// Reason is for the audit log, in a few words.
	Reason string
}

func (e *NotAdmittedError) Error() string { return e.Reason }

// UnavailableError says that a provider does not do its part at the moment.
type UnavailableError struct {
	// Err says why. It holds no secret.
	Err error
}

func (e *UnavailableError) Error() string { return "the provider does not answer: " + e.Err.Error() }

func (e *UnavailableError) Unwrap() error { return e.Err }
