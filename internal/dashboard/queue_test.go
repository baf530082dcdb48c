package dashboard_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// two are two projects; the accounts writer and reader see PAY/api alone.
var two = []testdashboard.Project{
	{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "API", Branches: []string{"main=secure", "feature/x=secure"}}, {Slug: "web", Name: "web", Branches: []string{"main=secure"}}}},
	{Key: "SHOP", Name: "Storefront", Repositories: []testdashboard.Repository{{Slug: "checkout", Name: "checkout", Branches: []string{"main=secure"}}}},
}

// enqueue asks for scans of a place in the name of an account.
func (s *service) enqueue(by, name, key, slug, branch string) queue.Enqueued {
	s.t.Helper()
	var place queue.Scope
	if slug != "" {
		r, err := s.store.Catalog.Repository(s.t.Context(), everything, key, slug)
		require.NoError(s.t, err)
		place.RepositoryID = r.ID
		if branch != "" {
			b, err := s.store.Catalog.Branch(s.t.Context(), r.ID, branch)
			require.NoError(s.t, err)
			place.BranchID = b.ID
		}
	} else {
		p, err := s.store.Catalog.Project(s.t.Context(), everything, key)
		require.NoError(s.t, err)
		place.ProjectID = p.ID
	}
	done, err := s.store.Queue.Enqueue(s.t.Context(), queue.Rescan(place, name, by, false))
	require.NoError(s.t, err)
	return done
}

// claim lets the next scan run.
func (s *service) claim() *queue.Job {
	s.t.Helper()
	j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
	require.NoError(s.t, err)
	require.NotNil(s.t, j)
	return j
}

// end ends a running scan with a result.
func (s *service) end(j *queue.Job) {
	s.t.Helper()
	config, err := testdashboard.Config(s.t.Context(), s.store)
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, &findings.Outcome{State: queue.Succeeded, Commit: j.Head, Config: config, Hash: func(secret string) string { return secret }}))
}

var queueItem = regexp.MustCompile(`<a href="([^"]*)" title="((?:started|added) [^"]*)">([^<]*)</a>`)

// items are the scans of a page of the queue, in order: text and tooltip.
func items(text string) (list []string) {
	for _, m := range queueItem.FindAllStringSubmatch(text, -1) {
		list = append(list, m[3]+", "+m[2])
	}
	return list
}

// TestTheQueueListsWhatRunsThenWhatWaits in the order in which it starts, to those who may read it.
func TestTheQueueListsWhatRunsThenWhatWaits(t *testing.T) {
	t.Parallel()
	databases(t, testTheQueueListsWhatRunsThenWhatWaits)
}

func testTheQueueListsWhatRunsThenWhatWaits(t *testing.T, address string) {
	s := newServiceOn(t, address, "/sluice", two)
	s.enqueue("padmin", "Payments", "PAY", "", "")
	s.enqueue("admin", "Storefront / checkout : main", "SHOP", "checkout", "main")
	s.claim()
	admin := s.browser("admin").get("/queue").text
	require.Equal(t, []string{
		"Storefront / checkout : main, started just now", "Payments / API : main, added just now", "Payments / API : feature/x, added just now", "Payments / web : main, added just now",
	}, items(admin))
	require.Contains(t, admin, `href="/sluice/projects/PAY/repos/api/analysis?branch=feature%2Fx"`)
	require.Contains(t, admin, "1 running, 3 waiting")
	require.Contains(t, admin, "Queue: 1 running, 3 waiting")
	require.Contains(t, admin, "Rescan Payments")
	require.Contains(t, admin, "<b>0/3</b>")
	require.Contains(t, admin, "Cancel all…")
	require.Equal(t, items(admin), items(s.browser("admin").get("/queue/menu").text))

	writer := s.browser("writer").get("/queue").text
	require.Equal(t, []string{"Payments / API : main, added just now", "Payments / API : feature/x, added just now"}, items(writer))
	require.NotContains(t, writer, "Storefront")
	require.NotContains(t, writer, "Rescan Payments", "the batch of another account, with the name of what it scans")
	require.NotContains(t, writer, "Cancel all")
	require.Contains(t, writer, "/cancel\"")
	reader := s.browser("reader").get("/queue").text
	require.Len(t, items(reader), 2)
	require.NotContains(t, reader, "/cancel\"")
	require.Contains(t, s.browser("nobody").get("/queue").text, "No scan runs or waits")
	require.Contains(t, s.browser("padmin").get("/queue").text, "Rescan Payments", "the account's own batch")
	_, err := s.store.Write.ExecContext(t.Context(), "update batch set scheduled = 500000 where requested_by = 'padmin'")
	require.NoError(t, err)
	require.Contains(t, s.browser("padmin").get("/queue").text, "<b>at least 499,996/500,000</b>", "a batch that is too large to be counted")
}

