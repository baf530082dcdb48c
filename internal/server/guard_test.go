package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// clock is a time that advances only when somebody waits.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	held time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.held = c.now.Add(d), c.held+d
	return ctx.Err()
}

// guarded is a service whose callers come from any address behind a trusted proxy. Its passwords are cheap to check.
type guarded struct {
	*service
	clock *clock
}

func newGuarded(t *testing.T) *guarded {
	t.Helper()
	c := &clock{now: time.Now()}
	return &guarded{newService(t, func(o *server.Options) {
		o.Now, o.Sleep, o.Proxies = c.Now, c.sleep, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.9.0.0/16")}
	}), c}
}

func (g *guarded) signIn(name, password, from string) int {
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, g.url+"/rest/security/latest/queue", nil)
	require.NoError(g.t, err)
	request.SetBasicAuth(name, password)
	request.Header.Set("X-Forwarded-For", from)
	return g.do(request).status
}

// TestWrongPasswordsCostTime: guesses get slower and slower and are audited with their number and address. The right
// password still works.
func TestWrongPasswordsCostTime(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, g.signIn("admin", "wrong", "192.0.2.1"))
	}
	require.Zero(t, g.clock.held, "people mistype")
	for range 20 {
		require.Equal(t, http.StatusUnauthorized, g.signIn("Admin", "wrong", "192.0.2.1"))
	}
	require.Greater(t, g.clock.held, time.Minute)
	require.Less(t, g.clock.held, 2*time.Minute)

	// The administrator at another address does not notice; the one at the same address waits.
	before := g.clock.held
	require.Equal(t, http.StatusOK, g.signIn("admin", "admin-password", "192.0.2.2"))
	require.Equal(t, before, g.clock.held)
	require.Equal(t, http.StatusOK, g.signIn("admin", "admin-password", "192.0.2.1"))
	require.LessOrEqual(t, g.clock.held-before, 5*time.Second)
	before = g.clock.held
	require.Equal(t, http.StatusOK, g.signIn("admin", "admin-password", "192.0.2.1"))
	require.Equal(t, before, g.clock.held, "a right one ends it")

	var details []string
	events, err := g.store.Audit.List(t.Context(), audit.Filter{Actor: "admin"}, db.Page{Limit: 100})
	require.NoError(t, err)
	for _, e := range events {
		details = append(details, e.Action+": "+e.Detail)
	}
	require.Contains(t, details, "sign-in.failed: 1 wrong in a row from 192.0.2.1")
	require.Contains(t, details, "sign-in.after-failures: 25 wrong in a row from 192.0.2.1")
	require.Less(t, len(details), 6, "an entry a minute")
}

// TestAPasswordCostsWhatIsAdvised: 19 MiB and two passes, as OWASP's cheat sheet on password storage recommends for
// argon2id.
func TestAPasswordCostsWhatIsAdvised(t *testing.T) {
	t.Parallel()
	require.Contains(t, access.HashPassword("a password"), "$argon2id$v=19$m=19456,t=2,p=1$")
}

// TestWrongPasswordsOfManyAccounts: an address that tries many accounts is slowed down as a whole, except for accounts
// that sign in there.
func TestWrongPasswordsOfManyAccounts(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	require.Equal(t, http.StatusOK, g.signIn("writer", "writer-password", "192.0.2.1"))
	for i := range 40 {
		require.Equal(t, http.StatusUnauthorized, g.signIn("user"+strconv.Itoa(i), "summer", "192.0.2.1"))
	}
	require.Greater(t, g.clock.held, time.Minute)
	before := g.clock.held
	// The cache of one minute has expired by now.
	require.Equal(t, http.StatusOK, g.signIn("writer", "writer-password", "192.0.2.1"))
	require.Equal(t, before, g.clock.held, "it is known here")

	// One account from many addresses: each attempt costs time, and no address is locked out.
	g = newGuarded(t)
	for i := range 60 {
		require.Equal(t, http.StatusUnauthorized, g.signIn("admin", "summer", "198.51.100."+strconv.Itoa(i)))
	}
	require.Greater(t, g.clock.held, 5*time.Second)
	before = g.clock.held
	require.Equal(t, http.StatusOK, g.signIn("admin", "admin-password", "192.0.2.7"))
	require.LessOrEqual(t, g.clock.held-before, time.Second)
}

// TestGuessesAtOnce: concurrent guesses wait for each other, and too many are told to retry later. Tokens are not
// affected.
func TestGuessesAtOnce(t *testing.T) {
	t.Parallel()
	c := &clock{now: time.Now()}
	block := make(chan struct{})
	s := newService(t, func(o *server.Options) {
		o.Now = c.Now
		o.Sleep = func(ctx context.Context, _ time.Duration) error {
			select {
			case <-block:
			case <-ctx.Done():
			}
			return ctx.Err()
		}
	})
	id, err := s.store.Accounts.Get(t.Context(), "admin")
	require.NoError(t, err)
	token, text, wrong := access.NewToken(id.ID, "t", []string{"read"}, 0, time.Now())
	require.Empty(t, wrong)
	_, err = s.store.Accounts.AddToken(t.Context(), token, text)
	require.NoError(t, err)
	guess := func(password string) answer {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/queue", nil)
		require.NoError(t, err)
		request.SetBasicAuth("admin", password)
		return s.do(request)
	}
	for range 5 {
		require.Equal(t, http.StatusUnauthorized, guess("wrong").status)
	}
	var wait sync.WaitGroup
	refused := make(chan answer, 64)
	for range 40 {
		wait.Go(func() {
			if a := guess("wrong"); a.status == http.StatusTooManyRequests {
				refused <- a
			}
		})
	}
	a := <-refused
	require.NotEmpty(t, a.header.Get("Retry-After"))
	require.Contains(t, a.text, "API tokens are not affected")
	require.Equal(t, http.StatusOK, guess(text).status)
	close(block)
	wait.Wait()
	require.Equal(t, http.StatusOK, guess("admin-password").status)
}

// TestAddressesBehindProxies: only a trusted proxy can say where a call comes from.
func TestAddressesBehindProxies(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.9.0.0/16")}
	for _, x := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "198.51.100.1", "192.0.2.1"}, {"10.9.0.1:5", "", "10.9.0.1"}, {"10.9.0.1:5", "198.51.100.1", "198.51.100.1"}, {"10.9.0.1:5", "6.6.6.6, 198.51.100.1", "198.51.100.1"},
		{"10.9.0.1:5", "198.51.100.1, 10.9.0.2", "198.51.100.1"}, {"10.9.0.1:5", "nonsense", "10.9.0.1"}, {"[::ffff:10.9.0.1]:5", "2001:db8::1", "2001:db8::1"}, {"[2001:db8::2]:5", "6.6.6.6", "2001:db8::2"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.RemoteAddr = x.remote
		if x.forwarded != "" {
			r.Header.Set("X-Forwarded-For", x.forwarded)
		}
		require.Equal(t, x.want, access.Address(r, proxies), x)
	}
}
