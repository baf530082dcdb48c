package cli_test

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/ground"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/site"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/workspace"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// cloudSize is how many repositories the workspace of the test of the budget has. A run by hand has more:
// SLUICE_TEST_CLOUD=2000.
func cloudSize(t *testing.T) int {
	text := os.Getenv("SLUICE_TEST_CLOUD")
	if text == "" {
		return 120
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// TestTheFirstSyncOfCloudStaysWithinTheHour counts what the real program asks of Bitbucket for a large workspace, and how
// long a push takes to its report when no event tells of it.
func TestTheFirstSyncOfCloudStaysWithinTheHour(t *testing.T) {
	t.Parallel()
	p, s := newCloudProductAt(t)
	defer p.settle()
	require.NoError(t, p.add("r0"))
	_, err := p.push("r0", "main", "", "main.py", "print(1)\n")
	require.NoError(t, err)
	n := cloudSize(t)
	for i := range n - 1 {
		require.NoError(t, s.AddCopy("PAY", fmt.Sprintf("r%d", i+1), "r0"))
	}
	c := newConnectedServer(t, p, false)
	c.connect("--reports", "--every", "1s")
	before := len(s.Requests())
	count := func() (api, git int) {
		all := s.Requests()[before:]
		before += len(all)
		for _, r := range all {
			if r.Git {
				git++
			} else {
				api++
			}
		}
		return api, git
	}
	began := time.Now()
	c.node("n1", freeAddress(t))
	testwait.Until(t, func() bool {
		row, err := c.st.Connections.Remote(t.Context(), "bitbucket")
		return err == nil && !row.Synced.IsZero()
	}, "the first listing ends: %s", c.logOf())
	api, git := count()
	t.Logf("first sync of %d repositories: %s, %d calls of the API, %d requests of git", n, time.Since(began).Round(time.Millisecond), api, git)
	require.Len(t, c.state(), n)
	// Listings of changes may already follow.
	require.LessOrEqual(t, api, (n+99)/100+5)
	require.LessOrEqual(t, git, 2*n+10)

	require.NoError(t, c.st.Settings.Set(t.Context(), settings.ScanOnPush.Name, "true"))
	began = time.Now()
	hash, err := p.push("r7", "main", "", "a.env", "TOKEN="+token(1)+"\n")
	require.NoError(t, err)
	testwait.Until(t, func() bool { return c.verdict(hash) == "FAILED" }, "the push is reported: %s", c.logOf())
	t.Logf("from a push to its report without events, when listings come each second: %s", time.Since(began).Round(time.Millisecond))
	spent, err := c.st.Connections.Spent(t.Context(), c.id())
	require.NoError(t, err)
	t.Logf("calls in the hour so far: %v", spent)
	require.Contains(t, c.run("", "connection", "list").stdout, "of 1000 (repositories)")
}

// bitbucketProduct is one of the two products, behind the same words. Repositories are in the project PAY.
type bitbucketProduct struct {
	name, url   string
	env, flags  []string
	add         func(slug string) error
	push        func(slug, branch, from string, files ...string) (string, error)
	branches    func(slug, from string, names ...string) error
	removed     func(slug, branch string) error
	move        func(slug, project, to string)
	remove      func(slug string)
	dir         func(slug string) string
	pull        func(slug, from, to string) int
	close       func(id int, state string)
	disturb     func(on bool)
	revoke      func(revoked bool)
	hour        func()
	settle      func()
	reports     *fakebitbucket.Server
	credentials func() []string
}

// disturbed loses every tenth delivery, doubles another, and sends a third after the next one.
func disturbed[D any]() func(D) []D {
	n := 0
	var held []D
	return func(d D) []D {
		n++
		switch n % 10 {
		case 3:
			return nil
		case 5:
			return []D{d, d}
		case 7:
			held = append(held, d)
			return nil
		}
		list := append([]D{d}, held...)
		held = nil
		return list
	}
}

func newDataCenterProduct(t *testing.T) *bitbucketProduct {
	t.Helper()
	s, err := site.New(t.TempDir(), "/bitbucket")
	require.NoError(t, err)
	base, stop := s.Serve()
	t.Cleanup(stop)
	s.AddProject("PAY", "Payments")
	s.AddProject("WEB", "Web")
	s.Allow(site.Credential{Secret: canaryToken, User: "scanner", Level: site.Admin})
	s.MakeAdmin("scanner")
	in := map[string]string{}
	project := func(slug string) string {
		if in[slug] == "" {
			return "PAY"
		}
		return in[slug]
	}
	return &bitbucketProduct{
		name: "Data Center", url: base, flags: []string{"--calls", "100"}, reports: s.Reports(), settle: s.Settle,
		add: func(slug string) error { delete(in, slug); return s.AddRepository("PAY", slug, nil) },
		push: func(slug, branch, from string, files ...string) (string, error) {
			return s.Push(project(slug), slug, branch, from, files...)
		},
		branches: func(slug, from string, names ...string) error { return s.Branches(project(slug), slug, from, names...) },
		removed:  func(slug, branch string) error { return s.DeleteBranch(project(slug), slug, branch) },
		move:     func(slug, to, name string) { s.Move(project(slug), slug, to, name); in[name] = to },
		remove:   func(slug string) { s.Delete(project(slug), slug) },
		dir:      func(slug string) string { return s.Dir(project(slug), slug) },
		pull:     func(slug, from, to string) int { return s.OpenPull(project(slug), slug, from, to) },
		close:    s.ClosePull,
		disturb: func(on bool) {
			if s.Tamper(nil); on {
				s.Tamper(disturbed[site.Delivery]())
			}
		},
		hour: func() {},
		revoke: func(revoked bool) {
			if s.Restore(canaryToken); revoked {
				s.Revoke(canaryToken)
			}
		},
		credentials: func() (list []string) {
			for _, r := range s.Requests() {
				list = append(list, r.Path+"?"+r.Query)
			}
			return list
		},
	}
}

func newCloudProduct(t *testing.T) *bitbucketProduct {
	t.Helper()
	p, _ := newCloudProductAt(t)
	return p
}

func newCloudProductAt(t *testing.T) (*bitbucketProduct, *workspace.Site) {
	t.Helper()
	s, err := workspace.New(t.TempDir(), "acme")
	require.NoError(t, err)
	served, err := s.Serve()
	require.NoError(t, err)
	t.Cleanup(served.Stop)
	authority := filepath.Join(t.TempDir(), "authority.pem")
	require.NoError(t, os.WriteFile(authority, served.Authority, 0o600))
	s.AddProject("PAY", "Payments")
	s.AddProject("WEB", "Web")
	s.Allow(workspace.Credential{Secret: canaryToken, Level: workspace.Admin})
	return &bitbucketProduct{
		name: "Cloud", url: "https://bitbucket.org/acme", env: []string{"HTTPS_PROXY=" + served.Proxy}, flags: []string{"--authorities", authority}, reports: s.Reports(), settle: s.Settle,
		add: func(slug string) error { return s.AddRepository("PAY", slug, nil) }, push: s.Push, branches: s.Branches, removed: s.DeleteBranch, move: s.Move, remove: s.Delete, dir: s.Dir, pull: s.OpenPull, close: s.ClosePull,
		disturb: func(on bool) {
			if s.Tamper(nil); on {
				s.Tamper(disturbed[workspace.Delivery]())
			}
		},
		revoke: func(revoked bool) { s.Revoke(canaryToken, revoked) },
		hour:   s.Forget,
		credentials: func() (list []string) {
			require.Empty(t, s.Elsewhere())
			for _, r := range s.Requests() {
				list = append(list, r.Path+"?"+r.Query)
			}
			return list
		},
	}, s
}

// connectedServer is the real program with a database, connected to a product. Its nodes share the database.
type connectedServer struct {
	*bitbucketProduct
	t    *testing.T
	env  []string
	data string
	st   *store.Store
	logs []*lockedLog
}

// newConnectedServer makes a database, in which pushes are scanned if scan is true.
func newConnectedServer(t *testing.T, p *bitbucketProduct, postgres bool) *connectedServer {
	t.Helper()
	c := &connectedServer{bitbucketProduct: p, t: t, data: t.TempDir(), env: append([]string{"SLUICE_MASTER_KEY=" + strings.Repeat("5a", 32)}, p.env...)}
	address := filepath.Join(c.data, "sluice.db")
	if postgres {
		address = teststore.Postgres(t, os.Getenv(testpostgres.Variable))
		c.env = append(c.env, "DATABASE_URL="+address)
	} else {
		teststore.SQLiteAt(t, address)
	}
	var err error
	c.st, err = store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.st.Close()) })
	return c
}

