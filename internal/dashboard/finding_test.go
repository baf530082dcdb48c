package dashboard_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/internal/teststore"
	"github.com/sluice-scan/sluice/scan"
)

const (
	ofAPI    = "/projects/PAY/repos/api"
	analysis = ofAPI + "/analysis"
)

var rowKey = regexp.MustCompile(`<tr id="f-([0-9A-Z]+)"`)

// rowsOf gives the keys of the findings on a page.
func rowsOf(text string) (keys []string) {
	for _, m := range rowKey.FindAllStringSubmatch(text, -1) {
		keys = append(keys, m[1])
	}
	return keys
}

// told lists the newest entries of the audit log with some action, as "actor object: detail".
func (s *service) told(action string) (list []string) {
	s.t.Helper()
	events, err := s.store.Audit.List(s.t.Context(), audit.Filter{Action: action}, db.Page{Limit: 100})
	require.NoError(s.t, err)
	for _, e := range events {
		list = append(list, e.Actor+" "+e.Object+": "+e.Detail)
	}
	return list
}

// decide sends the form of decisions.
func (b *browser) decide(action string, more url.Values, keys ...string) answer {
	b.s.t.Helper()
	form := url.Values{"action": {action}, "finding": keys, "back": {analysis + "?branch=main"}}
	for name, values := range more {
		form[name] = values
	}
	return b.post(ofAPI+"/findings/triage", form)
}

// TestDecisionsOnThePages follow the rules of the API, change the counts at once, and are kept with who made them.
func TestDecisionsOnThePages(t *testing.T) {
	t.Parallel()
	databases(t, testDecisions)
}

func testDecisions(t *testing.T, address string) {
	s, _ := onRepositories(t, address)
	keys := s.secretsOf("feature/login")
	one, two := keys["deploy/settings.py:6"], keys["deploy/settings.py:9"]
	b := s.browser("writer")
	high := func() any {
		_, body := s.rest("writer", "/status/projects/PAY/repos/api")
		return body["openFindings"].(map[string]any)["high"]
	}
	require.Equal(t, 4.0, high())

	a := b.decide("accept", url.Values{"reason": {"  moved to the vault "}, "expires": {"2124-01-31"}}, one)
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	require.Equal(t, analysis+"?branch=main&done=accepted", a.header.Get("Location"))
	require.Equal(t, 3.0, high(), "the counters at once")
	page := b.get(a.header.Get("Location")).text
	require.Contains(t, page, "Accepted. It does not count until the acceptance ends.")
	require.NotContains(t, rowsOf(page), one)
	_, body := s.rest("writer", "/findings/"+one)
	require.Equal(t, []any{"ACCEPTED", "moved to the vault", "2124-01-31T23:59:59.000Z", "writer"}, []any{body["state"], body["reason"], body["expiresDate"], body["changedBy"]})

	a = b.decide("false-positive", nil, one, two, strings.ToLower(two))
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	require.Equal(t, 2.0, high())
	_, body = s.rest("writer", "/findings/"+one)
	require.Equal(t, []any{"FALSE_POSITIVE", "", nil}, []any{body["state"], body["reason"], body["expiresDate"]}, "the acceptance is over")
	require.Equal(t, http.StatusSeeOther, b.decide("in-review", nil, one).status)
	require.Equal(t, 3.0, high(), "what is in review counts")
	require.Equal(t, http.StatusSeeOther, b.decide("assign", url.Values{"assignee": {"PAdmin"}}, one, two).status)
	require.Equal(t, http.StatusSeeOther, b.decide("comment", url.Values{"comment": {"first\r\nsecond"}}, one).status)
	require.Equal(t, http.StatusSeeOther, b.decide("reopen", nil, one, two).status)
	require.Equal(t, 4.0, high())
	page = b.get("/findings/" + one).text
	for _, part := range []string{"Assigned to padmin.", "first\nsecond</p>", "Accepted until 2124-01-31: moved to the vault", "False positive", "In review", "assigned to padmin", `<b>writer</b> Open`} {
		require.Contains(t, page, part)
	}
	require.Equal(t, http.StatusSeeOther, b.decide("assign", url.Values{"assignee": {""}}, one).status)
	require.Contains(t, b.get("/findings/"+one).text, "assigned to nobody")
	told := s.told("finding.triaged")
	require.Len(t, told, 10)
	require.Equal(t, "writer PAY/api: finding "+one+`: OPEN to ACCEPTED, assignee ""`, told[9])
	require.Equal(t, "writer PAY/api: finding "+two+`: FALSE_POSITIVE to OPEN, assignee "padmin"`, told[1])
}

