package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/testdashboard"
	"github.com/sluice-scan/sluice/scan"
)

// found scans a branch with these findings.
func (s *service) found(key, slug, branch string, list ...scan.Finding) {
	s.t.Helper()
	r, err := s.store.Catalog.Repository(s.t.Context(), everything, key, slug)
	require.NoError(s.t, err)
	b, err := s.store.Catalog.Branch(s.t.Context(), r.ID, branch)
	require.NoError(s.t, err)
	_, err = s.store.Queue.Enqueue(s.t.Context(), queue.Rescan(queue.Scope{BranchID: b.ID}, b.Name, "admin", false))
	require.NoError(s.t, err)
	j, err := s.store.Queue.Claim(s.t.Context(), "node-1", true)
	require.NoError(s.t, err)
	require.NoError(s.t, s.store.Findings.Finish(s.t.Context(), j, &findings.Outcome{State: queue.Succeeded, Config: "rules", Commit: j.Head, Findings: list, Hash: func(secret string) string { return "h" + secret }}))
}

// leak is a finding of a secret.
func leak(n int, severity scan.Severity, path string) scan.Finding {
	return scan.Finding{
		Engine: scan.EngineOfSecrets(), RuleID: "TEST", Title: "Test", Severity: severity, Fingerprint: fmt.Sprintf("leak%04d", n), Path: path, Occurrence: 1,
		Position: scan.Position{StartLine: 7, StartColumn: 1, EndLine: 7, EndColumn: 9}, Excerpt: "key = ••••", Secret: scan.NewSecret(fmt.Sprintf("canary-%d", n)),
	}
}

// oneRepository is an instance without any findings yet.
var oneRepository = []testdashboard.Project{{Key: "PAY", Name: "Payments", Repositories: []testdashboard.Repository{{Slug: "api", Name: "api", Branches: []string{"main=new", "dev=new"}}, {Slug: "web", Name: "web", Branches: []string{"main=new"}}}}}

var findingLink = regexp.MustCompile(`<a class="name" href="/findings/([0-9A-Z]+)"`)

// keys are the findings that a page lists, in order.
func keys(text string) (list []string) {
	for _, m := range findingLink.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestTheListOfFindingsIsTheAPIs for every role: the same findings, with the same facts.
func TestTheListOfFindingsIsTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testTheListOfFindingsIsTheAPIs)
}

func testTheListOfFindingsIsTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	for _, as := range testdashboard.Names {
		for _, query := range []string{"", "state=all", "state=accepted", "severity=high&severity=low", "rule=TEST", "rule=other", "engine=secrets", "engine=dependencies"} {
			_, body := s.rest(as, "/findings?limit=1000&"+query)
			var want []string
			page := s.browser(as).get("/findings?sort=newest&" + query)
			require.Equal(t, http.StatusOK, page.status)
			for _, v := range body["values"].([]any) {
				f := v.(map[string]any)
				want = append(want, f["id"].(string))
				require.Contains(t, page.text, fmt.Sprintf(`%v:%v</span>`, f["path"], f["line"]))
			}
			require.ElementsMatch(t, want, keys(page.text), "%s %s", as, query)
		}
	}
}

// TestTheListOfFindingsIsPaged in both directions, and keeps its filters.
func TestTheListOfFindingsIsPaged(t *testing.T) {
	t.Parallel()
	databases(t, testTheListOfFindingsIsPaged)
}

