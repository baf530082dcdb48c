package cli_test

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// hookToken belongs to an account that may read everything. Its scope is scan.
const hookToken = access.TokenPrefix + "canary0123456789canary"

// hookKey is the path of the hook's settings below a project or a repository.
const hookKey = "/settings/hooks/com.mohami.bitbucket.security-for-bitbucket:credentials-validation-hook"

// central is the real server's API with its own database, which contains acme/shop, and a git server whose hook calls
// it.
type central struct {
	*gitServer
	store    *store.Store
	listener *httptest.Server
	// before sees each call. It returns true if it answers the call itself.
	before func(w http.ResponseWriter, r *http.Request) bool
	mu     sync.Mutex
	log    bytes.Buffer
	calls  []string
	// dir is the server's folder. token and cache belong to the hook.
	dir, token, cache string
}

func (c *central) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.Write(p)
}

// newCentral creates both, and pushes a first commit to main while the hook is off.
func newCentral(t *testing.T, flags ...string) *central {
	c := &central{dir: t.TempDir(), cache: t.TempDir()}
	teststore.SQLiteAt(t, filepath.Join(c.dir, "sluice.db"))
	st, err := store.Open(t.Context(), filepath.Join(c.dir, "sluice.db"))
	require.NoError(t, err)
	c.store = st
	_, err = teststore.Sync(t, st).Apply(t.Context(), &connection.Project{Key: "acme", Name: "Acme", Repositories: []connection.Repository{{Slug: "shop", Name: "Shop"}}})
	require.NoError(t, err)
	id, err := st.Accounts.Add(t.Context(), &accounts.Account{Name: "git"})
	require.NoError(t, err)
	require.NoError(t, st.Accounts.Grant(t.Context(), id, "", accounts.RoleRead))
	_, err = st.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: id, Name: "hook", Scopes: []string{"scan"}}, hookToken)
	require.NoError(t, err)
	_, err = st.Accounts.AddToken(t.Context(), &accounts.Token{AccountID: id, Name: "other", Scopes: []string{"read"}}, hookToken+"-read")
	require.NoError(t, err)
	_, err = st.Accounts.Add(t.Context(), &accounts.Account{Name: "admin", Password: adminPassword(), Admin: true})
	require.NoError(t, err)
	keys, err := seal.New(bytes.Repeat([]byte{5}, 32))
	require.NoError(t, err)
	log := slog.New(slog.NewJSONHandler(c, &slog.HandlerOptions{Level: slog.LevelDebug}))
	served, err := server.New(st, server.Options{Log: log, Keys: keys, Rate: -1})
	require.NoError(t, err)
	api := served.Handler()
	c.listener = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		before := c.before
		if r.Header.Get("Authorization") == "Bearer "+hookToken {
			c.calls = append(c.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/rest/security/latest/hook/projects/acme/repos/shop"))
		}
		c.mu.Unlock()
		if before == nil || !before(w, r) {
			api.ServeHTTP(w, r)
		}
	}))
	c.token = filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(c.token, []byte(hookToken+"\n"), 0o600))
	c.gitServer = emptyServer(t)
	c.use(flags...)
	c.commit("README", "hello\n")
	c.accepted("main")
	t.Cleanup(func() {
		c.listener.Close()
		require.NoError(t, st.Close())
		c.noSecretAnywhere()
	})
	return c
}

// adminPassword is the hash of "admin-password". It is computed on first use, because benchmarks time this binary as the
// program.
var adminPassword = sync.OnceValue(func() string { return access.HashPassword("admin-password") })

// use installs the hook with these flags in addition to those for the server.
func (c *central) use(flags ...string) {
	c.hook(append([]string{"--server", c.listener.URL, "--token-file", c.token, "--cache", c.cache, "--audit", c.audit}, flags...)...)
}

// answers replaces the server's answers by a function. Nil restores the server.
func (c *central) answers(f func(w http.ResponseWriter, r *http.Request) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before = f
}

// called returns the hook's calls since the last time.
func (c *central) called() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := c.calls
	c.calls = nil
	return calls
}

// admin makes a call as the administrator.
func (c *central) admin(method, path, body string) string {
	c.t.Helper()
	n := &node{t: c.t.(*testing.T), url: c.listener.URL, password: "admin-password"}
	status, text := n.call(method, path, body)
	require.Equal(c.t, 2, status/100, text)
	return text
}

const (
	shopHook = "/rest/api/latest/projects/acme/repos/shop" + hookKey
	acmeHook = "/rest/api/latest/projects/acme" + hookKey
	blocks   = `{"warnOnVulnerabilities":false}`
	warns    = `{"warnOnVulnerabilities":true}`
)

// on switches the hook on in block mode.
func (c *central) on() { c.admin(http.MethodPut, shopHook+"/enabled", blocks) }

// leak commits a secret. back resets main of both sides to the first commit.
func (c *central) leak(n int) string {
	return c.say("leak", "a.env", "TOKEN="+token(n)+"\n")
}

func (c *central) back() {
	c.git("reset", "-q", "--hard", c.git("rev-list", "--max-parents=0", "HEAD"))
	(&repository{c.t, c.bare}).git("update-ref", "refs/heads/main", c.git("rev-parse", "HEAD"))
}

// events returns the entries about pushes in the server's audit log, oldest first.
func (c *central) events() (list []string) {
	events, err := c.store.Audit.List(c.t.Context(), audit.Filter{}, db.Page{Limit: 1000})
	require.NoError(c.t, err)
	for _, e := range events {
		if strings.HasPrefix(e.Action, "push.") {
			require.Equal(c.t, []string{"git", "acme/shop"}, []string{e.Actor, e.Object})
			list = append([]string{e.Action + ": " + e.Detail}, list...)
		}
	}
	return list
}

// noSecretAnywhere looks for the canaries in the files of the server and the cache, in the audit file and in the log.
func (c *central) noSecretAnywhere() {
	c.t.Helper()
	files := map[string]string{"the log": c.log.String()}
	for _, dir := range []string{c.dir, c.cache, filepath.Dir(c.audit)} {
		require.NoError(c.t, filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(name)
			files[name] = string(data)
			return err
		}))
	}
	require.Greater(c.t, len(files), 2)
	for name, text := range files {
		require.NotContains(c.t, text, hookToken, name)
		requireNoSecret(c.t, text)
	}
}

// one joins the lines of a message.
func one(said string) string { return strings.Join(strings.Fields(said), " ") }