// TestADecisionThatIsRefusedChangesNothing, and the page lists what is wrong.
func TestADecisionThatIsRefusedChangesNothing(t *testing.T) {
	t.Parallel()
	s, _ := onRepositories(t, teststore.SQLite(t))
	one := s.secretsOf("main")["deploy/settings.py:6"]
	web, err := s.store.Catalog.Repository(t.Context(), everything, "SHOP", "web")
	require.NoError(t, err)
	main, err := s.store.Catalog.Branch(t.Context(), web.ID, "main")
	require.NoError(t, err)
	others, err := s.store.Findings.OfBranch(t.Context(), main.ID, findings.BranchFilter{}, db.Page{Limit: 1})
	require.NoError(t, err)
	stranger := db.Key(others[0].ID)
	b := s.browser("admin")
	for name, c := range map[string]struct {
		action string
		more   url.Values
		keys   []string
		says   []string
	}{
		"of another repository": {"false-positive", nil, []string{one, stranger}, []string{"Nothing was changed", "the other findings were fine", stranger, "does not exist in this repository"}},
		"no key at all":         {"false-positive", nil, []string{"<b>"}, []string{"&lt;B&gt;"}},
		"an unknown account":    {"assign", url.Values{"assignee": {"nobody-at-all"}}, []string{one}, []string{"The assignee: there is no such account.", "Password in an assignment"}},
		"a day in the past":     {"accept", url.Values{"expires": {"2020-01-31"}}, []string{one}, []string{"The day: it is in the past."}},
		"no day":                {"accept", url.Values{"expires": {"soon"}}, []string{one}, []string{"The day: write a day such as 2027-01-31"}},
		"a long reason":         {"accept", url.Values{"reason": {strings.Repeat("x", 201)}}, []string{one}, []string{"The reason: at most 200 characters."}},
		"a long comment":        {"comment", url.Values{"comment": {strings.Repeat("x", 4001)}}, []string{one}, []string{"The comment: at most 4000 characters."}},
		"nothing chosen":        {"accept", nil, nil, []string{"Nothing was chosen"}},
		"no action":             {"", nil, []string{one}, []string{"does not say what to do"}},
		"a state by hand":       {"fixed", nil, []string{one}, []string{"does not say what to do"}},
		"too many":              {"reopen", nil, manyKeys(201), []string{"more findings than"}},
	} {
		a := b.decide(c.action, c.more, c.keys...)
		require.Equal(t, http.StatusBadRequest, a.status, name+a.text)
		for _, words := range c.says {
			require.Contains(t, a.text, words, name)
		}
	}
	require.Equal(t, http.StatusForbidden, s.browser("reader").decide("reopen", nil, one).status)
	require.Equal(t, http.StatusForbidden, s.browser("grantee").decide("reopen", nil, one).status)
	require.Equal(t, http.StatusNotFound, s.browser("nobody").decide("reopen", nil, one).status)
	require.Equal(t, http.StatusSeeOther, s.browser("").decide("reopen", nil, one).status)
	require.Equal(t, http.StatusForbidden, b.post(ofAPI+"/findings/triage", url.Values{"action": {"reopen"}, "finding": {one}}, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }).status)
	require.Empty(t, s.told("finding.triaged"))
	decisions, err := s.store.Findings.Decisions(t.Context(), others[0].ID, 10)
	require.NoError(t, err)
	require.Empty(t, decisions)
	_, body := s.rest("admin", "/findings/"+one)
	require.Equal(t, "OPEN", body["state"])
}