func testTheListOfFindingsIsPaged(t *testing.T, address string) {
	s := newServiceOn(t, address, "", oneRepository)
	var list []scan.Finding
	for i := range 120 {
		list = append(list, leak(i, scan.Severities[i%4], fmt.Sprintf("deploy/%03d.env", i)))
	}
	s.found("PAY", "api", "main", list...)
	b := s.browser("admin")
	rel := func(text, which string) string {
		_, after, _ := strings.Cut(text, `rel="`+which+`" href="`)
		path, _, _ := strings.Cut(after, `"`)
		return strings.ReplaceAll(path, "&amp;", "&")
	}
	for _, sort := range []string{"severity", "newest", "oldest"} {
		page := b.get("/findings?path=DEPLOY&sort=" + sort)
		require.Less(t, len(page.text), 150<<10)
		require.Empty(t, rel(page.text, "prev"))
		pages := [][]string{keys(page.text)}
		for rel(page.text, "next") != "" {
			page = b.get(rel(page.text, "next"))
			require.Contains(t, page.text, `value="DEPLOY"`)
			pages = append(pages, keys(page.text))
		}
		require.Len(t, pages, 3, sort)
		require.Equal(t, []int{50, 50, 20}, []int{len(pages[0]), len(pages[1]), len(pages[2])})
		seen := map[string]bool{}
		for _, p := range pages {
			for _, key := range p {
				require.False(t, seen[key])
				seen[key] = true
			}
		}
		for i := 1; i >= 0; i-- {
			page = b.get(rel(page.text, "prev"))
			require.Equal(t, pages[i], keys(page.text))
		}
		require.Empty(t, rel(page.text, "prev"), "the first page again")
	}
	first := b.get("/findings").text
	require.Less(t, strings.Index(first, `class="severity critical"`), strings.Index(first, `class="severity high"`))
	for _, bad := range []string{"after=x", "after=1.2.3.4", "before=99.99.!", "after=3.9999999999999999999.ABC"} {
		require.Equal(t, keys(first), keys(b.get("/findings?"+bad).text), bad)
	}
}

// TestFindingsAreFilteredByTheAddress: each filter by itself, and what the page says when nothing matches.
func TestFindingsAreFilteredByTheAddress(t *testing.T) {
	t.Parallel()
	databases(t, testFindingsAreFilteredByTheAddress)
}

func testFindingsAreFilteredByTheAddress(t *testing.T, address string) {
	s := newServiceOn(t, address, "", oneRepository)
	b := s.browser("admin")
	require.Contains(t, b.get("/findings").text, "There are no open findings")
	s.found("PAY", "api", "dev", leak(1, scan.SeverityHigh, "a.env"))
	s.found("PAY", "api", "main", leak(2, scan.SeverityLow, "b.env"))
	s.found("PAY", "web", "main", leak(3, scan.SeverityCritical, "c.env"))
	list, err := s.store.Findings.List(t.Context(), &scope.Visible{All: true}, findings.Filter{Order: findings.Oldest}, 10)
	require.NoError(t, err)
	require.Len(t, list, 3)
	name := map[string]string{}
	for i := range list {
		name[db.Key(list[i].ID)] = list[i].Path[:1]
	}
	list[1].State, list[1].Assignee, list[1].ChangedBy = findings.InReview, "admin", "admin"
	require.NoError(t, s.store.Findings.Triage(t.Context(), &list[1].Finding))
	for query, want := range map[string]string{
		"": "cab", "sort=oldest": "abc", "sort=newest": "cba", "place=PAY": "cab", "place=pay/API": "ab", "place=PAY/web": "c", "severity=low": "b", "severity=low&severity=critical": "cb",
		"state=in_review": "b", "state=all": "cab", "state=made-up": "cab", "assignee=me": "b", "assignee=Admin": "b", "assignee=reader": "", "branches=default": "cb", "path=.ENV": "cab", "path=a.": "a",
		"since=2000-01-01": "cab", "since=2999-01-01": "", "since=yesterday": "cab", "author=nobody": "", "place=GONE": "", "place=PAY/": "", "rule=test": "", "rule=TEST": "cab",
	} {
		a := b.get("/findings?" + query)
		require.Equal(t, http.StatusOK, a.status, query)
		got := ""
		for _, key := range keys(a.text) {
			got += name[key]
		}
		require.Equal(t, want, got, query)
		if want == "" {
			require.Contains(t, a.text, "Show all", query)
		}
	}
	require.Contains(t, b.get("/findings?assignee=me").text, `<span class="assignee">admin</span>`)
	require.Contains(t, b.get("/findings?place=NONE").text, "no project or repository of this name that you may read: NONE")
	require.Equal(t, b.get("/findings?place=GONE").status, s.browser("reader").get("/findings?place=PAY/web").status)
	require.Contains(t, s.browser("reader").get("/findings?place=PAY/web").text, "no project or repository of this name", "what one may not read does not exist")
}

