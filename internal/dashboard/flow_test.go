package dashboard_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan"
)

// scanAgain puts a file into a repository, and scans its main branch with engines.
func (s *service) scanAgain(root, repository, engines, path, text string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(root, repository, path), []byte(text), 0o600))
	for _, args := range [][]string{{"add", "-A"}, {"-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "change"}} {
		out, err := exec.CommandContext(s.t.Context(), "git", append([]string{"-C", filepath.Join(root, repository)}, args...)...).CombinedOutput()
		require.NoError(s.t, err, string(out))
	}
	directory, err := connection.NewDirectory(root)
	require.NoError(s.t, err)
	from, err := s.store.Connections.Ensure(s.t.Context(), connections.Repos, connections.KindFolder)
	require.NoError(s.t, err)
	log := slog.New(slog.DiscardHandler)
	require.NoError(s.t, (&worker.Syncer{ID: from.ID, Store: s.store, Connection: directory, Log: log, Every: time.Hour}).Sync(s.t.Context()))
	_, err = s.store.Queue.Enqueue(s.t.Context(), queue.Request{By: "admin"})
	require.NoError(s.t, err)
	j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
	require.NoError(s.t, err)
	scanner := &worker.BranchScan{Data: s.t.TempDir(), Variables: map[string]string{"ENGINES": engines}, Version: "test", Store: s.store, Log: log}
	o, err := scanner.Scan(s.t.Context(), filepath.Join(root, j.Location), j, func(int, string) {})
	require.NoError(s.t, err)
	o.Hash = func(secret string) string { return "h(" + secret[len(secret)-3:] + ")" }
	require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, o))
}

// TestTheWayOfDataIsDrawn step by step between its lines, with links, and without a secret for any role. What cannot be read
// is shown as the scan kept it.
func TestTheWayOfDataIsDrawn(t *testing.T) {
	t.Parallel()
	databases(t, testWayOfData)
}

func testWayOfData(t *testing.T, address string) {
	s, root := onRepositories(t, address)
	s.scanAgain(root, "PAY/api", "secrets,code", "web.py", `import flask

app = flask.Flask("<b>")


@app.get("/find")
def find():
    name = flask.request.args["name"]
    pass`+`word = "`+canaries[3]+`"; query = "select * from t where name = '" + name + "' -- `+canaries[3]+`"
    # the end of it
    connection.cursor().execute(query)
`)
	list, err := s.store.Findings.List(t.Context(), everything, findings.Filter{Engine: "code"}, 10)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Greater(t, len(list[0].Flow), 4)
	require.Equal(t, scan.StepSource, list[0].Flow[0].Kind)
	path := "/findings/" + db.Key(list[0].ID)
	for _, as := range testdashboard.Names {
		a := s.browser(as).get(path)
		noCanary(t, a.text, as)
		if as == "nobody" {
			require.Equal(t, http.StatusNotFound, a.status)
			continue
		}
		require.Equal(t, http.StatusOK, a.status)
		_, way, ok := strings.Cut(a.text, `<ol class="flow">`)
		require.True(t, ok, as)
		way, _, _ = strings.Cut(way, "</ol>")
		require.Equal(t, 1, strings.Count(way, `<li class="source">`))
		require.Equal(t, 1, strings.Count(way, `<li class="sink">`))
		require.Equal(t, []string{"web.py:8", "web.py:8", "web.py:9", "web.py:11"}, placesOf(way), "each line of steps once")
		for _, part := range []string{"<b>Source</b>: untrusted data enters here", "web.py:8</code>", "@app.get(&#34;/find&#34;)", "<mark>••••••••</mark>", "# the end of it", "<b>Sink</b>: the data reaches a dangerous use", "web.py:11</code>", `.execute(`} {
			require.Contains(t, way, part)
		}
		require.NotContains(t, a.text, "Belongs to it", "the way says it")
	}
	require.NotContains(t, s.browser("reader").get("/findings/"+s.secretsOf("main")["deploy/job.py"]).text, "Data flow")

	// Without the repository, and with links.
	h, err := testdashboard.Serve(t.Context(), s.store, testdashboard.Options{Links: bitbucket{}})
	require.NoError(t, err)
	listener := httptest.NewServer(h)
	t.Cleanup(listener.Close)
	a := (&service{t: t, store: s.store, url: listener.URL}).browser("writer").get(path)
	noCanary(t, a.text, "kept")
	require.Contains(t, a.text, `#lines-8" rel="noopener noreferrer">web.py:8</a>`)
	require.Contains(t, a.text, "name = flask.request.args[&#34;name&#34;]")
	require.NotContains(t, a.text, "# the end of it")
}