func manyKeys(n int) (list []string) {
	for i := range n {
		list = append(list, db.Key(int64(i+1)))
	}
	return list
}

// TestATextIsShownOnce, to those who may write to the repository, and the audit log knows of it before.
func TestATextIsShownOnce(t *testing.T) {
	t.Parallel()
	s, root := onRepositories(t, teststore.SQLite(t))
	key := s.secretsOf("main")["deploy/settings.py:6"]
	path := ofAPI + "/findings/" + key + "/reveal"
	form := url.Values{"branch": {"main"}, "place": {"1"}}
	for as, want := range map[string]int{"reader": 403, "grantee": 403, "nobody": 404, "": 303} {
		a := s.browser(as).post(path, form)
		require.Equal(t, want, a.status, as)
		noCanary(t, a.text, as)
		noCanary(t, s.browser(as).get("/findings/"+key+"?reveal=true").text, as)
		require.NotContains(t, s.browser(as).get("/findings/"+key).text, "/reveal", as)
	}
	require.Equal(t, http.StatusForbidden, s.browser("writer").post(path, form, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }).status)
	require.Equal(t, http.StatusNotFound, s.browser("admin").post("/projects/SHOP/repos/web/findings/"+key+"/reveal", form).status, "a finding of another repository")
	require.Equal(t, http.StatusNotFound, s.browser("writer").get(path).status, "no address shows it")
	require.Equal(t, http.StatusNotFound, s.browser("writer").post(path, url.Values{"branch": {"gone"}}).status)
	require.Empty(t, s.told("finding.revealed"))

	b := s.browser("writer")
	require.Contains(t, b.get("/findings/"+key).text, `action="`+path+`"`)
	a := b.post(path, form)
	require.Equal(t, http.StatusOK, a.status)
	require.Equal(t, "no-store", a.header.Get("Cache-Control"))
	require.Empty(t, a.header.Get("Location"))
	require.Contains(t, a.text, "DB_PASSWORD = &#34;<mark>"+canaries[0]+"</mark>&#34;")
	require.Equal(t, 1, strings.Count(a.text, canaries[0]))
	require.NotContains(t, a.text, canaries[1], "its neighbour stays hidden")
	require.Equal(t, []string{"writer PAY/api : main: finding " + key}, s.told("finding.revealed"))
	noCanary(t, b.get("/findings/"+key).text, "afterwards")

	// A text that cannot be read is not shown, and nobody is said to have seen it.
	require.NoError(t, os.RemoveAll(filepath.Join(root, "PAY")))
	other := s.secretsOf("main")["deploy/job.py"]
	a = b.post(ofAPI+"/findings/"+other+"/reveal", form)
	require.Equal(t, http.StatusOK, a.status)
	require.Contains(t, a.text, "The text could not be read")
	require.Len(t, s.told("finding.revealed"), 1)
	page := b.get("/findings/" + other).text
	require.Contains(t, page, "cannot be read now. This is what the scan kept.")
	require.Contains(t, page, "api_secret = &#34;<mark>")
}

