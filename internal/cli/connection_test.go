package cli_test

import (
	"fmt"
	"io/fs"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// connectionTest is a server of the real program with a database, and a whole Data Center.
type connectionTest struct {
	t    *testing.T
	site *site.Site
	base string
	data string
	env  []string
	st   *store.Store
	// said is everything that a process of the program has printed.
	said strings.Builder
}

const canaryToken = "canary-token-of-the-connection"

func newConnectionTest(t *testing.T, postgres bool) *connectionTest {
	c := &connectionTest{t: t, data: t.TempDir(), env: []string{"SLUICE_MASTER_KEY=" + strings.Repeat("5a", 32)}}
	var err error
	c.site, err = site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	var stop func()
	c.base, stop = c.site.Serve()
	t.Cleanup(stop)
	address := filepath.Join(c.data, "sluice.db")
	if postgres {
		address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
		c.env = append(c.env, "DATABASE_URL="+address)
	} else {
		teststore.SQLiteAt(t, address)
	}
	c.st, err = store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.st.Close()) })
	require.NoError(t, c.st.Settings.Set(t.Context(), settings.ScanOnPush.Name, "true"))
	c.site.AddProject("PAY", "Payments")
	c.site.Allow(site.Credential{Secret: canaryToken, User: "scanner", Level: site.Read})
	c.site.Grant("scanner", "PAY", site.Read)
	return c
}

// run runs the program with a credential on its standard input.
func (c *connectionTest) run(stdin string, args ...string) ran {
	c.t.Helper()
	cmd, out := process(c.t, c.env, append(args, "--data", c.data)...)
	cmd.Stdin = strings.NewReader(stdin)
	if err := cmd.Run(); exitCodeOf(err) < 0 {
		require.NoError(c.t, err)
	}
	c.said.WriteString(out.String())
	return ran{cmd.ProcessState.ExitCode(), out.String(), out.String()}
}

// repository adds a repository with one commit on main.
func (c *connectionTest) repository(slug string, files ...string) {
	c.t.Helper()
	require.NoError(c.t, c.site.AddRepository("PAY", slug, nil))
	c.push(slug, "main", files...)
}

func (c *connectionTest) push(slug, branch string, files ...string) string {
	c.t.Helper()
	hash, err := c.site.Push("PAY", slug, branch, "main", files...)
	require.NoError(c.t, err)
	return hash
}

// branch returns a branch as the store has it; nil for none.
func (c *connectionTest) branch(slug, name string) *catalog.Branch {
	c.t.Helper()
	r, err := c.st.Catalog.Repository(c.t.Context(), &scope.Visible{All: true}, "PAY", slug)
	if err != nil {
		return nil
	}
	b, err := c.st.Catalog.Branch(c.t.Context(), r.ID, name)
	if err != nil {
		return nil
	}
	return b
}

// scanned waits until a branch is scanned at a commit.
func (c *connectionTest) scanned(n *node, slug, name, commit string) *catalog.Branch {
	c.t.Helper()
	var b *catalog.Branch
	testwait.Until(c.t, func() bool { b = c.branch(slug, name); return b != nil && b.Knowledge.Commit == commit }, "%s %s is scanned at %s: %s", slug, name, commit, n.log)
	return b
}

// TestTheProgramReadsADataCenter connects the real program to a whole Data Center, and looks for its credential at every
// door afterwards.
func TestTheProgramReadsADataCenter(t *testing.T) {
	t.Parallel()
	for name, postgres := range map[string]bool{"SQLite": false, "PostgreSQL": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newConnectionTest(t, postgres)
			c.repository("api", "a.env", "TOKEN="+token(1)+"\n")
			c.repository("web", "main.py", "print(1)\n")
			require.NoError(t, c.site.AddRepository("PAY", "old", func(r *site.Repository) { r.Archived = true }))

			wrong := c.run("not-"+canaryToken+"\n", "connection", "add", "bitbucket", c.base)
			require.NotZero(t, wrong.code)
			require.Contains(t, wrong.stderr, "nothing is stored")
			require.NotContains(t, wrong.stderr, canaryToken)
			added := c.run(canaryToken+"\n", "connection", "add", "bitbucket", c.base, "--every", "1s")
			require.Zero(t, added.code, added.stderr)
			require.Contains(t, added.stdout, "accepts the credential of the user scanner")

			n := startNode(t, c.env, "--data", c.data)
			b := c.scanned(n, "api", "main", c.site.Head("PAY", "api", "main"))
			require.Equal(t, 1, b.Open.Total())
			require.Zero(t, c.scanned(n, "web", "main", c.site.Head("PAY", "web", "main")).Open.Total())
			list := c.run("", "connection", "list", "--skipped")
			require.Contains(t, list.stdout, "left out: PAY/old: it is archived")

			// A push is found by the next listing.
			moved := c.push("web", "main", "b.env", "TOKEN="+token(2)+"\n")
			require.Equal(t, 1, c.scanned(n, "web", "main", moved).Open.Total())

			// A revoked token makes the connection rest; what is known stays. A person brings it back.
			c.site.Revoke(canaryToken)
			testwait.Until(t, func() bool {
				row, err := c.st.Connections.Remote(t.Context(), "bitbucket")
				return err == nil && row.Inactive != ""
			}, "the connection rests: %s", n.log)
			require.Contains(t, c.run("", "connection", "list").stdout, "inactive: the server refuses the credential")
			require.NotZero(t, c.run("", "connection", "check", "bitbucket").code)
			require.Equal(t, 1, c.branch("web", "main").Open.Total())
			c.site.Restore(canaryToken)
			require.Zero(t, c.run("", "connection", "sync", "bitbucket").code)
			last := c.push("web", "main", "c.env", "TOKEN="+token(3)+"\n")
			require.Equal(t, 2, c.scanned(n, "web", "main", last).Open.Total())

			require.NoError(t, n.cmd.Process.Signal(os.Interrupt))
			require.NoError(t, n.cmd.Wait())
			c.searchCanary(n)

			removed := c.run("", "connection", "remove", "bitbucket")
			require.Contains(t, removed.stdout, "with 2 repositories")
			require.Nil(t, c.branch("web", "main"))
			require.Contains(t, c.run("", "connection", "check", "bitbucket").stderr, "there is no connection")
		})
	}
}

