package connected_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connected"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/workspace"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// cloudTest is a workspace of Cloud, a store on SQLite, and the connection between, whose webhooks reach a node. What the
// database does is the same for both products.
type cloudTest struct {
	*workspace.Site
	t        *testing.T
	served   *workspace.Served
	store    *store.Store
	admin    connected.Admin
	link     string
	receiver *atomic.Pointer[http.Handler]
}

func newCloud(t *testing.T, slugs ...string) *cloudTest {
	t.Helper()
	t.Parallel()
	c := &cloudTest{t: t, receiver: &atomic.Pointer[http.Handler]{}}
	var err error
	c.store, err = store.Open(t.Context(), teststore.SQLite(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.store.Close()) })
	c.Site, err = workspace.New(t.TempDir(), "acme")
	require.NoError(t, err)
	c.served, err = c.Serve()
	require.NoError(t, err)
	t.Cleanup(c.served.Stop)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := c.receiver.Load()
		if h == nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		(*h).ServeHTTP(w, r)
	}))
	t.Cleanup(func() { c.Settle(); server.Close() })
	c.link = server.URL
	keys, err := seal.New([]byte(strings.Repeat("k", 32)))
	require.NoError(t, err)
	c.admin = connected.Admin{Store: c.store, Box: keys.Connections(), Log: slog.New(slog.DiscardHandler), Transport: c.served.Transport}
	c.Allow(workspace.Credential{Secret: secret, Level: workspace.Admin})
	c.AddProject("PAY", "Payments")
	c.AddProject("WEB", "Web")
	for _, slug := range slugs {
		require.NoError(t, c.AddRepository("PAY", slug, nil))
		c.push(slug, "main")
	}
	return c
}

func (c *cloudTest) push(slug, branch string) string {
	c.t.Helper()
	hash, err := c.Push(slug, branch, "main", "a.txt", rand())
	require.NoError(c.t, err)
	return hash
}

func (c *cloudTest) put(change func(s *connected.Settings)) {
	c.t.Helper()
	s := &connected.Settings{URL: "https://bitbucket.org/acme", Every: connected.Duration(time.Hour), Rate: 1000, Burst: 1000, Authorities: string(c.served.Authority)}
	if change != nil {
		change(s)
	}
	_, err := c.admin.Put(c.t.Context(), "bb", s, &connected.Credential{Secret: secret})
	require.NoError(c.t, err)
}

// node runs a node of the server until stop is called or the test ends.
func (c *cloudTest) node() (set *connected.Set, stop func()) {
	c.t.Helper()
	dir := c.t.TempDir()
	mirrors, err := mirror.New(mirror.Options{Dir: filepath.Join(dir, "mirrors"), Env: []string{"HTTPS_PROXY=" + c.served.Proxy}})
	require.NoError(c.t, err)
	set = connected.New(connected.Options{Admin: c.admin, Node: "n1", Data: dir, Mirrors: mirrors, Poll: 20 * time.Millisecond, Link: c.link})
	handler := set.Receiver()
	c.receiver.Store(&handler)
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { set.Run(ctx) })
	stop = func() { cancel(); running.Wait() }
	c.t.Cleanup(stop)
	return set, stop
}

func (c *cloudTest) row() *connections.Remote {
	c.t.Helper()
	r, err := c.store.Connections.Remote(c.t.Context(), "bb")
	require.NoError(c.t, err)
	return r
}

// ended waits until no listing runs or is due.
func (c *cloudTest) ended() (r *connections.Remote) {
	c.t.Helper()
	testwait.Until(c.t, func() bool { r = c.row(); return !r.IsDue && !r.Syncing }, "the listing ends")
	return r
}

func (c *cloudTest) sync() *connections.Remote {
	c.t.Helper()
	require.NoError(c.t, c.store.Connections.Request(c.t.Context(), c.row().ID))
	return c.ended()
}

// view makes the helpers of the other product's tests see this store.
func (c *cloudTest) view() *product { return &product{t: c.t, store: c.store} }

func (c *cloudTest) slugs() string { c.t.Helper(); return c.view().slugs() }

func (c *cloudTest) head(slug, branch string) string {
	c.t.Helper()
	return c.view().head(slug, branch)
}