func (c *connectedServer) run(stdin string, args ...string) ran {
	c.t.Helper()
	cmd, out := process(c.t, c.env, append(args, "--data", c.data)...)
	cmd.Stdin = strings.NewReader(stdin)
	if err := cmd.Run(); exitCodeOf(err) < 0 {
		require.NoError(c.t, err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), out.String()}
}

func (c *connectedServer) connect(flags ...string) {
	c.t.Helper()
	added := c.run(canaryToken+"\n", append(append([]string{"connection", "add", "bitbucket", c.url}, c.flags...), flags...)...)
	require.Zero(c.t, added.code, added.stderr)
}

// node starts a node. Each has its own folder for mirrors.
func (c *connectedServer) node(name, listen string) *node {
	c.t.Helper()
	data := c.data
	if slices.ContainsFunc(c.env, func(v string) bool { return strings.HasPrefix(v, "DATABASE_URL=") }) {
		data = filepath.Join(c.data, name)
	}
	n := startNode(c.t, c.env, "--data", data, "--node", name, "--link", "http://"+listen, "--listen", listen)
	c.logs = append(c.logs, n.log)
	return n
}

// state is what the store knows of the repositories: one line each, and one for each branch.
func (c *connectedServer) state() (lines []string) {
	c.t.Helper()
	require.NoError(c.t, db.Each(c.t.Context(), c.st.Read, `
		select p.key, p.name, p.identity, r.slug, r.name, r.location, r.identity, r.default_branch, r.problem, coalesce(b.name, ''), coalesce(b.head, ''), coalesce(b.is_default, false)
		from project p
		join repository r on r.project_id = p.id
		left join branch b on b.repository_id = r.id and b.removed_at is null
		where p.removed_at is null and r.removed_at is null`, nil, func(row *sql.Rows) error {
		var x [11]string
		var isDefault bool
		err := row.Scan(&x[0], &x[1], &x[2], &x[3], &x[4], &x[5], &x[6], &x[7], &x[8], &x[9], &x[10], &isDefault)
		lines = append(lines, fmt.Sprintf("%q %t", x, isDefault))
		return err
	}))
	slices.Sort(lines)
	return lines
}

