package cli_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cutwire"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// leaky creates repositories with one secret in each branch.
func leaky(t *testing.T, count, branches int) string {
	t.Helper()
	root := repositories(t, count, 1)
	for i := range count {
		r := &repository{t, filepath.Join(root, "PAY", fmt.Sprintf("r%d", i))}
		r.commit("secret.txt", tokens(i, i+1))
		r.branches(branches)
	}
	return root
}

// ask sends any request as the administrator. If the server hangs, the test fails near its deadline.
func (n *node) ask(method, path, password string) (int, http.Header, string) {
	n.t.Helper()
	request, err := http.NewRequestWithContext(testwait.Context(n.t), method, n.url+path, nil)
	require.NoError(n.t, err)
	request.SetBasicAuth("admin", password)
	response, err := http.DefaultClient.Do(request)
	require.NoError(n.t, err, "%s %s", method, path)
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	require.NoError(n.t, err)
	return response.StatusCode, response.Header, string(text)
}

// number queries a database for a number.
func number(t *testing.T, db *sql.DB, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), query, args...).Scan(&n))
	return n
}

// away matches what a node logs if it scans while its database cannot be reached.
var away = regexp.MustCompile(`the result could not be written; retrying|the queue cannot be read; no new scan starts`)

// TestNetworkOfTheDatabaseCut cuts one or both of two nodes off from PostgreSQL while they scan real branches, once by
// breaking their connections and once by dropping all packets. Meanwhile the API reports it. Afterwards each scan has
// ended exactly once, with its result.
func TestNetworkOfTheDatabaseCut(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		cut  func(w *cutwire.Wire)
		both bool
	}{{"broken, both nodes", (*cutwire.Wire).Cut, true}, {"vanished, one node", (*cutwire.Wire).Freeze, false}} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			cutNetwork(t, teststore.Postgres(t, os.Getenv(testpostgres.Variable)), x.cut, x.both)
		})
	}
}

func cutNetwork(t *testing.T, direct string, cut func(w *cutwire.Wire), both bool) {
	const repositoryCount, branchCount = 10, 30
	const all = repositoryCount * branchCount
	u, err := url.Parse(direct)
	require.NoError(t, err)
	wire, err := cutwire.Start(t.Context(), u.Host)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, wire.Close()) })
	u.Host = wire.Address()
	root := leaky(t, repositoryCount, branchCount)
	st, err := store.Open(t.Context(), direct)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	start := func(name, address string) *node {
		return startNode(t, []string{"DATABASE_URL=" + address, "SLUICE_MASTER_KEY=" + strings.Repeat("5a", 32)}, "--repos", root, "--data", t.TempDir(), "--node", name)
	}
	a := start("a", u.String())
	other := direct
	if both {
		other = u.String()
	}
	start("b", other)
	password := a.password
	require.NotEmpty(t, password)
	everything := &scope.Visible{All: true}
	testwait.Until(t, func() bool {
		p, err := st.Catalog.Project(t.Context(), everything, "PAY")
		return err == nil && p.Repositories.NotScanned == repositoryCount
	})
	done, err := st.Queue.Enqueue(t.Context(), queue.Request{Force: true, Priority: queue.PriorityRescan})
	require.NoError(t, err)
	require.Equal(t, all, done.Scheduled)
	db, err := sql.Open("pgx", direct)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	testwait.Until(t, func() bool { return number(t, db, "select count(*) from scan where state = 2") >= all/10 }, "scans end")
	cut(wire)
	const list = "/rest/security/latest/status/projects"
	for _, method := range []string{http.MethodGet, http.MethodGet, http.MethodGet} {
		status, header, body := a.ask(method, list, password)
		require.Equal(t, http.StatusServiceUnavailable, status, body)
		require.NotEmpty(t, header.Get("Retry-After"))
		require.JSONEq(t, `{"errors":[{"context":null,"message":"the database does not answer: retry after the time in Retry-After","exceptionName":"com.sluice.exception.ServiceUnavailableException"}]}`, body)
	}
	status, _, _ := a.ask(http.MethodPost, "/rest/security/latest/scan/PAY/repos/r0", password)
	require.Equal(t, http.StatusServiceUnavailable, status)
	status, _, _ = a.ask(http.MethodGet, "/readyz", password)
	require.Equal(t, http.StatusServiceUnavailable, status)
	status, _, _ = a.ask(http.MethodGet, "/healthz", password)
	require.Equal(t, http.StatusOK, status)
	if both {
		require.Less(t, number(t, db, "select count(*) from scan where state = 2"), all, "it was cut while scans ran")
	}
	testwait.Until(t, func() bool { return away.MatchString(a.log.String()) }, "what scans notices that the database is away")
	wire.Heal()
	testwait.Until(t, func() bool {
		status, _, _ := a.ask(http.MethodGet, "/readyz", password)
		return status == http.StatusOK
	})
	testwait.Until(t, func() bool { return number(t, db, "select count(*) from scan where state < 2") == 0 }, a.log)
	require.Equal(t, all, number(t, db, "select count(*) from scan where state = 2"), "every scan ended once")
	require.Equal(t, all, number(t, db, "select count(*) from scan"), "there are no more scans than requested")
	require.Equal(t, all, number(t, db, "select count(*) from branch b join scan s on s.id = b.scan_id and s.branch_id = b.id where s.state = 2 and s.findings = 1"), "each branch has its result")
	require.Equal(t, all, number(t, db, "select count(*) from occurrence"), "and each finding is there once")
	require.Equal(t, repositoryCount, number(t, db, "select count(*) from finding"))
	testwait.Until(t, func() bool { return number(t, db, "select count(*) from batch where finished_at is not null") == 1 }, "the batch ends behind its scans")
	repaired, err := st.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired, "the counters equal the slow query")
	t.Logf("%d scans took more than one attempt", number(t, db, "select count(*) from scan where attempt > 1"))
	status, _, body := a.ask(http.MethodGet, list, password)
	require.Equal(t, http.StatusOK, status, body)
}