// placesOf are the places of a way, in order.
func placesOf(way string) (list []string) {
	for _, m := range regexp.MustCompile(`<code class="file">([^<]*:\d+)</code>`).FindAllStringSubmatch(way, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestAWayOverFiles reads each file of the way.
func TestAWayOverFiles(t *testing.T) {
	t.Parallel()
	s, root := onRepositories(t, teststore.SQLite(t))
	s.scanAgain(root, "PAY/api", "secrets", "web.py", "import flask\n\n\ndef find():\n    run(flask.request.args[\"q\"])\n")
	_, err := s.store.Write.ExecContext(t.Context(), "update occurrence set flow = $1 where path = 'deploy/job.py'",
		`[{"kind":"source","path":"web.py","line":5,"column":9,"endLine":5,"endColumn":32,"text":"kept one"},{"kind":"step","path":"gone.py","line":1,"column":1,"endLine":1,"endColumn":2,"text":"kept two"},`+
			`{"kind":"step","path":"web.py","line":99,"column":1,"endLine":99,"endColumn":2,"text":"kept three"},{"kind":"sink","path":"deploy/job.py","line":4,"column":1,"endLine":4,"endColumn":16,"text":"kept four"}]`)
	require.NoError(t, err)
	text := s.browser("reader").get("/findings/" + s.secretsOf("main")["deploy/job.py"]).text
	for _, part := range []string{"kept one", "kept two", "kept three", "<span class=\"match\">run(api_secret)</span>"} {
		require.Contains(t, text, part, "no line of a file of which one place does not exist")
	}
	require.NotContains(t, text, "kept four")
	noCanary(t, text, "over files")
}

// TestFindingsInCodeAreOnEveryPage: status, numbers, filters, files and trends count them, and the setting for their lowest severity holds.
func TestFindingsInCodeAreOnEveryPage(t *testing.T) {
	t.Parallel()
	databases(t, testInCode)
}

func testInCode(t *testing.T, address string) {
	s := newServiceOn(t, address, "", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "api", Branches: []string{"main=new"}}}}})
	s.found("PAY", "api", "main", scan.Finding{
		Engine: "code", RuleID: "SQL_INJECTION", Title: "SQL injection", Severity: scan.SeverityMedium, Fingerprint: "code-1", Path: "app/orders.py", Occurrence: 1,
		Position: scan.Position{StartLine: 20, StartColumn: 1, EndLine: 20, EndColumn: 9}, Excerpt: "cursor.execute(query)",
		Flow: []scan.Step{{Path: "app/web.py", Kind: scan.StepSource, Position: scan.Position{StartLine: 9, StartColumn: 1, EndLine: 9, EndColumn: 5}, Text: "name = request.args[0]"}, {Path: "app/orders.py", Kind: scan.StepSink, Position: scan.Position{StartLine: 20, StartColumn: 1, EndLine: 20, EndColumn: 9}, Text: "cursor.execute(query)"}},
	})
	require.NoError(t, s.store.Trends.TakeSnapshot(t.Context(), time.Now()))
	b := s.browser("admin")
	for _, path := range []string{"/", "/projects/PAY", ofAPI, analysis} {
		page := b.get(path).text
		require.Contains(t, page, `<span class="severity medium" title="1 medium">`, path)
		require.Contains(t, strings.ToLower(page), "vulnerable", path)
	}
	for path, want := range map[string]int{
		"/findings?engine=code": 1, "/findings?engine=secrets": 0, "/findings?severity=medium": 1, "/findings?path=orders": 1, analysis + "?branch=main&engine=code": 1, analysis + "?branch=main&rule=SQL_INJECTION": 1,
		analysis + "?branch=main&engine=dependencies": 0,
	} {
		require.Equal(t, want, strings.Count(b.get(path).text, `>SQL injection</a>`), path)
	}
	require.Contains(t, b.get(analysis).text, ">Code (1)</option>")
	require.Equal(t, []string{"0", "0", "1", "0"}, trendOf(b.get("/trends?days=30").text)[time.Now().UTC().Format(time.DateOnly)][:4])
	require.Contains(t, b.get(ofAPI+"/report").text, "app/web.py:9 -> app/orders.py:20")
	list, err := s.store.Findings.List(t.Context(), everything, findings.Filter{}, 10)
	require.NoError(t, err)
	page := b.get("/findings/" + db.Key(list[0].ID)).text
	for _, part := range []string{"<b>Source</b>", "app/web.py:9", "<b>Sink</b>", "cursor.execute(query)"} {
		require.Contains(t, page, part)
	}
	require.Equal(t, http.StatusSeeOther, b.post("/settings/general", url.Values{scan.Engine("code").Info().Floor: {"HIGH"}}).status)
	require.Contains(t, b.get("/findings?state=all").text, "Open, below the floor")
	require.NotContains(t, b.get(ofAPI).text, "1 medium")
}