// branch returns the head, the scanned commit and the number of open findings of a branch; empty for none.
func (c *connectedServer) branch(slug, name string) (head, scanned string) {
	c.t.Helper()
	require.NoError(c.t, db.Each(c.t.Context(), c.st.Read, `
		select b.head, b.scanned_commit
		from branch b
		join repository r on r.id = b.repository_id
		where r.removed_at is null and b.removed_at is null and r.slug = $1 and b.name = $2`, []any{slug, name}, func(row *sql.Rows) error {
		return row.Scan(&head, &scanned)
	}))
	return head, scanned
}

// verdict is the build status and the result of the report on a commit.
func (c *connectedServer) verdict(commit string) string {
	text := ""
	for _, b := range c.reports.Statuses(commit) {
		text += b.State + " "
	}
	for _, r := range c.reports.Reports(commit) {
		text += r.Result
	}
	return text
}

// log is what all nodes said.
func (c *connectedServer) log() string {
	var b strings.Builder
	for _, l := range c.logs {
		b.WriteString(l.String())
	}
	return b.String()
}

// size is how many repositories and branches the tests of both products have. A run by hand has more:
// SLUICE_TEST_CONNECTED=300x5000.
func size(t *testing.T) (repositories, branches int) {
	text := os.Getenv("SLUICE_TEST_CONNECTED")
	if text == "" {
		return 30, 90
	}
	r, b, _ := strings.Cut(text, "x")
	var err error
	repositories, err = strconv.Atoi(r)
	require.NoError(t, err)
	branches, err = strconv.Atoi(b)
	require.NoError(t, err)
	return repositories, branches
}

// TestBothProductsFromEndToEnd connects the real program to each product, over both databases: it lists, scans pushes when
// their events come, reports on pull requests, follows renames, moves, deletions and successors while events are lost,
// doubled and out of order, while the budget is nearly used up and a node is killed. Then it knows what a fresh server
// finds.
func TestBothProductsFromEndToEnd(t *testing.T) {
	t.Parallel()
	for product, start := range map[string]func(*testing.T) *bitbucketProduct{"Data Center": newDataCenterProduct, "Cloud": newCloudProduct} {
		for database, postgres := range map[string]bool{"SQLite": false, "PostgreSQL": true} {
			t.Run(product+" on "+database, func(t *testing.T) {
				t.Parallel()
				p := start(t)
				defer p.settle()
				endToEnd(t, newConnectedServer(t, p, postgres), postgres)
			})
		}
	}
}