// TestAFindingThatIsGone: the page says that no branch has it, and what was decided.
func TestAFindingThatIsGone(t *testing.T) {
	t.Parallel()
	s, _ := onRepositories(t, teststore.SQLite(t))
	key := s.secretsOf("feature/login")["login.py"]
	b := s.browser("writer")
	require.Equal(t, http.StatusOK, b.get("/findings/"+key+"?branch=main").status)
	require.Contains(t, b.get("/findings/"+key+"?branch=main").text, "The last result of main does not have this finding.")
	r, err := s.store.Catalog.Repository(t.Context(), everything, "PAY", "api")
	require.NoError(t, err)
	login, err := s.store.Catalog.Branch(t.Context(), r.ID, "feature/login")
	require.NoError(t, err)
	s.finish(login.ID, &findings.Outcome{State: queue.Succeeded, Config: "rules"})
	page := b.get("/findings/" + key).text
	require.Contains(t, page, "No branch has this finding any longer.")
	require.Contains(t, page, "No branch that you may read has it any longer.")
	require.NotContains(t, page, "/reveal")
	require.Equal(t, http.StatusSeeOther, b.decide("comment", url.Values{"comment": {"gone"}}, key).status)
	for _, missing := range []string{"/findings/0", "/findings/none", "/findings/" + db.Key(12345), "/findings/" + key + "?branch=never"} {
		require.Equal(t, http.StatusNotFound, b.get(missing).status, missing)
	}
}

// finish scans a branch with an outcome.
func (s *service) finish(branch int64, o *findings.Outcome) {
	s.t.Helper()
	_, err := s.store.Queue.Enqueue(s.t.Context(), queue.Request{Scope: queue.Scope{BranchID: branch}, Force: true, By: "admin"})
	require.NoError(s.t, err)
	j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
	require.NoError(s.t, err)
	o.Commit = j.Head
	if o.Hash == nil {
		o.Hash = func(secret string) string { return "h(" + secret + ")" }
	}
	require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, o))
}

// made is a service whose branch PAY/api : main has made-up findings.
func made(t *testing.T, list []scan.Finding, origins map[int]findings.Origin) *service {
	t.Helper()
	s := newService(t, "", []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "api", Branches: []string{"main=secure"}}}}})
	r, err := s.store.Catalog.Repository(t.Context(), everything, "PAY", "api")
	require.NoError(t, err)
	b, err := s.store.Catalog.Branch(t.Context(), r.ID, "main")
	require.NoError(t, err)
	s.finish(b.ID, &findings.Outcome{State: queue.Succeeded, Config: "rules", Findings: list, Origins: origins})
	return s
}

// several are findings of all kinds: of each engine, allowed, in several places, about a package.
func several() []scan.Finding {
	at := func(line int) scan.Position {
		return scan.Position{StartLine: line, StartColumn: 1, EndLine: line, EndColumn: 9}
	}
	return []scan.Finding{
		{Engine: "secrets", RuleID: "GITHUB_TOKEN", Title: "GitHub token", Severity: scan.SeverityCritical, Fingerprint: "s1", Path: "deploy/a.py", Occurrence: 1, Position: at(3), Excerpt: "key = ••••••••", Secret: scan.NewSecret("one")},
		{Engine: "secrets", RuleID: "GITHUB_TOKEN", Title: "GitHub token", Severity: scan.SeverityCritical, Fingerprint: "s1", Path: "deploy/b.py", Occurrence: 1, Position: at(4), Excerpt: "key = ••••••••", Secret: scan.NewSecret("one")},
		{Engine: "secrets", RuleID: "GENERIC_PASSWORD", Title: "Password", Severity: scan.SeverityHigh, Fingerprint: "s2", Path: "test/a.py", Occurrence: 1, Position: at(5), Excerpt: "password = ••••••••", Secret: scan.NewSecret("two"), Suppression: &scan.Suppression{Kind: scan.SuppressedInline, Reason: "sample"}},
		{Engine: "secrets", RuleID: "GENERIC_PASSWORD", Title: "Password", Severity: scan.SeverityHigh, Fingerprint: "s3", Path: "src/a.py", Occurrence: 1, Position: at(6), Excerpt: "password = ••••••••", Secret: scan.NewSecret("three"), Commit: "aaaa4f2c9e1d5a7b8c3f60e2d4b19a7c5e8f01d3"},
		{Engine: "dependencies", RuleID: "GHSA-1111-2222-3333", Title: "lodash 4.17.15: prototype pollution", Severity: scan.SeverityMedium, Fingerprint: "d1", Path: "package-lock.json", Occurrence: 1, Position: at(7), Excerpt: `"lodash": "4.17.15"`, Link: "https://osv.dev/vulnerability/GHSA-1111-2222-3333",
			Dependency: &scan.Dependency{Package: scan.Package{Name: "lodash", Version: "4.17.15"}, IDs: []string{"GHSA-1111-2222-3333", "CVE-2020-8203"}, Fix: "4.17.21"}},
		{Engine: "code", RuleID: "SQL_INJECTION", Title: "SQL built from input", Severity: scan.SeverityLow, Fingerprint: "c1", Path: "src/query.go", Occurrence: 1, Position: at(8), Excerpt: "db.Query(q)", Related: "src/handler.go:12, src/query.go:7"},
	}
}

