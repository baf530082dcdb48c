package server_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// sums returns the numbers of an answer about scheduling.
func sums(t *testing.T, a answer) [3]float64 {
	t.Helper()
	require.Equal(t, http.StatusAccepted, a.status, a.text)
	body := a.json(t)
	require.NotEmpty(t, body["batchId"])
	return [3]float64{body["scheduled"].(float64), body["merged"].(float64), body["skipped"].(float64)}
}

// work claims the next scan.
func (s *service) work() *queue.Job {
	s.t.Helper()
	j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
	require.NoError(s.t, err)
	return j
}

// end ends a scan with findings.
func (s *service) end(j *queue.Job, list ...scan.Finding) {
	s.t.Helper()
	require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: "rules", Findings: list, Hash: func(text string) string {
		return fmt.Sprintf("hash %d", len(text))
	}}))
}

// scanAll scans every branch with the same findings.
func (s *service) scanAll(findings ...scan.Finding) {
	s.t.Helper()
	_, err := s.store.Queue.Enqueue(s.t.Context(), queue.Request{Force: true, By: "admin"})
	require.NoError(s.t, err)
	for {
		j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
		if err != nil {
			require.ErrorIs(s.t, err, db.ErrNotFound)
			return
		}
		s.end(j, findings...)
	}
}

// sqlRow queries the database directly.
func (s *service) sqlRow(query string, into ...any) {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.path)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	require.NoError(s.t, db.QueryRowContext(s.t.Context(), query).Scan(into...))
}

func TestTotalRescan(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=2", "web: main=1")
	s.list("OPS", "tools: main=1")
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodPut, "/status/total_rescan").status)
	require.Equal(t, [3]float64{2, 0, 0}, sums(t, s.call("grantee", http.MethodPut, "/status/total_rescan")), "a grantee scans only what it may read")
	require.Equal(t, [3]float64{2, 2, 0}, sums(t, s.call("admin", http.MethodPut, "/rest/security/1.0/status/total_rescan")), "no query at all")
	// Its progress.
	a := s.call("admin", http.MethodPut, "/status/total_rescan")
	id := a.json(t)["batchId"].(string)
	s.end(s.work())
	batch := s.call("admin", http.MethodGet, "/batches/"+id).json(t)
	require.Equal(t, []any{4.0, 1.0, 25.0, "Everything", "rescan"}, []any{batch["total"], batch["done"], batch["percent"], batch["scope"], batch["mode"]})
	require.Nil(t, batch["finishedDate"])
	for range 3 {
		s.end(s.work())
	}
	batch = s.call("admin", http.MethodGet, "/batches/"+id).json(t)
	require.Equal(t, 100.0, batch["percent"])
	require.NotNil(t, batch["finishedDate"])
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, "/batches/"+id).status, "somebody else's")
	require.Equal(t, http.StatusNotFound, s.call("admin", http.MethodGet, "/batches/ZZZ").status)
	events, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 10})
	require.NoError(t, err)
	require.Len(t, events, 4)
	require.Equal(t, [3]string{"admin", "scan.requested", "Everything"}, [3]string{events[0].Actor, events[0].Action, events[0].Object})
}

func TestMail(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	require.Equal(t, http.StatusAccepted, s.call("admin", http.MethodPut, "/status/total_rescan?email=a@x.example&email=b@x.example&email=A@X.example").status)
	n, list := 0, ""
	s.sqlRow("select count(*), group_concat(address) from batch_mail where sent_at is null", &n, &list)
	require.Equal(t, 2, n, "each once")
	require.Equal(t, "a@x.example,b@x.example", list)
}

func TestAddressesAreChecked(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	put := func(as string, address string) answer {
		return s.call(as, http.MethodPut, "/status/projects/PAY/repos/api?email="+url.QueryEscape(address))
	}
	for _, bad := range []string{
		"a@x\r\nBcc: b@x", "a@x\nb", "", "a", "@x", "a@", "Jane <a@x.example>", "a@x.example,b@x.example", "a@x.example ", "a b@x.example", `"a"@x.example`, "a@[127.0.0.1]", "ä@x.example",
		"a@x.example\x00", strings.Repeat("a", 250) + "@x.example",
	} {
		a := put("admin", bad)
		require.Equal(t, http.StatusBadRequest, a.status, bad)
		require.NotContains(t, a.text, "Bcc")
	}
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/status/projects/PAY/repos/api?email=a@x%0d%0aBcc:").status)
	require.Equal(t, http.StatusAccepted, put("admin", "anybody@x.example").status)
	require.Equal(t, http.StatusAccepted, put("writer", "Writer@example.com").status, "the caller's own address")
	require.Equal(t, http.StatusBadRequest, put("writer", "anybody@x.example").status)
	require.NoError(t, s.store.Settings.Set(t.Context(), settings.MailDomains.Name, "corp.example, x.example"))
	require.Equal(t, http.StatusAccepted, put("writer", "anybody@X.example").status)
	require.Equal(t, http.StatusAccepted, put("writer", "writer@example.com").status)
	require.Equal(t, http.StatusBadRequest, put("admin", "a@other.example").status, "for administrators too")
	require.Equal(t, http.StatusBadRequest, put("admin", "a@corp.example.evil.example").status)
	require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodPut, "/status/total_rescan?email="+strings.Repeat("a@x.example&email=", 60)).status)
	n := 0
	s.sqlRow("select count(*) from batch", &n)
	require.Equal(t, 4, n, "a request that is refused schedules nothing")
}