// TestCloudIsSeenByItsWebhooks: the time between listings is an hour.
func TestCloudIsSeenByItsWebhooks(t *testing.T) {
	c := newCloud(t, "a", "b")
	c.put(func(s *connected.Settings) { s.Webhooks = true })
	c.node()
	c.ended()
	require.Len(t, c.Hooks(), 1)
	hash := c.push("a", "main")
	testwait.Until(t, func() bool { return c.head("a", "main") == hash }, "the push is seen")
	require.NoError(t, c.Branches("a", "main", "side", "other"))
	testwait.Until(t, func() bool { return c.head("a", "side") == hash && c.head("a", "other") == hash }, "all branches of one push are seen")
	require.NoError(t, c.DeleteBranch("a", "side"))
	testwait.Until(t, func() bool { return c.head("a", "side") == "" }, "a deleted branch is seen")
	c.Move("a", "PAY", "a-moved")
	testwait.Until(t, func() bool { return c.head("a-moved", "main") == hash }, "a rename is seen")
	require.NoError(t, c.AddRepository("PAY", "c", nil))
	testwait.Until(t, func() bool { return c.slugs() == "PAY/a-moved PAY/b PAY/c" }, "a new repository is seen: %s", c.slugs())
	c.Delete("b")
	testwait.Until(t, func() bool { return c.slugs() == "PAY/a-moved PAY/c" }, "a deletion is seen: %s", c.slugs())
	require.Empty(t, c.ended().Hook.Problem)
	require.Empty(t, c.row().Problem)
}

// TestAnAttemptThatIsRepeatedCountsOnce: attempts have the same id, and another event has another.
func TestAnAttemptThatIsRepeatedCountsOnce(t *testing.T) {
	c := newCloud(t, "a")
	c.put(func(s *connected.Settings) { s.Webhooks = true })
	c.node()
	c.ended()
	body := fmt.Appendf(nil, `{"repository":{"uuid":%q,"full_name":"acme/a","project":{"key":"PAY"}}}`, c.UUID("a"))
	hook := c.Hooks()[0]
	before := len(c.Requests())
	for range 3 {
		c.Deliver(workspace.Delivery{URL: hook.URL, ID: "same", Event: "repo:push", Body: body, Signature: ground.Sign(hook.Secret, body)})
	}
	testwait.Until(t, func() bool { n, err := c.store.Connections.Looks(t.Context(), c.row().ID); return err == nil && n == 0 }, "it is looked at")
	looks := 0
	for _, r := range c.Requests()[before:] {
		if !r.Git {
			looks++
		}
	}
	require.Equal(t, 1, looks)
	// Cloud has no test call: nothing goes without a signature.
	for _, text := range []string{"{}", `{"test":true}`, string(body)} {
		status, err := ground.Post(hook.URL, []byte(text), "X-Event-Key", "repo:push")
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, status, text)
	}
}

// TestAPollFindsWhatNoEventTold: while the server was down, and what is too large to be sent.
func TestAPollFindsWhatNoEventTold(t *testing.T) {
	c := newCloud(t, "a")
	c.put(func(s *connected.Settings) { s.Webhooks = true })
	c.node()
	c.ended()
	var names []string
	for i := range 1500 {
		names = append(names, fmt.Sprintf("some/long/name/of/a/branch/%d", i))
	}
	require.NoError(t, c.Branches("a", "main", names...))
	c.Settle()
	require.Equal(t, 1, c.Hooks()[0].Lost)
	c.receiver.Store(nil)
	hash := c.push("a", "main")
	c.Settle()
	require.Equal(t, 2, c.Hooks()[0].Lost)
	// No person asks: the listing is of what changed.
	_, err := c.store.Write.ExecContext(t.Context(), "update connection set due_at = 0")
	require.NoError(t, err)
	c.ended()
	require.Equal(t, hash, c.head("a", "main"))
	require.NotEmpty(t, c.head("a", names[1499]))
}

// TestTheBudgetSurvivesARestart: what was spent is in the database, and the connection waits for it instead of asking.
func TestTheBudgetSurvivesARestart(t *testing.T) {
	c := newCloud(t, "a")
	c.Limit("repositories", 10)
	c.put(func(s *connected.Settings) { s.Hourly = 10 })
	for range 10 {
		_, stop := c.node()
		c.sync()
		stop()
	}
	row := c.row()
	require.Contains(t, row.Problem, "80 % of the 10 calls")
	require.Equal(t, connection.StateFailing, (&connection.Live{Problem: row.Problem}).State(0))
	require.Equal(t, 8, c.Spent("repositories", secret), "Bitbucket never had to refuse a call")
	spent, err := c.store.Connections.Spent(t.Context(), row.ID)
	require.NoError(t, err)
	require.Equal(t, 8, spent["repositories"])
	s, err := connected.ParseSettings(row.Settings)
	require.NoError(t, err)
	require.Equal(t, connected.Budget{Group: "repositories", Used: 8, Limit: 10}, s.Budgets(spent)[0])
	// An hour later.
	_, err = c.store.Write.ExecContext(t.Context(), "update api_call set minute = minute - 61")
	require.NoError(t, err)
	c.Limit("repositories", 0)
	c.node()
	require.Empty(t, c.sync().Problem)
}