// TestAPushIsScannedWhenItsWebhookComes: the next listing would be in an hour. The webhook reaches the program through a
// proxy, below a base path.
func TestAPushIsScannedWhenItsWebhookComes(t *testing.T) {
	t.Parallel()
	c := newConnectionTest(t, false)
	c.site.Allow(site.Credential{Secret: "admin-" + canaryToken, User: "admin", Level: site.Admin})
	c.site.MakeAdmin("admin")
	c.repository("api", "main.py", "print(1)\n")
	var target atomic.Pointer[url.URL]
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target.Load()) }})
	defer proxy.Close()
	defer c.site.Settle()
	added := c.run("admin-"+canaryToken+"\n", "connection", "add", "bitbucket", c.base, "--webhooks", "--every", "1h")
	require.Zero(t, added.code, added.stderr)
	n := startNode(t, c.env, "--data", c.data, "--link", proxy.URL+"/sluice", "--base-path", "/sluice")
	address, err := url.Parse(strings.TrimSuffix(n.url, "/sluice"))
	require.NoError(t, err)
	target.Store(address)
	c.scanned(n, "api", "main", c.site.Head("PAY", "api", "main"))
	testwait.Until(t, func() bool { return len(c.site.Hooks()) == 1 }, "the webhook is there: %s", n.log)
	for i := range 3 {
		moved := c.push("api", "main", "a.env", "TOKEN="+token(i+1)+"\n")
		require.Equal(t, 1, c.scanned(n, "api", "main", moved).Open.Total())
	}
	require.Contains(t, c.run("", "connection", "list").stdout, "webhooks: the last one came")
	before := c.site.Hooks()[0].Secret
	require.Zero(t, c.run("", "connection", "rotate", "bitbucket").code)
	testwait.Until(t, func() bool { return c.site.Hooks()[0].Secret != before }, "the webhook has another secret: %s", n.log)
	moved := c.push("api", "main", "b.env", "TOKEN="+token(9)+"\n")
	require.Equal(t, 2, c.scanned(n, "api", "main", moved).Open.Total())
	require.NoError(t, n.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, n.cmd.Wait())
	c.searchCanary(n)
	require.NotContains(t, n.log.String()+c.said.String(), c.site.Hooks()[0].Secret)
	require.Contains(t, c.run("", "connection", "remove", "bitbucket").stdout, "is removed")
	require.Empty(t, c.site.Hooks())
}

