package dashboard_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

func (s *service) queued() int {
	s.t.Helper()
	counts, err := s.store.Queue.Counts(s.t.Context())
	require.NoError(s.t, err)
	return counts[queue.Queued]
}

// TestScansFromThePages: what each form schedules, what the page says afterwards, and who is not asked to.
func TestScansFromThePages(t *testing.T) {
	t.Parallel()
	databases(t, testScansFromThePages)
}

func testScansFromThePages(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{
		{Slug: "api", Name: "api", Branches: []string{"main=secure", "develop=behind3", "new=new"}}, {Slug: "web", Name: "web", Branches: []string{"main=secure"}},
	}}})
	b := s.browser("padmin")
	send := func(path string, form url.Values) answer {
		t.Helper()
		_, err := s.store.Queue.CancelQueued(t.Context(), everything)
		require.NoError(t, err)
		return b.post(path, form)
	}
	a := send("/projects/PAY/repos/api/scan", url.Values{"mode": {"outdated"}, "back": {"/sluice/projects/PAY?name=a"}})
	require.Equal(t, 2, s.queued())
	require.True(t, strings.HasPrefix(a.header.Get("Location"), "/sluice/projects/PAY?batch="), a.header)
	page := b.get(strings.TrimPrefix(a.header.Get("Location"), "/sluice"))
	require.Contains(t, page.text, "Payments / api: 0 of 2 scans done.")
	require.NotContains(t, s.browser("admin").get(strings.TrimPrefix(a.header.Get("Location"), "/sluice")).text, "scans done", "somebody else's")
	send("/projects/PAY/repos/api/scan", url.Values{"mode": {"rescan"}})
	require.Equal(t, 3, s.queued())
	send("/projects/PAY/repos/api/scan", url.Values{"mode": {"rescan"}, "branch": {"main"}})
	require.Equal(t, 1, s.queued())
	a = send("/projects/PAY/repos/api/scan", url.Values{"mode": {"outdated"}, "branch": {"main"}})
	require.Zero(t, s.queued())
	require.Contains(t, b.get(strings.TrimPrefix(a.header.Get("Location"), "/sluice")).text, "nothing to scan")
	a = send("/projects/PAY/scan", url.Values{"mode": {"rescan"}, "back": {"//evil.example/"}})
	require.Equal(t, 4, s.queued())
	require.True(t, strings.HasPrefix(a.header.Get("Location"), "/sluice/projects?batch="), a.header)
	require.Equal(t, http.StatusNotFound, send("/projects/PAY/repos/api/scan", url.Values{"mode": {"rescan"}, "branch": {"gone"}}).status)
	require.Equal(t, http.StatusBadRequest, send("/projects/PAY/repos/api/scan", nil).status)
	require.Equal(t, http.StatusBadRequest, send("/projects/PAY/repos/api/scan", url.Values{"mode": {"rescan"}, "branch": {"a\x00b"}}).status)
	confirm := b.get("/projects/PAY/rescan?back=/sluice/projects/PAY")
	require.Contains(t, confirm.text, "Rescan Payments?")
	require.Contains(t, confirm.text, "Every branch of 2 repositories is scanned again")
	require.Zero(t, s.queued(), "asking schedules nothing")

	reader := s.browser("reader")
	for _, path := range []string{"/projects", "/projects/PAY", "/projects/PAY/repos/api"} {
		require.NotContains(t, reader.get(path).text, "/scan\"", path)
	}
	require.Contains(t, s.browser("writer").get("/projects/PAY/repos/api").text, "/scan\"")
	require.NotContains(t, s.browser("writer").get("/projects/PAY").text, "projects/PAY/scan\"")
	require.Equal(t, http.StatusForbidden, reader.post("/projects/PAY/scan", url.Values{"mode": {"rescan"}}).status)
	list, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 100})
	require.NoError(t, err)
	var told []string
	for _, e := range list {
		if !strings.HasPrefix(e.Action, "sign") {
			told = append(told, e.Actor+" "+e.Action+" "+e.Object)
		}
	}
	require.Contains(t, told, "padmin scan.requested Payments / api : main")
	require.Contains(t, told, "reader refused: POST /projects/{projectKey}/scan PAY")
}

// TestScansAreCancelledOnThePageOfTheBranch by those who may: what runs, and what waits behind it.
func TestScansAreCancelledOnThePageOfTheBranch(t *testing.T) {
	t.Parallel()
	databases(t, testScansAreCancelledOnThePageOfTheBranch)
}

func testScansAreCancelledOnThePageOfTheBranch(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", two)
	buttons := func(as string) (list []string) {
		for _, m := range regexp.MustCompile(`<form method="post" action="([^"]*/cancel)"><input type="hidden" name="back" value="/sluice/projects/PAY/repos/api/analysis\?branch=main"><button>([^<]*)</button>`).FindAllStringSubmatch(s.browser(as).get(analysis+"?branch=main&done=x").text, -1) {
			list = append(list, m[1]+" "+m[2])
		}
		return list
	}
	require.Empty(t, buttons("admin"), "nothing runs or waits")
	running := db.Key(s.enqueue("reader", "", "PAY", "api", "main").Scan)
	require.Equal(t, []string{"/sluice/scans/" + running + "/cancel Cancel the queued scan"}, buttons("writer"))
	s.claim()
	waiting := db.Key(s.enqueue("admin", "", "PAY", "api", "main").Scan)
	both := []string{"/sluice/scans/" + running + "/cancel Cancel the scan", "/sluice/scans/" + waiting + "/cancel Cancel the queued scan"}
	for as, want := range map[string][]string{"reader": both[:1], "grantee": both, "writer": both, "padmin": both, "admin": both} {
		require.Equal(t, want, buttons(as), as)
	}
	a := s.browser("writer").post("/scans/"+running+"/cancel", url.Values{"back": {"/sluice" + analysis + "?branch=main"}})
	require.Equal(t, "/sluice"+analysis+"?branch=main&done=scan-cancelled", a.header.Get("Location"))
	require.Equal(t, both[1:], buttons("writer"), "it is told to stop already")
}