// TestTheListOfABranchIsFiltered by what the address says, with the numbers of what each choice shows.
func TestTheListOfABranchIsFiltered(t *testing.T) {
	t.Parallel()
	s := made(t, several(), map[int]findings.Origin{0: {Commit: "b1", Author: "Ada", Email: "ada@example.com", At: time.Now()}})
	b := s.browser("reader")
	titles := regexp.MustCompile(`data-open>([^<]*)</a>`)
	for query, want := range map[string]string{
		"":                   "GitHub token|Password|lodash 4.17.15: prototype pollution|SQL built from input",
		"&severity=critical": "GitHub token", "&severity=CRITICAL": "GitHub token", "&severity=odd": "GitHub token|Password|lodash 4.17.15: prototype pollution|SQL built from input",
		"&engine=code": "SQL built from input", "&engine=dependencies&severity=critical": "", "&rule=GENERIC_PASSWORD": "Password", "&rule=none": "", "&path=DEPLOY": "GitHub token", "&path=lock": "lodash 4.17.15: prototype pollution",
		"&author=ADA@": "GitHub token", "&author=bob": "", "&showAllowlisted=true": "GitHub token|Password|Password|lodash 4.17.15: prototype pollution|SQL built from input", "&state=accepted": "", "&state=open&engine=code": "SQL built from input",
		"&new=true": "GitHub token|Password|lodash 4.17.15: prototype pollution|SQL built from input", "&page=2": "",
	} {
		a := b.get(analysis + "?branch=main" + query)
		require.Equal(t, http.StatusOK, a.status, query)
		var got []string
		for _, m := range titles.FindAllStringSubmatch(a.text, -1) {
			got = append(got, m[1])
		}
		require.Equal(t, want, strings.Join(got, "|"), query)
	}
	page := b.get(analysis + "?branch=main&severity=critical").text
	for _, part := range []string{`>High (1)</option>`, `<option value="critical" selected>Critical (1)</option>`, `>Secrets (1)</option>`, `>GITHUB_TOKEN (1)</option>`, "and 1 more", `<a href="` + analysis + `?branch=main">Clear</a>`, `title="ada@example.com">Ada</span>`} {
		require.Contains(t, page, part)
	}
	require.NotContains(t, page, "checkbox\" name=\"finding\"", "a reader decides nothing")
	require.Contains(t, s.browser("writer").get(analysis).text, "checkbox\" name=\"finding\"", "the default branch")
	require.Equal(t, http.StatusNotFound, b.get(analysis+"?branch=none").status)
	require.Contains(t, b.get(analysis+"?branch=main&engine=code&state=accepted").text, "Nothing here matches.")
}

