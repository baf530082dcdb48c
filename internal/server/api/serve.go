package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/store/catalog"
)

// Core serves routes. All fields are required except Proxies and BasePath. It is safe for concurrent use.
type Core struct {
	Control  *access.Control
	Places   access.Places
	Branches Branches
	Trail    access.Trail
	Log      *slog.Logger
	// Proxies are the networks of the proxies whose X-Forwarded-For is trusted.
	Proxies []netip.Prefix
	// BasePath is the prefix of every path: "/sluice"; empty for none.
	BasePath string
	// Patience limits how long a route's function may take. A stream may take longer.
	Patience time.Duration
	// Pages answers what no route does, outside of /rest; nil answers that there is nothing.
	Pages http.Handler
	// Count is called for every request with its method, the pattern of its route, the status of the answer, and the
	// duration.
	Count func(method, pattern string, status int, took time.Duration)
}

// Branches looks up branches.
type Branches interface {
	// Branch returns a branch by its name, the default branch for ""; db.ErrNotFound if there is none.
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Handler serves a table of routes. If the table has gaps, the missing permissions deny access.
func (c *Core) Handler(table []Route) http.Handler {
	mux := http.NewServeMux()
	for i := range table {
		r := &table[i]
		for _, pattern := range r.Patterns() {
			mux.HandleFunc(r.Method+" "+c.BasePath+pattern, func(w http.ResponseWriter, request *http.Request) { c.newExchange(w, request).serve(r) })
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.newExchange(w, r).elsewhere(mux) })
	return compressed(c.observe(mux))
}

// exchange is one request with its answer.
type exchange struct{ Call }

func (c *Core) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	var id [8]byte
	_, _ = rand.Read(id[:]) // it never fails (crypto/rand)
	x := &exchange{Call{core: c, w: w, r: r, id: hex.EncodeToString(id[:])}}
	w.Header().Set("X-Request-Id", x.id)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	return x
}

// serve checks the caller and the permission, and answers.
func (x *exchange) serve(r *Route) {
	answer, err := x.handle(r)
	if err != nil {
		x.auditRefusal(r, err)
		x.fail(err)
		return
	}
	x.audit(r)
	x.answer(answer)
}

// handle limits the time of a route's function: a lock in the database must not block callers forever.
func (x *exchange) handle(r *Route) (*Reply, error) {
	whole := x.r
	defer func() { x.r = whole }()
	ctx, cancel := context.WithTimeout(whole.Context(), x.core.Patience)
	defer cancel()
	x.r = whole.WithContext(ctx)
	if err := x.authorize(r); err != nil {
		return nil, err
	}
	return r.Handle(&x.Call)
}

// authorize identifies the caller and checks the permission. 401 is for missing or wrong credentials, 404 for what the
// caller may not even read, 403 for everything else.
func (x *exchange) authorize(r *Route) error {
	if r.Needs == access.Anyone {
		return nil
	}
	if err := checkText(x.r); err != nil {
		return err
	}
	if err := access.CrossSite(x.r); err != nil {
		return Forbidden("%v", err)
	}
	if err := x.signIn(r); err != nil {
		return x.denied(err)
	}
	if key := x.PathValue("projectKey"); key != "" {
		if err := x.Move(key, x.PathValue("repoSlug")); err != nil {
			return err
		}
	}
	return x.Need(r.Needs)
}

// signIn reads the credentials: Basic with a password or a token, or Bearer with a token.
func (x *exchange) signIn(r *Route) error {
	given := access.Credentials{TokenOnly: true, Address: access.Address(x.r, x.core.Proxies)}
	if name, password, basic := x.r.BasicAuth(); basic {
		given.Name, given.Secret, given.TokenOnly = name, password, false
	} else if scheme, text, ok := strings.Cut(x.r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		given.Secret = strings.TrimSpace(text)
	}
	caller, err := x.core.Control.SignIn(x.Context(), given, access.Use{Scope: r.Scope, Reveals: r.Reveals})
	if err != nil {
		return err
	}
	x.Caller = caller
	if o, ok := x.w.(*observed); ok {
		o.CalledBy(caller.Account.Name)
	}
	return x.core.Control.Throttle(x.Context(), caller)
}

// denied converts an error of package access to an answer.
func (x *exchange) denied(err error) error {
	var wrong *access.WrongError
	var scope *access.ScopeError
	var wait *access.WaitError
	var stale *access.StaleError
	switch {
	case errors.Is(err, access.ErrNoCredentials), errors.As(err, &wrong):
		return Failure(http.StatusUnauthorized, "AuthenticationException", "%v", err)
	case errors.As(err, &scope):
		return Forbidden("%v", err)
	case errors.As(err, &stale):
		return Unavailable("%v", err)
	case errors.As(err, &wait):
		x.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Wait.Seconds())))))
		if wait.Guesses {
			return Failure(http.StatusTooManyRequests, "AuthenticationException", "%v: wait for the time in Retry-After; API tokens are not affected", err)
		}
		return Failure(http.StatusTooManyRequests, "RateLimitExceededException", "%v: wait for the time in Retry-After", err)
	}
	return err
}
