package access

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Accounts looks up accounts and tokens. Implementations must be safe for concurrent use.
type Accounts interface {
	// Get returns an account by its name, in any case; db.ErrNotFound if there is none.
	Get(ctx context.Context, name string) (*accounts.Account, error)
	// UseToken returns the token with a text, and its account; db.ErrNotFound if the token is not valid.
	UseToken(ctx context.Context, text string) (*accounts.Token, *accounts.Account, error)
	// Visible resolves roles into what the account may read.
	Visible(ctx context.Context, g *accounts.Grants) (*scope.Visible, error)
	// Arrive finds or creates the account of somebody whom a provider has identified; see accounts.Accounts.
	Arrive(ctx context.Context, who *accounts.Arrival) (*accounts.Arrived, error)
}

// Rights returns the roles of accounts: those in the store, or those of a Bitbucket. It is called once per request and
// must be safe for concurrent use. An implementation that takes long must cache.
type Rights interface {
	// Grants returns the roles of an account that is not an administrator. After an error the account has no rights.
	Grants(ctx context.Context, a *accounts.Account) (accounts.Grants, error)
}

// OwnRights are the roles in the store.
type OwnRights struct {
	// Roles returns the roles of an account by its id.
	Roles interface {
		Grants(ctx context.Context, account int64) (accounts.Grants, error)
	}
}

// Grants returns the roles of an account.
func (r OwnRights) Grants(ctx context.Context, a *accounts.Account) (accounts.Grants, error) {
	return r.Roles.Grants(ctx, a.ID)
}

// Trail is the audit log.
type Trail interface {
	Add(ctx context.Context, e *audit.Event) error
}

// Options are the settings of a Control.
type Options struct {
	Log *slog.Logger
	// Now returns the time; nil means time.Now.
	Now func() time.Time
	// Sleep waits for d and returns nil, or returns the cause if ctx ends first; nil means real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Rate and Burst limit the calls of one account: Rate per second, Burst at once. 0 means 100 and 200. A negative Rate
	// means no limit.
	Rate  float64
	Burst int
	// Rights is required.
	Rights Rights
	// OnlyAdmins lets only administrators sign in with a password, at the pages and the API. Tokens still work.
	OnlyAdmins bool
}

// Control authenticates callers. It counts wrong passwords, calls and refusals of this node. It is safe for concurrent
// use.
type Control struct {
	accounts Accounts
	audit    Trail
	options  Options

	known     *verified
	guard     guard
	limits    limits[int64]
	addresses limits[string]
	refusals  refusals
}

// New returns a Control over accounts. It starts no goroutine.
func New(a Accounts, t Trail, o Options) *Control {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = pace.Wait
	}
	return &Control{accounts: a, audit: t, options: o, known: newVerified()}
}