// TestHostileFindingsOfAllRepositories, and no page has the text of a secret.
func TestHostileFindingsOfAllRepositories(t *testing.T) {
	t.Parallel()
	for i, evil := range []string{`"><script>alert(1)</script>`, `'onmouseover='alert(1)`, `</code></td><img/src=x/onerror=alert(1)>`, `{{.Body}}`, "javascript:alert(1)", "\u202egnp.exe", `" autofocus onfocus="alert(1)`, strings.Repeat("<", 5000)} {
		s := newService(t, "", oneRepository)
		var list []scan.Finding
		for n := range 60 {
			f := leak(n, scan.SeverityHigh, evil)
			f.Title, f.RuleID, f.Excerpt, f.Occurrence = evil, evil, evil, n+1
			list = append(list, f)
		}
		s.found("PAY", "api", "main", list...)
		b := s.browser("admin")
		q := url.QueryEscape(evil[:min(len(evil), 200)])
		for _, path := range []string{"/findings", fmt.Sprintf("/findings?place=%[1]s&rule=%[1]s&path=%[1]s&author=%[1]s&assignee=%[1]s&since=%[1]s&sort=%[1]s&engine=%[1]s&severity=%[1]s&after=%[1]s", q)} {
			a := b.get(path)
			require.Equal(t, http.StatusOK, a.status, path)
			require.Less(t, len(a.text), 150<<10, i)
			text := strings.ReplaceAll(a.text, `value="`+evil+`"`, "")
			for _, broken := range []string{"<script", "<img/src", "onmouseover='", `onfocus="`, `href="javascript:`, "canary", "\u202e"} {
				require.NotContains(t, s.withoutOwnScript(text), broken, path)
			}
		}
	}
}

// TestDecisionsAcrossRepositories are taken by the rights at each repository: all, or none with the reasons.
func TestDecisionsAcrossRepositories(t *testing.T) {
	t.Parallel()
	databases(t, testDecisionsAcrossRepositories)
}

