package connected_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// people is a product whose users sign in here.
type people struct {
	*product
	set     *connected.Set
	control *access.Control
	log     *lockedLog
}

type lockedLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

const password = "canary-password-of-ada"

// newPeople lists PAY/api, PAY/web and OPS/tool. ada reads PAY/api by a group and writes to PAY/web; bob administers OPS;
// eve has nothing. Their passwords are canaries. The connection's credential is an administrator's if admin.
func newPeople(t *testing.T, p *product, admin bool) *people {
	t.Helper()
	p.AddProject("OPS", "Operations")
	p.add("api", "web")
	require.NoError(t, p.AddRepository("OPS", "tool", nil))
	p.Allow(site.Credential{Secret: password, User: "ada", Password: true})
	p.Allow(site.Credential{Secret: password + "-bob", User: "bob", Password: true})
	p.Allow(site.Credential{Secret: password + "-eve", User: "eve", Password: true})
	p.SetGroup("devs", "ada")
	p.Grant("@devs", "PAY/api", site.Read)
	p.Grant("ada", "PAY/web", site.Write)
	p.Grant("bob", "OPS", site.Admin)
	if !admin {
		p.Allow(site.Credential{Secret: "reads-only", User: "reader"})
		p.Grant("reader", "PAY", site.Read)
		p.Grant("reader", "OPS", site.Read)
	}
	x := &people{product: p, log: &lockedLog{}}
	p.admin.Log = slog.New(slog.NewTextHandler(x.log, nil))
	credential := &connected.Credential{Secret: secret}
	if !admin {
		credential.Secret = "reads-only"
	}
	s := &connected.Settings{URL: p.base, Every: connected.Duration(time.Hour), Rate: 1000, Burst: 1000, SignIn: true}
	_, err := p.admin.Put(t.Context(), "bb", s, credential)
	require.NoError(t, err)
	x.set, _ = p.node("a")
	p.sync()
	require.NoError(t, x.set.Reload(t.Context()))
	x.control = access.New(p.store.Accounts, p.store.Audit, access.Options{Log: p.admin.Log, Rights: x.set.Rights(access.OwnRights{Roles: p.store.Accounts}), Rate: -1, Sleep: func(context.Context, time.Duration) error { return nil }})
	return x
}

// signIn signs in somebody.
func (x *people) signIn(name, secret string, keep bool) (*access.Caller, error) {
	x.t.Helper()
	ways := x.set.Ways()
	require.Len(x.t, ways, 1)
	require.Equal(x.t, "bitbucket-bb", ways[0].ID)
	return x.control.Ask(x.t.Context(), &ways[0], access.Credentials{Name: name, Secret: secret, Address: "192.0.2.1"}, keep)
}

// sees lists what a caller sees, by a query of lists.
func (x *people) sees(c *access.Caller) string {
	x.t.Helper()
	projects, err := x.store.Catalog.Projects(x.t.Context(), c.Visible, nil, "", db.Page{Limit: 100})
	require.NoError(x.t, err)
	var list []string
	for i := range projects {
		rs, err := x.store.Catalog.Repositories(x.t.Context(), c.Visible, projects[i].ID, catalog.Filter{}, db.Page{Limit: 100})
		require.NoError(x.t, err)
		for j := range rs {
			list = append(list, projects[i].Key+"/"+rs[j].Slug)
		}
	}
	return strings.Join(list, " ")
}

// again is the caller of the next request in the session of an account.
func (x *people) again(c *access.Caller) (*access.Caller, error) {
	x.t.Helper()
	return x.control.Resume(x.t.Context(), c.Account)
}

// later makes what is known older.
func (x *people) later(d time.Duration) {
	x.t.Helper()
	_, err := x.store.Write.ExecContext(x.t.Context(), "update remote_account set asked_at = asked_at - $1, asking_until = 0", d.Milliseconds())
	require.NoError(x.t, err)
}