// TestScansAreReportedOnTheirCommits: what is new against the destination of a pull request fails it, and a fix passes it.
func TestScansAreReportedOnTheirCommits(t *testing.T) {
	t.Parallel()
	c := newConnectionTest(t, false)
	require.NoError(t, c.st.Settings.Set(t.Context(), settings.ScanOnPullRequest.Name, "true"))
	c.repository("api", "a.env", "TOKEN="+token(1)+"\n")
	c.push("api", "release", "r.env", "TOKEN="+token(7)+"\n")
	added := c.run(canaryToken+"\n", "connection", "add", "bitbucket", c.base, "--every", "1s", "--reports", "--build-status", "--exclude", "PAY/x*")
	require.Zero(t, added.code, added.stderr)
	n := startNode(t, c.env, "--data", c.data, "--link", "https://sluice.example.com/s")
	report := func(commit string, want ...any) {
		t.Helper()
		var got []any
		testwait.Until(t, func() bool {
			got = make([]any, 4)
			for _, b := range c.site.Reports().Statuses(commit) {
				got[1] = b.State
				require.Contains(t, b.URL, "https://sluice.example.com/s/projects/PAY/repos/api/analysis?branch=")
			}
			for _, r := range c.site.Reports().Reports(commit) {
				got[0], got[3] = r.Result, len(c.site.Reports().Annotations(commit, r.ExternalID))
				require.Equal(t, "sluice-server", r.ExternalID)
				require.NotContains(t, fmt.Sprintf("%+v", r), token(1))
				for _, d := range r.Data {
					if strings.HasPrefix(d.Title, "New ") {
						got[2] = fmt.Sprintf("%s %v", d.Title, d.Value)
					}
				}
			}
			return reflect.DeepEqual(want, got)
		}, "the report on %s is %v, not %v: %s", commit, witness{&got}, want, n.log)
	}
	main := c.site.Head("PAY", "api", "main")
	c.scanned(n, "api", "release", c.site.Head("PAY", "api", "release"))
	report(main, "FAIL", "FAILED", nil, 1)

	// A branch without a pull request: everything counts, and what main does not have is new.
	side := c.push("api", "side", "b.env", "TOKEN="+token(2)+"\n")
	report(side, "FAIL", "FAILED", "New since the base 1", 2)
	// Its pull request fails for what is new, and passes once that is gone. A report without a push comes by the event.
	_, err := c.site.Push("PAY", "api", "side", "", "b.env", "")
	require.NoError(t, err)
	fixed := c.site.Head("PAY", "api", "side")
	report(fixed, "FAIL", "FAILED", "New since the base 0", 1)
	c.site.OpenPull("PAY", "api", "side", "main")
	c.rescan("side")
	report(fixed, "PASS", "SUCCESSFUL", "New in this pull request 0", 1)
	again := c.push("api", "side", "b.env", "TOKEN="+token(3)+"\n")
	report(again, "FAIL", "FAILED", "New in this pull request 1", 2)
	// A person decides that it is not a secret.
	list, err := c.st.Findings.List(t.Context(), &scope.Visible{All: true}, findings.Filter{}, 100)
	require.NoError(t, err)
	for i := range list {
		if f := &list[i].Finding; c.has("side", f.ID) && !c.has("main", f.ID) {
			f.State, f.ChangedBy = findings.FalsePositive, "ada"
			require.NoError(t, c.st.Findings.Triage(t.Context(), f))
		}
	}
	c.rescan("side")
	report(again, "PASS", "SUCCESSFUL", "New in this pull request 0", 1)
	// The destination is what Bitbucket says: another one has other findings.
	c.site.ClosePull(1, "DECLINED")
	c.site.OpenPull("PAY", "api", "side", "release")
	other := c.push("api", "side", "r.env", "TOKEN="+token(7)+"\n")
	report(other, "PASS", "SUCCESSFUL", "New in this pull request 0", 2)
}

// witness prints what was seen last when a test fails.
type witness struct{ of *[]any }

func (w witness) String() string { return fmt.Sprint(*w.of) }

// rescan scans a branch of PAY/api again.
func (c *connectionTest) rescan(name string) {
	c.t.Helper()
	_, err := c.st.Queue.Enqueue(c.t.Context(), queue.Request{Scope: queue.Scope{BranchID: c.branch("api", name).ID}, Force: true})
	require.NoError(c.t, err)
}

// has reports whether a branch of PAY/api has a finding.
func (c *connectionTest) has(branch string, finding int64) bool {
	c.t.Helper()
	places, err := c.st.Findings.Places(c.t.Context(), finding, c.branch("api", branch).ID, 1)
	require.NoError(c.t, err)
	return len(places) > 0
}

// searchCanary fails if the credential is in a file of the server, in what it printed, or in a request elsewhere than in
// the header for it.
func (c *connectionTest) searchCanary(n *node) {
	c.t.Helper()
	require.NotContains(c.t, n.log.String(), canaryToken)
	require.NotContains(c.t, n.first+c.said.String(), canaryToken)
	files := 0
	require.NoError(c.t, filepath.WalkDir(c.data, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		require.NoError(c.t, err)
		require.NotContains(c.t, string(data), canaryToken, path)
		return nil
	}))
	require.Greater(c.t, files, 3, "the search itself works")
	for _, r := range c.site.Requests() {
		require.NotContains(c.t, r.Path+r.Query, canaryToken)
	}
	rows, err := c.st.Connections.Remotes(c.t.Context())
	require.NoError(c.t, err)
	require.NotEmpty(c.t, rows[0].Credential)
	require.NotContains(c.t, rows[0].Credential+rows[0].Settings, canaryToken)
}