// TestALongQueueHasPages.
func TestALongQueueHasPages(t *testing.T) {
	t.Parallel()
	databases(t, testALongQueueHasPages)
}

func testALongQueueHasPages(t *testing.T, address string) {
	many := testdashboard.Repository{Slug: "api", Name: "api"}
	for range 70 {
		many.Branches = append(many.Branches, "branch"+string(rune('A'+len(many.Branches)/26))+string(rune('a'+len(many.Branches)%26))+"=queued")
	}
	s := newServiceOn(t, address, "", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{many}}})
	s.claim()
	b := s.browser("admin")
	first, second, menu := b.get("/queue").text, b.get("/queue?page=2").text, b.get("/queue/menu").text
	require.Len(t, items(first), 50)
	require.Len(t, items(second), 20)
	require.Contains(t, items(first)[0], "started")
	require.Empty(t, intersect(items(first), items(second)))
	require.Len(t, items(menu), 12)
	require.Contains(t, menu, "58 more in the queue")
}

func intersect(a, b []string) (both []string) {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				both = append(both, x)
			}
		}
	}
	return both
}

// TestWhoCancelsWhat: the account that asked, and those who may scan the repository; all at once only a grantee, after a question.
func TestWhoCancelsWhat(t *testing.T) {
	t.Parallel()
	databases(t, testWhoCancelsWhat)
}