func testDecisionsAcrossRepositories(t *testing.T, address string) {
	s := newServiceOn(t, address, "", append([]testdashboard.Project{{Key: "SHOP", Name: "Storefront", Repositories: []testdashboard.Repository{{Slug: "web", Name: "web", Branches: []string{"main=new"}}}}}, oneRepository...))
	s.found("PAY", "api", "main", leak(1, scan.SeverityHigh, "a.env"), leak(2, scan.SeverityLow, "b.env"))
	s.found("PAY", "web", "main", leak(3, scan.SeverityCritical, "c.env"))
	s.found("SHOP", "web", "main", leak(4, scan.SeverityMedium, "d.env"))
	list, err := s.store.Findings.List(t.Context(), everything, findings.Filter{Order: findings.Oldest}, 10)
	require.NoError(t, err)
	require.Len(t, list, 4)
	key := map[string]string{}
	for i := range list {
		key[list[i].Path[:1]] = db.Key(list[i].ID)
	}
	boxes := regexp.MustCompile(`<input type="checkbox" name="finding" value="([0-9A-Z]+)"`)
	choices := func(as string) (list []string) {
		for _, m := range boxes.FindAllStringSubmatch(s.browser(as).get("/findings?sort=oldest").text, -1) {
			list = append(list, m[1])
		}
		return list
	}
	for as, want := range map[string][]string{"nobody": nil, "reader": nil, "grantee": nil, "writer": {key["a"], key["b"]}, "padmin": {key["a"], key["b"], key["c"]}, "admin": {key["a"], key["b"], key["c"], key["d"]}} {
		require.ElementsMatch(t, want, choices(as), as)
		require.Equal(t, want != nil, strings.Contains(s.browser(as).get("/findings").text, `<form method="post" action="/findings/triage">`), as)
	}
	decide := func(as, action string, more url.Values, keys ...string) answer {
		form := url.Values{"action": {action}, "finding": keys, "back": {"/findings?sort=oldest&done=x"}}
		for name, values := range more {
			form[name] = values
		}
		return s.browser(as).post("/findings/triage", form)
	}
	state := func(name string) any {
		_, body := s.rest("admin", "/findings/"+key[name])
		return body["state"]
	}

	// A reader may see one of them, a project's administrator may not write to the other project: nothing changes.
	a := decide("reader", "false-positive", nil, key["a"], key["d"])
	require.Equal(t, http.StatusForbidden, a.status)
	require.Contains(t, a.text, "It is in PAY/api. This needs ")
	require.NotContains(t, a.text, "SHOP", "what one may not read does not exist")
	require.Contains(t, a.text, key["d"]+"</code>: It does not exist, or no longer, or you may not read its repository.")
	a = decide("padmin", "false-positive", nil, key["a"], key["d"], key["c"])
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Contains(t, a.text, "the other findings were fine")
	require.Equal(t, http.StatusForbidden, decide("grantee", "reopen", nil, key["a"]).status)
	require.Equal(t, http.StatusBadRequest, decide("nobody", "reopen", nil, key["a"]).status)
	require.Equal(t, http.StatusBadRequest, decide("admin", "accept", url.Values{"expires": {"2020-01-31"}}, key["a"], key["d"]).status)
	for name := range key {
		require.Equal(t, "OPEN", state(name), name)
	}
	require.Empty(t, s.told("finding.triaged"))
	require.ElementsMatch(t, []string{"reader PAY/api: ", "grantee PAY/api: "}, s.told("refused: POST /findings/triage"))

	a = decide("admin", "accept", url.Values{"reason": {"moved to the vault"}, "expires": {"2124-01-31"}}, key["a"], key["c"], key["d"])
	require.Equal(t, http.StatusSeeOther, a.status, a.text)
	require.Equal(t, "/findings?done=accepted&sort=oldest", a.header.Get("Location"))
	for _, name := range []string{"a", "c", "d"} {
		_, body := s.rest("admin", "/findings/"+key[name])
		require.Equal(t, []any{"ACCEPTED", "moved to the vault", "2124-01-31T23:59:59.000Z", "admin"}, []any{body["state"], body["reason"], body["expiresDate"], body["changedBy"]})
	}
	require.Equal(t, http.StatusSeeOther, decide("padmin", "assign", url.Values{"assignee": {"writer"}}, key["b"], key["c"]).status)
	require.Equal(t, http.StatusSeeOther, decide("writer", "in-review", nil, key["b"]).status)
	require.Equal(t, http.StatusSeeOther, decide("padmin", "false-positive", nil, key["c"], key["b"]).status)
	require.Equal(t, []any{"ACCEPTED", "FALSE_POSITIVE", "FALSE_POSITIVE", "ACCEPTED"}, []any{state("a"), state("b"), state("c"), state("d")})
	told := s.told("finding.triaged")
	require.Len(t, told, 8)
	require.Equal(t, "admin SHOP/web: finding "+key["d"]+`: OPEN to ACCEPTED, assignee ""`, told[5])
	require.Equal(t, "padmin PAY/api: finding "+key["b"]+`: IN_REVIEW to FALSE_POSITIVE, assignee "writer"`, told[0])
	for _, place := range []string{"PAY", "SHOP"} {
		_, body := s.rest("admin", "/status/projects/"+place)
		require.Equal(t, map[string]any{"critical": 0.0, "high": 0.0, "medium": 0.0, "low": 0.0}, body["openFindings"], "the counters of %s at once", place)
	}
	repaired, err := s.store.Recompute(t.Context())
	require.NoError(t, err)
	require.Zero(t, repaired)
}
