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

// Accounts are the accounts and tokens that people sign in with. They are called by many requests at once.
type Accounts interface {
	// Get gives an account by its name in any case; db.ErrNotFound when there is none.
	Get(ctx context.Context, name string) (*accounts.Account, error)
	// UseToken gives the token with a text, and its account; db.ErrNotFound for one that does not count.
	UseToken(ctx context.Context, text string) (*accounts.Token, *accounts.Account, error)
	// Visible resolves roles into what the account may read.
	Visible(ctx context.Context, g *accounts.Grants) (*scope.Visible, error)
}

// Rights say which roles an account has: the roles of the store, or those of a Bitbucket. They are asked once a request, by many requests
// at once. Rights that take long to find out are for the implementation to keep for a while.
type Rights interface {
	// Grants gives the roles of an account that is not an administrator. After an error the account may do nothing.
	Grants(ctx context.Context, a *accounts.Account) (accounts.Grants, error)
}

// OwnRights are the roles that the store keeps.
type OwnRights struct {
	// Roles gives the roles of an account by its id.
	Roles interface {
		Grants(ctx context.Context, account int64) (accounts.Grants, error)
	}
}

// Grants gives the roles of an account.
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
	// Now is the time; nil means time.Now.
	Now func() time.Time
	// Sleep waits for d and returns nil, or returns the reason when ctx ends before; nil means the real time.
	Sleep func(ctx context.Context, d time.Duration) error
	// Rate and Burst bound the calls of one account: Rate a second, Burst at once. 0 means 100 and 200. A negative Rate sets no bound.
	Rate  float64
	Burst int
	// Rights are required.
	Rights Rights
}

// Control decides who calls. It keeps the counters of this node: wrong passwords, calls, refusals. It is safe for concurrent use.
type Control struct {
	accounts Accounts
	audit    Trail
	options  Options

	known    *verified
	guard    guard
	limits   limits
	refusals refusals
}

// New makes a Control over accounts. It starts nothing.
func New(a Accounts, t Trail, o Options) *Control {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = pace.Wait
	}
	return &Control{accounts: a, audit: t, options: o, known: newVerified()}
}