func testWhoCancelsWhat(t *testing.T, address string) {
	s := newServiceOn(t, address, "", two)
	state := func(scan int64) queue.State {
		q, err := s.store.Queue.Scan(t.Context(), everything, scan)
		require.NoError(t, err)
		return q.State
	}
	cancel := func(as string, scan int64) answer {
		return s.browser(as).post("/scans/"+db.Key(scan)+"/cancel", url.Values{"back": {"/projects/PAY?batch=ABC"}})
	}
	scan := s.enqueue("admin", "", "PAY", "api", "main").Scan
	first := scan
	require.Equal(t, http.StatusForbidden, cancel("reader", scan).status)
	require.Equal(t, http.StatusNotFound, cancel("nobody", scan).status)
	require.Equal(t, queue.Queued, state(scan))
	a := cancel("writer", scan)
	require.Equal(t, "/projects/PAY?batch=ABC&done=scan-cancelled", a.header.Get("Location"))
	require.Equal(t, queue.Dropped, state(scan))
	require.Equal(t, http.StatusSeeOther, cancel("writer", scan).status, "it has ended already")

	scan = s.enqueue("reader", "", "PAY", "api", "main").Scan
	require.Contains(t, s.browser("reader").get("/queue").text, "/cancel\"", "the account's own scan")
	require.Equal(t, http.StatusSeeOther, cancel("reader", scan).status)
	require.Equal(t, queue.Dropped, state(scan))

	running := s.enqueue("admin", "", "PAY", "web", "main").Scan
	s.claim()
	waiting := s.enqueue("admin", "", "SHOP", "checkout", "main").Scan
	require.Equal(t, http.StatusNotFound, cancel("writer", running).status, "a repository that one may not read")
	grantee := s.browser("grantee").get("/queue/cancel")
	require.Contains(t, grantee.text, "No scan runs or waits", "a grantee cancels what a grantee may read")
	require.Equal(t, http.StatusForbidden, s.browser("padmin").post("/queue/cancel", url.Values{"what": {"all"}}).status)
	admin := s.browser("admin")
	question := admin.get("/queue/cancel").text
	require.Contains(t, question, "1 running and 1 waiting scans of all projects")
	require.Equal(t, queue.Queued, state(waiting), "asking cancels nothing")
	require.Equal(t, http.StatusBadRequest, admin.post("/queue/cancel", nil).status)
	require.Equal(t, http.StatusSeeOther, admin.post("/queue/cancel", url.Values{"what": {"waiting"}}).status)
	require.Equal(t, queue.Dropped, state(waiting))
	require.Equal(t, queue.Running, state(running))
	a = admin.post("/queue/cancel", url.Values{"what": {"all"}})
	require.Contains(t, admin.get(a.header.Get("Location")).text, "The scans are cancelled.")
	page := admin.get("/scans/" + db.Key(running)).text
	require.Contains(t, page, "stopping")
	require.NotContains(t, page, "Cancel this scan")

	var told []string
	list, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 100})
	require.NoError(t, err)
	for _, e := range list {
		if strings.Contains(e.Action, "cancel") {
			told = append(told, e.Actor+" "+e.Action+" "+e.Object+" "+e.Detail)
		}
	}
	require.ElementsMatch(t, []string{
		"writer scan.cancelled Payments / API : main scan " + db.Key(first), "reader scan.cancelled Payments / API : main scan " + db.Key(scan),
		"padmin refused: POST /queue/cancel  ", "admin scan.cancelled every queued scan 1 scans", "admin scan.cancelled every queued scan 0 scans", "admin scan.cancelled every running scan 1 scans",
	}, told)
}

// TestThePageOfAScan says what became of it.
func TestThePageOfAScan(t *testing.T) {
	t.Parallel()
	databases(t, testThePageOfAScan)
}

func testThePageOfAScan(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("writer")
	for path, words := range map[string][]string{
		"/scans/{scanKey}":     {"main", "Done", "5 findings", "5 new since the result before, 0 gone", "node-1", "Findings of this branch", "/projects/PAY/repos/api/analysis?branch=main"},
		"/scans/{failedScan}":  {"Internal Error", "unexpected end of the pack", "The log has more under the scan"},
		"/scans/{runningScan}": {"Scanning", "73\u00a0%", "Cancel this scan", "not yet"},
	} {
		a := b.get(s.sample.Replace(path))
		require.Equal(t, http.StatusOK, a.status)
		for _, w := range words {
			require.Contains(t, a.text, w, path)
		}
	}
	for _, path := range []string{"/scans/" + db.Key(1), "/scans/nothing", "/scans/%00", "/scans/" + url.PathEscape("'; drop table scan")} {
		require.Contains(t, []int{http.StatusNotFound, http.StatusBadRequest}, b.get(path).status, path)
	}
}

// told is what a page learns of the queue.
type told struct {
	Words    string         `json:"words"`
	State    string         `json:"state"`
	Progress map[string]int `json:"progress"`
}