// TestFindingsOfEveryEngine: what to do about them, with links; the path of a finding in code; a commit of the history.
func TestFindingsOfEveryEngine(t *testing.T) {
	t.Parallel()
	s := made(t, several(), nil)
	b := s.browser("writer")
	keys := map[string]string{}
	for _, key := range rowsOf(b.get(analysis + "?branch=main&showAllowlisted=true").text) {
		_, body := s.rest("writer", "/findings/"+key)
		keys[body["fingerprint"].(string)] = key
	}
	require.Len(t, keys, 5)
	for fingerprint, parts := range map[string][]string{
		"s1": {"Revoke it first", `<option value="2">deploy/b.py:4</option>`, "This server does not read repositories", "not known"},
		"s2": {"inline: sample", "Allowed by files"},
		"s3": {"In the history", "aaaa4f2c9e"},
		"d1": {"Raise lodash to 4.17.21", `href="https://osv.dev/vulnerability/CVE-2020-8203"`, "More at osv.dev", "lodash 4.17.15"},
		"c1": {"<code>src/handler.go:12</code>", "<code>src/query.go:7</code>"},
	} {
		page := b.get("/findings/" + keys[fingerprint]).text
		for _, part := range parts {
			require.Contains(t, page, part, fingerprint)
		}
		require.NotContains(t, page, "/reveal", "there is no repository to read from")
	}
	second := b.get("/findings/" + keys["s1"] + "?place=2").text
	require.Contains(t, second, `<h2 class="file">deploy/b.py:4`)
	require.Contains(t, b.get("/findings/"+keys["s1"]+"?place=99").text, `<h2 class="file">deploy/a.py:3`)
}

// TestThePageOfABranchHasTheAPIsFindings, for every role and with what does not count.
func TestThePageOfABranchHasTheAPIsFindings(t *testing.T) {
	t.Parallel()
	s := made(t, several(), nil)
	writer := s.browser("writer")
	first := rowsOf(writer.get(analysis).text)[0]
	require.Equal(t, http.StatusSeeOther, writer.decide("accept", nil, first).status)
	for _, as := range []string{"reader", "grantee", "writer", "padmin", "admin"} {
		for _, of := range [][2]string{{"", ""}, {"&showReviewed=true", "&includeReviewed=true"}, {"&showAllowlisted=true", "&includeAllowlisted=true"}, {"&showReviewed=true&showAllowlisted=true&engine=secrets", "&includeReviewed=true&includeAllowlisted=true&engine=secrets"}} {
			query := of[1]
			if !strings.Contains(query, "engine") {
				query += "&engine=all"
			}
			_, body := s.rest(as, "/scan/PAY/repos/api?branch=main"+query)
			var want []string
			for _, line := range body["invalidLines"].([]any) {
				want = append(want, line.(map[string]any)["findingId"].(string))
			}
			slices.Sort(want)
			got := rowsOf(s.browser(as).get(analysis + "?branch=main" + of[0]).text)
			slices.Sort(got)
			require.NotEmpty(t, got)
			require.Equal(t, slices.Compact(want), got, as+of[0])
		}
	}
}

var fieldValue = regexp.MustCompile(` value="[^"<>]*"|(?s:<textarea name="comment"[^<]*</textarea>)`)