// TestARevokedCredentialOfCloudRests, of each kind.
func TestARevokedCredentialOfCloudRests(t *testing.T) {
	c := newCloud(t, "a")
	c.put(nil)
	c.Allow(workspace.Credential{Kind: workspace.APIToken, User: "ada@example.com", Secret: "api", Level: workspace.Read})
	c.Allow(workspace.Credential{Kind: workspace.Consumer, User: "key", Secret: "consumer", Level: workspace.Read})
	c.node()
	for _, x := range []connected.Credential{{Secret: secret}, {User: "ada@example.com", Secret: "api"}, {Consumer: "key", Secret: "consumer"}} {
		_, err := c.admin.Put(t.Context(), "bb", &connected.Settings{URL: "https://bitbucket.org/acme", Authorities: string(c.served.Authority)}, &x)
		require.NoError(t, err)
		require.Empty(t, c.ended().Problem, "%s", x)
		c.Revoke(x.Secret, true)
		c.sync()
		require.Contains(t, c.row().Problem, "not", "%s", x)
		_, err = c.store.Write.ExecContext(t.Context(), "update connection set due_at = 0")
		require.NoError(t, err)
		testwait.Until(t, func() bool { return c.row().Inactive != "" }, "it rests: %s", x)
		require.NotContains(t, c.row().Problem+c.row().Inactive, x.Secret+" ")
	}
}

func TestAddressesOfWorkspaces(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://bitbucket.org/acme", "https://bitbucket.org/acme/", "https://BITBUCKET.org/acme", "https://bitbucket.org/{0a0a0a0a-1111-2222-3333-444444444444}"} {
		require.NoError(t, (&connected.Settings{URL: address}).Check(), address)
	}
	for _, address := range []string{"https://bitbucket.org", "https://bitbucket.org/", "https://bitbucket.org/a/b", "http://bitbucket.org/acme", "https://bitbucket.org:444/acme", "https://bitbucket.org/acme?x=1", "https://bitbucket.org/..", "https://ada@bitbucket.org/acme", "https://bitbucket.org/a%2fb"} {
		require.Error(t, (&connected.Settings{URL: address}).Check(), address)
	}
	cloud, own := &connected.Settings{URL: "https://bitbucket.org/acme"}, &connected.Settings{URL: "https://bitbucket.example.com"}
	a := connected.Admin{}
	for _, x := range []struct {
		s *connected.Settings
		c connected.Credential
	}{{own, connected.Credential{Consumer: "k", Secret: "canary"}}, {cloud, connected.Credential{User: "ada", Secret: "canary"}}, {cloud, connected.Credential{User: "a@b.c", Consumer: "k", Secret: "canary"}}, {cloud, connected.Credential{Consumer: "a:b", Secret: "canary"}}} {
		_, err := a.Put(t.Context(), "bb", x.s, &x.c)
		require.Error(t, err)
		require.NotContains(t, err.Error(), "canary")
	}
}

// scanOf is a scan of main of a repository that waits, and its outcome.
func (c *cloudTest) scanOf(slug string) (*queue.Job, *findings.Outcome) {
	c.t.Helper()
	_, err := c.store.Queue.Enqueue(c.t.Context(), queue.Request{Force: true})
	require.NoError(c.t, err)
	j, err := c.store.Queue.Claim(c.t.Context(), "n", true)
	require.NoError(c.t, err)
	commit := c.Head(slug, "main")
	return j, &findings.Outcome{State: queue.Succeeded, Commit: commit, Result: &scan.Result{Commit: commit}, Gate: scan.Gate{FailOn: scan.SeverityHigh}}
}