func endToEnd(t *testing.T, c *connectedServer, postgres bool) {
	repositories, branches := size(t)
	name := func(i int) string { return fmt.Sprintf("r%03d", i) }
	for i := range repositories {
		require.NoError(t, c.add(name(i)))
		_, err := c.push(name(i), "main", "", "main.py", "print("+strconv.Itoa(i)+")\n")
		require.NoError(t, err)
	}
	// A large repository, and the rest of the branches over all.
	each := make([][]string, repositories)
	for i := range branches - repositories {
		at := i % repositories
		if i < branches/3 {
			at = 0
		}
		each[at] = append(each[at], fmt.Sprintf("b/%d", i))
	}
	for i, names := range each {
		if len(names) > 0 {
			require.NoError(t, c.branches(name(i), "main", names...))
		}
	}

	listen := freeAddress(t)
	c.connect("--webhooks", "--reports", "--build-status", "--comment", "--every", "24h")
	began := time.Now()
	n := c.node("n1", listen)
	testwait.Until(t, func() bool {
		row, err := c.st.Connections.Remote(t.Context(), "bitbucket")
		return err == nil && !row.Synced.IsZero()
	}, "the first listing ends: %s", c.logOf())
	t.Logf("%s: first sync of %d repositories and %d branches: %s, %d requests", c.name, repositories, branches, time.Since(began).Round(time.Millisecond), len(c.credentials()))
	require.Len(t, c.state(), branches)
	require.NoError(t, c.st.Settings.Set(t.Context(), settings.ScanOnPush.Name, "true"))
	require.NoError(t, c.st.Settings.Set(t.Context(), settings.ScanOnPullRequest.Name, "true"))

	// A push is scanned and reported by its event.
	push := func(slug, branch, from string, files ...string) string {
		t.Helper()
		hash, err := c.push(slug, branch, from, files...)
		require.NoError(t, err)
		return hash
	}
	says := func(commit, want string) {
		t.Helper()
		testwait.Until(t, func() bool { return c.verdict(commit) == want }, "the verdict on %s is %s, not %s: %s", commit, c.verdictOf(commit), want, c.logOf())
	}
	failed, passed := "FAILED FAIL", "SUCCESSFUL PASS"
	if c.name == "Cloud" {
		failed, passed = "FAILED FAILED", "SUCCESSFUL PASSED"
	}
	first := push("r001", "main", "", "main.py", "print(-1)\n")
	says(first, passed)
	began = time.Now()
	leaked := push("r001", "side", "main", "a.env", "TOKEN="+token(1)+"\n")
	says(leaked, failed)
	t.Logf("%s: from a push to its report, by its event: %s", c.name, time.Since(began).Round(time.Millisecond))
	pull := c.pull("r001", "side", "main")
	testwait.Until(t, func() bool { return len(c.reports.Comments(pull)) == 1 }, "the pull request has a comment: %s", c.logOf())
	require.Contains(t, c.reports.Comments(pull)[0].Text, "Sluice report sluice-server")
	fixed := push("r001", "side", "", "a.env", "")
	says(fixed, passed)
	testwait.Until(t, func() bool {
		l := c.reports.Comments(pull)
		return len(l) == 1 && strings.Contains(l[0].Text, fixed[:12])
	}, "the comment follows: %s", c.logOf())
	c.close(pull, "MERGED")

	// Now every event may be lost, doubled or late, and 80 % of the budget is used.
	c.disturb(true)
	ledger := c.st.Connections.Ledger(c.id())
	for _, group := range []string{"repositories", "hooks"} {
		spent, err := c.st.Connections.Spent(t.Context(), c.id())
		require.NoError(t, err)
		_, _, err = ledger.Spend(t.Context(), group, max(800-spent[group], 1), 1000)
		require.NoError(t, err)
	}
	third := repositories / 3
	for i := 2; i < third; i++ {
		push(name(i), "main", "", "x.txt", "second "+strconv.Itoa(i))
		if i%3 == 0 {
			require.NoError(t, c.branches(name(i), "main", "new/"+strconv.Itoa(i)))
		}
		if i == third/2 {
			// The node dies and starts again. A large run starts another node instead, which waits until leases end.
			require.NoError(t, n.cmd.Process.Kill())
			_ = n.cmd.Wait()
			next := "n1"
			if repositories > 100 {
				next = "n2"
			}
			n = c.node(next, listen)
		}
	}
	last := ""
	for i := third; i < 2*third; i++ {
		switch i % 5 {
		case 0:
			c.move(name(i), "PAY", name(i)+"-renamed")
			last = push(name(i)+"-renamed", "main", "", "x.txt", "renamed")
		case 1:
			c.move(name(i), "WEB", name(i))
		case 2:
			c.remove(name(i))
		case 3:
			c.remove(name(i))
			require.NoError(t, c.add(name(i)))
			push(name(i), "main", "", "y.txt", "another one")
		case 4:
			require.NoError(t, c.removed(name(i), branchOf(each[i], "main")))
		}
	}
	c.settle()
	c.disturb(false)

	// The hour passes, and people want to know.
	hourPasses := func() {
		c.hour()
		_, err := c.st.Write.ExecContext(t.Context(), "delete from api_call")
		require.NoError(t, err)
	}
	hourPasses()
	// What is missing is more than a tenth, which only a person confirms.
	require.NoError(t, c.st.Settings.Set(t.Context(), settings.SuspiciousShare.Name, "100"))
	truth := func() string {
		require.Zero(t, c.run("", "connection", "sync", "bitbucket").code)
		testwait.Until(t, func() bool {
			row, err := c.st.Connections.Remote(t.Context(), "bitbucket")
			return err == nil && !row.IsDue && !row.Syncing
		}, "the listing ends: %s", c.logOf())
		return strings.Join(c.state(), "\n")
	}
	truth()
	head, _ := c.branch(name(third+(5-third%5)%5)+"-renamed", "main")
	require.NotEmpty(t, head)
	testwait.Until(t, func() bool {
		for i := 2; i < third; i++ {
			if head, scanned := c.branch(name(i), "main"); head != scanned || head != ground.Heads(c.dir(name(i)))["main"] {
				return false
			}
		}
		return c.verdict(last) == passed
	}, "everything is scanned: %s", c.logOf())
	got := truth()
	// On the other database, where there is one.
	fresh := newConnectedServer(t, c.bitbucketProduct, !postgres && os.Getenv(testpostgres.Variable) != "")
	fresh.connect("--every", "24h")
	other := fresh.node("fresh", freeAddress(t))
	testwait.Until(t, func() bool {
		row, err := fresh.st.Connections.Remote(t.Context(), "bitbucket")
		return err == nil && !row.Synced.IsZero()
	}, "a fresh server lists: %s", fresh.logOf())
	require.Equal(t, strings.Join(fresh.state(), "\n"), got)
	require.NoError(t, other.cmd.Process.Kill())

	// A revoked credential makes the connection rest, and it tells why. Reports that were owed may have used up the budget.
	hourPasses()
	c.revoke(true)
	require.Zero(t, c.run("", "connection", "sync", "bitbucket").code)
	testwait.Until(t, func() bool {
		row, err := c.st.Connections.Remote(t.Context(), "bitbucket")
		return err == nil && row.Inactive != ""
	}, "the connection rests: %s", c.logOf())
	require.Contains(t, c.run("", "connection", "list").stdout, "inactive: the server refuses the credential")
	require.Equal(t, got, strings.Join(c.state(), "\n"))
	c.revoke(false)
	truth()
	require.NotContains(t, c.run("", "connection", "list").stdout, "inactive")

	require.NotContains(t, c.log()+fresh.log(), canaryToken)
	for _, text := range c.credentials() {
		require.NotContains(t, text, canaryToken)
	}
}

// freeAddress is an address on which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// branchOf returns the first of some branches, or another one.
func branchOf(names []string, other string) string {
	if len(names) > 0 {
		return names[0]
	}
	return other
}

func (c *connectedServer) id() int64 {
	c.t.Helper()
	row, err := c.st.Connections.Remote(c.t.Context(), "bitbucket")
	require.NoError(c.t, err)
	return row.ID
}

// later prints something when a test fails.
type later func() string

func (l later) String() string { return l() }

func (c *connectedServer) logOf() later { return c.log }

func (c *connectedServer) verdictOf(commit string) later {
	return func() string { return c.verdict(commit) }
}