// TestHostileFindingsBreakOutOfNothing, whatever a repository, a tool or a person wrote.
func TestHostileFindingsBreakOutOfNothing(t *testing.T) {
	t.Parallel()
	for _, evil := range []string{`"><script>alert(1)</script>`, `'onmouseover='alert(1)`, `</title></textarea></svg><img/src=x/onerror=alert(1)>`, `{{.Body}}`, "javascript:alert(1)", "\u202egnp.exe\u2066", `" autofocus onfocus="alert(1)`, strings.Repeat("long<b>", 3000)} {
		f := scan.Finding{
			Engine: "secrets", RuleID: "R" + evil, Title: evil, Severity: scan.SeverityHigh, Fingerprint: evil, Path: "a/" + evil, Occurrence: 1, Position: scan.Position{StartLine: 3, StartColumn: 1, EndLine: 3, EndColumn: 9},
			Excerpt: evil + "••••", Secret: scan.NewSecret("x"), Related: evil + ", " + evil, Link: evil, Dependency: &scan.Dependency{Package: scan.Package{Name: evil, Version: evil}, IDs: []string{evil}, Fix: evil}, Suppression: &scan.Suppression{Kind: scan.SuppressedInline, Reason: evil},
		}
		if len(evil) > 2000 {
			f.Fingerprint = "long"
		}
		inside := f
		inside.Fingerprint, inside.Archive = f.Fingerprint+"2", evil+".zip"
		origin := findings.Origin{Commit: "c1", Author: evil, Email: evil, At: time.Now()}
		s := made(t, []scan.Finding{f, inside}, map[int]findings.Origin{0: origin, 1: origin})
		b := s.browser("admin")
		q := "?branch=main&showAllowlisted=true&showReviewed=true"
		rows := rowsOf(b.get(analysis + q).text)
		require.Len(t, rows, 2)
		require.Equal(t, http.StatusSeeOther, b.decide("comment", url.Values{"comment": {evil[:min(len(evil), 4000)]}}, rows...).status)
		require.Equal(t, http.StatusSeeOther, b.decide("accept", url.Values{"reason": {evil[:min(len(evil), 200)]}}, rows...).status)
		chosen := url.QueryEscape(evil[:min(len(evil), 200)])
		answers := []answer{
			b.get(analysis + q), b.get(analysis + q + "&path=" + chosen + "&author=" + chosen + "&rule=" + chosen + "&engine=" + chosen + "&severity=" + chosen + "&state=" + chosen),
			b.get("/findings/" + rows[0]), b.get("/findings/" + rows[1] + "?place=" + chosen), b.get("/findings/" + chosen),
			b.decide("assign", url.Values{"assignee": {evil}, "back": {evil}}, rows[0], evil), b.post(ofAPI+"/findings/"+rows[0]+"/reveal", url.Values{"branch": {"main"}, "place": {evil}}),
		}
		for i, a := range answers {
			// Fields send what is in the store, as it is.
			a.text = fieldValue.ReplaceAllString(a.text, "")
			for _, broken := range []string{"<script", "<img/src", "onmouseover='", `onfocus="`, `href="javascript:`, "<b>alert", "long<b>", "\u202e", "\u2066"} {
				require.NotContains(t, s.withoutOwnScript(a.text), broken, "%d %s", i, evil[:min(len(evil), 50)])
			}
			require.Less(t, len(a.text), 150<<10, "%d", i)
		}
	}
}

// TestAPageOfFindingsIsSmall, and leads to the next one.
func TestAPageOfFindingsIsSmall(t *testing.T) {
	t.Parallel()
	var list []scan.Finding
	for i := range 120 {
		list = append(list, scan.Finding{
			Engine: "secrets", RuleID: fmt.Sprintf("A_RULE_WITH_A_LONG_NAME_%03d", i), Title: strings.Repeat("A long title ", 20), Severity: scan.SeverityHigh, Fingerprint: fmt.Sprintf("%032d", i), Path: strings.Repeat("a-long-folder/", 40) + "x.py", Occurrence: i,
			Position: scan.Position{StartLine: i + 1, StartColumn: 1, EndLine: i + 1, EndColumn: 9}, Excerpt: strings.Repeat("password = •••••••• ", 12), Secret: scan.NewSecret(fmt.Sprint(i)),
		})
	}
	s := made(t, list, nil)
	b := s.browser("writer")
	a := b.get(analysis + "?branch=main&path=folder")
	t.Logf("%d bytes", len(a.text))
	require.Less(t, len(a.text), 150<<10)
	require.Len(t, rowsOf(a.text), 50)
	require.Contains(t, a.text, "1–50 of 120")
	require.Contains(t, a.text, `rel="next" href="`+analysis+`?branch=main&amp;page=2&amp;path=folder"`)
	last := b.get(analysis + "?branch=main&path=folder&page=3")
	require.Contains(t, last.text, "101–120 of 120")
	require.Len(t, rowsOf(last.text), 20)
}