func TestScopesAndRights(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 feature/x=2 a%2Fb=3", "web: main=1")
	require.Equal(t, http.StatusForbidden, s.call("writer", http.MethodPut, "/status/projects/PAY").status)
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodPut, "/status/projects/PAY/repos/api").status)
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodPut, "/status/projects/PAY/repos/api/branches?name=main").status)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodPut, "/status/projects/PAY/repos/web").status)
	branches := "/status/projects/PAY/repos/api/branches"
	require.Equal(t, [3]float64{1, 0, 0}, sums(t, s.call("writer", http.MethodPut, branches+"?name=feature/x")))
	require.Equal(t, [3]float64{0, 1, 0}, sums(t, s.call("writer", http.MethodPut, branches+"?name=feature%2Fx")))
	require.Equal(t, [3]float64{1, 0, 0}, sums(t, s.call("writer", http.MethodPut, branches+"?name=a%252Fb")), "a branch whose name holds %2F")
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodPut, branches+"?name=none").status)
	require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodPut, branches).status)
	require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodPut, branches+"?name=main&mode=odd").status)
	require.Equal(t, [3]float64{1, 2, 0}, sums(t, s.call("writer", http.MethodPut, "/status/projects/PAY/repos/api")))
	require.Equal(t, [3]float64{1, 3, 0}, sums(t, s.call("padmin", http.MethodPut, "/status/projects/PAY")))
	require.Equal(t, [3]float64{0, 3, 0}, sums(t, s.call("grantee", http.MethodPut, "/status/projects/PAY")), "the visible part")
}

func TestModes(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: a=1 b=1 c=1 d=1")
	s.scanAll()
	s.list("PAY", "api: a=1 b=1 c=2 d=2 e=1")
	require.Equal(t, [3]float64{3, 0, 2}, sums(t, s.call("writer", http.MethodPut, "/status/projects/PAY/repos/api?mode=outdated")), "two are up to date")
	require.Equal(t, [3]float64{2, 3, 0}, sums(t, s.call("writer", http.MethodPut, "/status/projects/PAY/repos/api")), "all five")
}

func TestNoBranches(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1", "empty:")
	a := s.call("padmin", http.MethodPut, "/status/projects/PAY/repos/empty")
	require.Equal(t, [3]float64{0, 0, 0}, sums(t, a))
	require.Contains(t, a.text, "no branch")
	batch := s.call("padmin", http.MethodGet, "/batches/"+a.json(t)["batchId"].(string)).json(t)
	require.Equal(t, 100.0, batch["percent"])
	require.NotNil(t, batch["finishedDate"])
}

func TestTenTimesIsOnce(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1")
	for range 10 {
		require.Equal(t, http.StatusAccepted, s.call("writer", http.MethodPut, "/status/projects/PAY/repos/api").status)
	}
	require.Equal(t, 1.0, s.call("writer", http.MethodGet, "/queue").json(t)["size"])
}

func TestBranchThatIsGone(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1")
	key := s.call("writer", http.MethodPost, "/scan/PAY/repos/api?branch=x").json(t)["scanKey"].(string)
	s.list("PAY", "api: main=1")
	require.Equal(t, "DROPPED", s.call("writer", http.MethodGet, "/scans/"+key).json(t)["state"], "not an internal error")
	require.Zero(t, s.call("writer", http.MethodGet, "/queue").json(t)["size"])
}

func TestCancelAll(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.list("PAY", "api: main=1 x=1 y=1", "web: main=1")
	s.call("admin", http.MethodPut, "/status/total_rescan")
	j := s.work()
	for _, path := range []string{"/status/scheduled", "/status/running"} {
		require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodDelete, path).status)
	}
	a := s.call("admin", http.MethodDelete, "/status/scheduled")
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, 3.0, a.json(t)["cancelled"])
	queue := s.call("admin", http.MethodGet, "/queue").json(t)
	require.Equal(t, 1.0, queue["size"], "the running scan is not affected")
	require.Equal(t, 0.0, s.call("admin", http.MethodDelete, "/status/scheduled").json(t)["cancelled"], "again")
	require.Equal(t, 1.0, s.call("admin", http.MethodDelete, "/status/running").json(t)["cancelled"])
	stop, err := s.store.Queue.Beat(t.Context(), j, 10, "")
	require.NoError(t, err)
	require.True(t, stop, "the worker learns of it at its next sign of life, 5 s at most")
}

// TestTenThousandBranches: one call queues them all. The server's benchmark measures the time.
func TestTenThousandBranches(t *testing.T) {
	t.Parallel()
	s := newService(t)
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, " b%d=1", i)
	}
	for i := range 10 {
		s.list(fmt.Sprintf("P%d", i), "r: "+b.String())
	}
	require.Equal(t, [3]float64{10000, 0, 0}, sums(t, s.call("admin", http.MethodPut, "/status/total_rescan")))
}