func TestPeopleSeeHereWhatTheySeeThere(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		x := newPeople(t, p, true)
		before := len(p.Requests())
		ada, err := x.signIn("ada", password, false)
		require.NoError(t, err)
		require.Less(t, len(p.Requests())-before, 10, "a bounded number of questions")
		require.Equal(t, "PAY/api PAY/web", x.sees(ada))
		require.Equal(t, []any{"ada", false}, []any{ada.Account.Name, ada.Account.Admin})
		require.Equal(t, []accounts.Role{accounts.RoleRead, accounts.RoleWrite, accounts.RoleNone, accounts.RoleNone}, []accounts.Role{ada.Grants.Role("PAY", "api"), ada.Grants.Role("PAY", "web"), ada.Grants.Role("OPS", "tool"), ada.Grants.Role("PAY", "")})
		bob, err := x.signIn("bob", password+"-bob", false)
		require.NoError(t, err)
		require.Equal(t, "OPS/tool", x.sees(bob))
		require.Equal(t, accounts.RoleProjectAdmin, bob.Grants.Role("OPS", ""))
		eve, err := x.signIn("eve", password+"-eve", false)
		require.NoError(t, err, "somebody without a repository signs in, and sees nothing")
		require.Empty(t, x.sees(eve))

		for _, wrong := range [][2]string{{"ada", "not-" + password}, {"ada", ""}, {"", password}, {"bob", password}, {"nobody", password}, {"a:b", password}, {"ada\r\nX: y", password}, {"", secret + "x"}} {
			_, err := x.signIn(wrong[0], wrong[1], true)
			require.ErrorAs(t, err, new(*access.WrongError), "%q", wrong)
		}
		p.Allow(site.Credential{Secret: "of-a-project", Project: "PAY", Level: site.Read})
		_, err = x.signIn("", "of-a-project", true)
		require.ErrorAs(t, err, new(*access.NotAdmittedError))

		// Names change; the id tells who somebody is. Nobody inherits the rights of another.
		p.RenameUser("ada", "ada.l")
		same, err := x.signIn("ada.l", password, false)
		require.NoError(t, err)
		require.Equal(t, ada.Account.ID, same.Account.ID)
		p.Allow(site.Credential{Secret: password + "-new", User: "ada", Password: true})
		other, err := x.signIn("ada", password+"-new", false)
		require.NoError(t, err)
		require.NotEqual(t, ada.Account.ID, other.Account.ID)
		require.Empty(t, x.sees(other))
		_, err = p.store.Accounts.Add(t.Context(), &accounts.Account{Name: "carol", Password: "x"})
		require.NoError(t, err)
		p.Allow(site.Credential{Secret: password + "-carol", User: "carol", Password: true})
		_, err = x.signIn("carol", password+"-carol", false)
		require.ErrorAs(t, err, new(*access.NotAdmittedError), "an account of this server is not taken over by its name")

		// A link that an administrator removes takes the rights along.
		_, err = p.store.Accounts.Unlink(t.Context(), "bob")
		require.NoError(t, err)
		bob, err = x.again(bob)
		require.NoError(t, err)
		require.Empty(t, x.sees(bob))
		// The switch of the connection decides.
		_, err = p.admin.Change(t.Context(), "bb", func(s *connected.Settings) { s.SignIn = false }, nil, false)
		require.NoError(t, err)
		require.NoError(t, x.set.Reload(t.Context()))
		require.Empty(t, x.set.Ways())
		off, err := x.again(ada)
		require.NoError(t, err)
		require.Empty(t, x.sees(off))
		x.noPassword()
	})
}

// noPassword looks for passwords where none may be.
func (x *people) noPassword() {
	x.t.Helper()
	require.NotContains(x.t, x.log.String(), "canary-password")
	list, err := x.store.Rights.Of(x.t.Context(), 0)
	require.NoError(x.t, err)
	require.Empty(x.t, list)
	for _, r := range x.Requests() {
		require.NotContains(x.t, r.Path+r.Query, "canary-password")
	}
	if !x.store.Postgres {
		to := x.t.TempDir() + "/copy.db"
		require.NoError(x.t, x.store.Backup(x.t.Context(), to))
		data, err := os.ReadFile(to)
		require.NoError(x.t, err)
		require.Contains(x.t, string(data), "remote_account", "the search itself works")
		require.NotContains(x.t, string(data), "canary-password")
	}
}