// TestEventsTellWhatOneMayRead, of the place that the page shows.
func TestEventsTellWhatOneMayRead(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", two)
	once := func(as, path string) (e told) {
		t.Helper()
		a := s.browser(as).get(path + "/events?once")
		require.Equal(t, http.StatusOK, a.status)
		require.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
		require.NoError(t, json.Unmarshal([]byte(a.text), &e))
		return e
	}
	hubAge := 1100 * time.Millisecond
	api, instance := once("writer", "/projects/PAY/repos/api"), once("writer", "")
	scan := s.enqueue("admin", "", "PAY", "web", "main").Scan
	require.Eventually(t, func() bool { return once("admin", "").Words == "Queue: 0 running, 1 waiting" }, 10*hubAge, hubAge/4)
	require.Equal(t, api, once("writer", "/projects/PAY/repos/api"))
	require.Equal(t, instance, once("writer", ""), "nothing of a repository that one may not read")
	waiting := once("admin", "/projects/PAY/repos/web").State
	require.NotEqual(t, api.State, waiting)
	require.Equal(t, once("admin", "/projects/SHOP").State, once("admin", "/projects/PAY/repos/api").State, "nothing waits there")
	j := s.claim()
	_, err := s.store.Queue.Beat(t.Context(), j, 40, j.Head)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return once("admin", "").Progress[db.Key(scan)] == 40 }, 10*hubAge, hubAge/4)
	require.NotEqual(t, waiting, once("admin", "/projects/PAY/repos/web").State)
	require.Empty(t, once("writer", "").Progress)
	page := s.browser("admin").get("/projects/PAY/repos/web").text
	require.Contains(t, page, `data-events="/sluice/projects/PAY/repos/web/events" data-state="`+once("admin", "/projects/PAY/repos/web").State+`"`, "the page names the state that it shows")
	require.Contains(t, s.browser("admin").get("/scans/"+db.Key(scan)).text, `data-events="/sluice/events" data-state="`+once("admin", "").State+`"`)
}

// TestAStreamIsNoUseOfASession, and ends with it.
func TestAStreamIsNoUseOfASession(t *testing.T) {
	t.Parallel()
	s := newService(t, "", two)
	b := s.browser("writer")
	byItself := func(r *http.Request) { r.Header.Set("Sluice-By-Itself", "1") }
	for range 3 {
		s.later(50 * time.Minute)
		a := b.do(http.MethodGet, "/events?once", nil)
		require.Equal(t, http.StatusOK == a.status, b.do(http.MethodGet, "/projects/PAY/repos/api", nil, byItself).status == http.StatusOK)
	}
	require.Equal(t, http.StatusSeeOther, b.get("/projects").status, "two hours without use, although a page was open")

	b = s.browser("writer")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events", nil)
	require.NoError(t, err)
	answer, err := b.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	require.Equal(t, "text/event-stream", answer.Header.Get("Content-Type"))
	lines := bufio.NewScanner(answer.Body)
	for _, want := range []string{"retry: 3000", "event: queue", `data: {"words":"Queue is empty","busy":false,"state":"0","progress":{}}`} {
		require.True(t, lines.Scan())
		require.Equal(t, want, lines.Text())
	}
	b.post("/sign-out", nil)
	for lines.Scan() {
		require.NotContains(t, lines.Text(), "Payments")
	}
	require.NoError(t, lines.Err(), "the server ends the stream")
}

// TestTheThemeIsACookie that a form sets, and nothing else comes into the page by it.
func TestTheThemeIsACookie(t *testing.T) {
	t.Parallel()
	s := newService(t, "/sluice", nil)
	b := s.browser("reader")
	require.Contains(t, b.get("/projects").text, `<html lang="en">`)
	a := b.post("/theme", url.Values{"theme": {"dark"}, "back": {"/sluice/projects?type=all"}})
	require.Equal(t, "/sluice/projects?type=all", a.header.Get("Location"))
	require.Contains(t, a.header.Get("Set-Cookie"), "; Path=/sluice; Max-Age=31536000; HttpOnly; SameSite=Lax")
	page := b.get("/projects").text
	require.Contains(t, page, `<html lang="en" data-theme="dark">`)
	require.Contains(t, page, `<button name="theme" value="dark" aria-pressed="true">`)
	b.post("/theme", url.Values{"theme": {`"><script>`}})
	require.Contains(t, b.get("/projects").text, `<html lang="en">`)
	a = b.do(http.MethodGet, "/projects", nil, func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "sluice_theme", Value: "evil"}) })
	require.Contains(t, a.text, `<html lang="en">`)
}