// TestAReaderWhoLeavesEndsTheQuery: a client that does not wait for its report leaves no running query behind.
func TestAReaderWhoLeavesEndsTheQuery(t *testing.T) {
	t.Parallel()
	address := teststore.Postgres(t, os.Getenv(testpostgres.Variable))
	st, err := store.Open(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, st.Close()) })
	n := startNode(t, []string{"DATABASE_URL=" + address}, "--repos", leaky(t, 1, 1), "--data", t.TempDir())
	everything := &scope.Visible{All: true}
	testwait.Until(t, func() bool {
		p, err := st.Catalog.Project(t.Context(), everything, "PAY")
		return err == nil && p.Repositories.NotScanned == 1
	})
	_, err = st.Queue.Enqueue(t.Context(), queue.Request{Force: true})
	require.NoError(t, err)
	testwait.Until(t, func() bool {
		p, err := st.Catalog.Project(t.Context(), everything, "PAY")
		return err == nil && p.Repositories.Vulnerable == 1
	})

	// Another session holds a lock, so the query of the report waits like a long query.
	db, err := sql.Open("pgx", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	lock, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = lock.Rollback() })
	_, err = lock.ExecContext(t.Context(), "lock table occurrence in access exclusive mode")
	require.NoError(t, err)
	waiting := func() bool {
		return number(t, db, "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0
	}
	for _, path := range []string{"/rest/security/latest/export-report?confirmExpensiveOperation=true", "/rest/security/latest/export-report/projects/PAY", "/rest/security/latest/findings"} {
		ctx, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.url+path, nil)
		require.NoError(t, err)
		request.SetBasicAuth("admin", n.password)
		left := make(chan struct{})
		go func() {
			defer close(left)
			response, err := http.DefaultClient.Do(request)
			if err == nil {
				_, _ = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
			}
		}()
		testwait.Until(t, waiting, path)
		leave()
		<-left
		testwait.Until(t, func() bool { return !waiting() }, "the query of %s has ended", path)
		name, _, _ := strings.Cut(path, "?")
		ended := []byte(fmt.Sprintf(`"method":"GET","path":%q`, name))
		testwait.Until(t, func() bool { return bytes.Contains([]byte(n.log.String()), ended) }, "the handler of %s has ended", path)
	}
}