// TestLostRightsAreLostInTheMiddleOfASession, after five minutes: as the user by a kept token, or by the administrator whose
// credential the connection has.
func TestLostRightsAreLostInTheMiddleOfASession(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		x := newPeople(t, p, true)
		p.Allow(site.Credential{Secret: "canary-token-of-ada", User: "ada"})
		for _, keep := range []bool{true, false} {
			p.Grant("ada", "PAY/web", site.Write)
			p.Grant("@devs", "PAY/api", site.Read)
			given := password
			if keep {
				given = "canary-token-of-ada"
			}
			_, err := p.store.Write.ExecContext(t.Context(), "update remote_account set token = ''")
			require.NoError(t, err)
			ada, err := x.signIn("ada", given, keep)
			require.NoError(t, err)
			list, err := p.store.Rights.Of(t.Context(), ada.Account.ID)
			require.NoError(t, err)
			require.Equal(t, keep, list[0].Token != "")
			require.NotContains(t, list[0].Token, "canary")

			p.Grant("ada", "PAY/web", site.Read)
			p.Grant("@devs", "PAY/api", site.None)
			before := len(p.Requests())
			ada, err = x.again(ada)
			require.NoError(t, err)
			require.Equal(t, "PAY/api PAY/web", x.sees(ada), "what was asked a moment ago counts")
			require.Len(t, p.Requests(), before)
			x.later(6 * time.Minute)
			ada, err = x.again(ada)
			require.NoError(t, err)
			require.Equal(t, "PAY/web", x.sees(ada), keep)
			require.Equal(t, accounts.RoleRead, ada.Grants.Role("PAY", "web"))

			// New rights come as well.
			p.Grant("ada", "OPS", site.Admin)
			x.later(6 * time.Minute)
			ada, err = x.again(ada)
			require.NoError(t, err)
			require.Equal(t, "OPS/tool PAY/web", x.sees(ada))
			require.Equal(t, accounts.RoleProjectAdmin, ada.Grants.Role("OPS", "tool"))
			p.Grant("ada", "OPS", site.None)
		}
		// A password that is ticked to be kept is not.
		ada, err := x.signIn("ada", password, true)
		require.NoError(t, err)
		list, err := p.store.Rights.Of(t.Context(), ada.Account.ID)
		require.NoError(t, err)
		require.Empty(t, list[0].Token)
		// Somebody who is switched off has nothing.
		p.ChangeUser("ada", func(u *site.User) { u.Inactive = true })
		x.later(6 * time.Minute)
		_, err = x.again(ada)
		var stale *access.StaleError
		require.ErrorAs(t, err, &stale)
		require.Contains(t, stale.Problem, "switched off")
		_, err = x.signIn("ada", password, false)
		require.Error(t, err)
		x.noPassword()
	})
}

// TestWhatIsNotKnownIsNotShown: Bitbucket is away, the kept token is revoked, or nobody can be asked.
func TestWhatIsNotKnownIsNotShown(t *testing.T) {
	onBoth(t, func(t *testing.T, p *product) {
		x := newPeople(t, p, false)
		p.Allow(site.Credential{Secret: "canary-token-of-ada", User: "ada"})
		ada, err := x.signIn("", "canary-token-of-ada", true)
		require.NoError(t, err)
		bob, err := x.signIn("bob", password+"-bob", false)
		require.NoError(t, err)
		away := func(w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		p.Intercept(away)
		x.later(6 * time.Minute)
		ada, err = x.again(ada)
		require.NoError(t, err)
		require.Equal(t, "PAY/api PAY/web", x.sees(ada), "for a while, what was known counts")
		_, err = x.signIn("ada", password, false)
		require.ErrorAs(t, err, new(*access.UnavailableError))
		x.later(10 * time.Minute)
		_, err = x.again(ada)
		var stale *access.StaleError
		require.ErrorAs(t, err, &stale)
		require.Equal(t, "bitbucket-bb", stale.Way)
		require.Contains(t, stale.Error(), "sign in again")
		p.Intercept(nil)
		x.later(0)
		ada, err = x.again(ada)
		require.NoError(t, err, "Bitbucket is back")
		require.Equal(t, "PAY/api PAY/web", x.sees(ada))

		// A list that breaks off is no list.
		p.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, "/repos") && r.URL.Query().Get("permission") == "REPO_ADMIN" && away(w, r)
		})
		x.later(20 * time.Minute)
		_, err = x.again(ada)
		require.ErrorAs(t, err, &stale)
		p.Intercept(nil)

		// Nobody can be asked about bob: the connection's credential is no administrator's.
		_, err = x.again(bob)
		require.ErrorAs(t, err, &stale)
		require.Contains(t, stale.Problem, "not that of an administrator")
		require.NoError(t, p.store.Accounts.Grant(t.Context(), bob.Account.ID, "PAY/api", accounts.RoleRead))
		bob, err = x.again(bob)
		require.NoError(t, err, "what this server itself gives stays")
		require.Equal(t, "PAY/api", x.sees(bob))

		p.Revoke("canary-token-of-ada")
		x.later(0)
		_, err = x.again(ada)
		require.ErrorAs(t, err, &stale)
		require.Contains(t, stale.Problem, "does not work any longer")
		list, err := p.store.Rights.Of(t.Context(), ada.Account.ID)
		require.NoError(t, err)
		require.Empty(t, list[0].Token, "it is forgotten")
	})
}