// TestFilesOfABranch: findings as the API writes them, dependencies, and who may have which.
func TestFilesOfABranch(t *testing.T) {
	t.Parallel()
	s := made(t, several(), nil)
	writer := s.browser("writer")
	page := writer.get(analysis + "?branch=main").text
	for _, path := range []string{ofAPI + "/report?branch=main", ofAPI + "/sbom?branch=main", ofAPI + "/sbom?branch=main&amp;format=spdx"} {
		require.Contains(t, page, `href="`+path+`" download`)
	}
	a := writer.get(ofAPI + "/report?branch=main")
	require.Equal(t, []string{"text/csv; charset=utf-8", `attachment; filename="sluice-PAY-api-main.csv"`}, []string{a.header.Get("Content-Type"), a.header.Get("Content-Disposition")})
	rest := s.browser("").do(http.MethodGet, "/rest/security/latest/export-report/PAY/repos/api?branch=main&includeAllowlisted=true&includeReviewed=true", nil, func(r *http.Request) { r.SetBasicAuth("writer", testdashboard.Password("writer")) })
	require.Equal(t, rest.text, a.text)
	require.Equal(t, 7, strings.Count(a.text, "\r\n"))
	require.Equal(t, []string{"writer PAY-api-main: ", "writer PAY-api-main: "}, s.told("report.exported"))
	reader := s.browser("reader")
	require.NotContains(t, reader.get(analysis).text, "/report")
	require.Equal(t, http.StatusForbidden, reader.get(ofAPI+"/report?branch=main").status)
	a = reader.get(ofAPI + "/sbom?branch=main&format=spdx")
	require.Equal(t, []string{"api main spdx", "application/spdx+json", `attachment; filename="sluice-PAY-api-main.spdx.json"`}, []string{a.text, a.header.Get("Content-Type"), a.header.Get("Content-Disposition")})
	for _, missing := range []string{"/sbom?branch=none", "/sbom?branch=main&format=pdf", "/report?branch=none"} {
		require.Equal(t, http.StatusNotFound, writer.get(ofAPI+missing).status, missing)
	}
	require.Empty(t, writer.do(http.MethodHead, ofAPI+"/report?branch=main", nil).text)
}

// bitbucket knows the addresses of one repository.
type bitbucket struct{}

func (bitbucket) Branch(r *catalog.Repository, branch string) string {
	return "https://bitbucket.example/" + r.Slug + "/branch/" + url.PathEscape(branch)
}

func (bitbucket) Line(r *catalog.Repository, commit, path string, line int) string {
	if strings.HasPrefix(path, "deploy") {
		return "javascript:alert(1)"
	}
	return fmt.Sprintf("https://bitbucket.example/%s/src/%s/%s#lines-%d", r.Slug, commit, path, line)
}

// TestLinksIntoBitbucket stand where the address is known and safe.
func TestLinksIntoBitbucket(t *testing.T) {
	t.Parallel()
	s := made(t, several(), nil)
	h, err := testdashboard.Serve(t.Context(), s.store, testdashboard.Options{Links: bitbucket{}})
	require.NoError(t, err)
	listener := httptest.NewServer(h)
	t.Cleanup(listener.Close)
	b := (&service{t: t, store: s.store, url: listener.URL}).browser("reader")
	page := b.get(analysis).text
	require.Contains(t, page, `href="https://bitbucket.example/api/branch/main"`)
	links := map[string]int{}
	for _, key := range rowsOf(page) {
		for _, m := range regexp.MustCompile(`href="(https://bitbucket.example/api/src/[^"]*)"`).FindAllStringSubmatch(b.get("/findings/"+key).text, -1) {
			links[m[1]]++
		}
	}
	require.Len(t, links, 3)
	require.Contains(t, links, "https://bitbucket.example/api/src/aaaa4f2c9e1d5a7b8c3f60e2d4b19a7c5e8f01d3/src/a.py#lines-6", "the commit of the history")
	require.NotContains(t, s.browser("reader").get(analysis).text, "bitbucket.example")
}