// TestAReportThatFailedIsOwed: the branch is scanned again, also by another node, and then it is paid.
func TestAReportThatFailedIsOwed(t *testing.T) {
	c := newCloud(t, "a")
	c.put(func(s *connected.Settings) { s.Reports = true })
	set, stop := c.node()
	c.ended()
	j, o := c.scanOf("a")
	refuse := func(status int) {
		c.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.Contains(r.URL.Path, "/reports/") {
				return false
			}
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, `{"type":"error","error":{"message":"no"}}`)
			return true
		})
	}
	owed := func() (n int) {
		require.NoError(t, c.store.Read.QueryRowContext(t.Context(), "select count(*) from unreported").Scan(&n))
		return n
	}
	refuse(http.StatusNotImplemented)
	set.Ended(t.Context(), j, o)
	require.Equal(t, 1, owed())
	require.NoError(t, c.store.Findings.Finish(t.Context(), j, &findings.Outcome{State: queue.Dropped}))
	stop()
	c.Intercept(nil)
	_, err := c.store.Write.ExecContext(t.Context(), "update unreported set due_at = 0")
	require.NoError(t, err)
	set, _ = c.node()
	testwait.Until(t, func() bool { j, err = c.store.Queue.Claim(t.Context(), "n", true); return err == nil }, "the branch is scanned again")
	require.True(t, j.Force)
	require.Equal(t, 1, owed(), "until it is published")
	set.Ended(t.Context(), j, o)
	require.Zero(t, owed())
	require.Len(t, c.Reports().Reports(o.Commit), 1)
	// A right that is missing does not come by trying.
	refuse(http.StatusForbidden)
	set.Ended(t.Context(), j, o)
	require.Zero(t, owed())
	// In the end it is given up.
	refuse(http.StatusNotImplemented)
	for range 8 {
		set.Ended(t.Context(), j, o)
	}
	require.Zero(t, owed())
}

// TestACommitSaysThatItsScanRuns, and that it did not end.
func TestACommitSaysThatItsScanRuns(t *testing.T) {
	c := newCloud(t, "a")
	c.put(func(s *connected.Settings) { s.BuildStatus = true })
	c.link = "https://sluice.example.com"
	set, _ := c.node()
	c.ended()
	j, o := c.scanOf("a")
	state := func() string {
		t.Helper()
		list := c.Reports().Statuses(o.Commit)
		require.Len(t, list, 1)
		require.Contains(t, list[0].URL, "branch=main")
		return list[0].State
	}
	set.Began(t.Context(), j, o.Commit)
	require.Equal(t, "INPROGRESS", state())
	set.Failed(t.Context(), j, o.Commit)
	require.Equal(t, "FAILED", state())
	set.Began(t.Context(), j, o.Commit)
	set.Ended(t.Context(), j, o)
	require.Equal(t, "SUCCESSFUL", state())
	c.put(nil)
	testwait.Until(t, func() bool {
		// Until the node knows, each writes another status than the last.
		before := state()
		if before == "FAILED" {
			set.Began(t.Context(), j, o.Commit)
		} else {
			set.Failed(t.Context(), j, o.Commit)
		}
		return state() == before
	}, "nobody wants one")
}

// TestAPullRequestOfCloudIsScanned, and its report compares with the destination.
func TestAPullRequestOfCloudIsScanned(t *testing.T) {
	c := newCloud(t, "a")
	c.put(func(s *connected.Settings) { s.Webhooks, s.Reports, s.Comment = true, true, true })
	require.NoError(t, c.store.Settings.Set(t.Context(), settings.ScanOnPullRequest.Name, "true"))
	require.NoError(t, c.Branches("a", "main", "side"))
	set, _ := c.node()
	c.ended()
	number := c.OpenPull("a", "side", "main")
	var j *queue.Job
	testwait.Until(t, func() (ok bool) {
		var err error
		j, err = c.store.Queue.Claim(t.Context(), "n", true)
		return err == nil
	}, "a scan waits")
	require.Equal(t, "side", j.Branch)
	commit := c.Head("a", "side")
	o := &findings.Outcome{State: queue.Succeeded, Commit: commit, Result: &scan.Result{Commit: commit}, Gate: scan.Gate{FailOn: scan.SeverityHigh}}
	for range 2 {
		set.Ended(t.Context(), j, o)
		require.Len(t, c.Reports().Comments(number), 1, "one comment, which is replaced")
	}
	require.Len(t, c.Reports().Reports(commit), 1)
	require.Equal(t, "PASSED", c.Reports().Reports(commit)[0].Result)
}
