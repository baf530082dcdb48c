package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// values is a page of the API's answer.
func (s *service) values(as, path string) (list []map[string]any) {
	s.t.Helper()
	status, body := s.rest(as, path)
	require.Equal(s.t, http.StatusOK, status, path)
	for _, v := range body["values"].([]any) {
		list = append(list, v.(map[string]any))
	}
	return list
}

// rowsByName cuts the rows out of a page, by what names them.
func rowsByName(text string) map[string]string {
	rows := map[string]string{}
	for _, row := range strings.Split(text, ` data-row="`)[1:] {
		name, rest, _ := strings.Cut(row, `"`)
		rows[strings.NewReplacer("&#43;", "+", "&amp;", "&").Replace(name)] = rest
	}
	return rows
}

// opensIn are the numbers of open findings in a part of a page, from the most severe on; nil where they are not known.
func opensIn(text string) (list []string) {
	for _, m := range openCell.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// opensOf are those of the API. Nothing is known of what was never looked at.
func opensOf(v map[string]any, known bool) []string {
	if !known {
		return nil
	}
	open := v["openFindings"].(map[string]any)
	return []string{fmt.Sprint(open["critical"]), fmt.Sprint(open["high"]), fmt.Sprint(open["medium"]), fmt.Sprint(open["low"])}
}

// looked reports whether counts tell of anything that was scanned.
func looked(v map[string]any) bool {
	counts := v["counts"].(map[string]any)
	for _, name := range []string{"secure", "vulnerable", "outdated", "partiallyScanned"} {
		if counts[name] != 0.0 && counts[name] != nil {
			return true
		}
	}
	return false
}

// activityOf is what the API tells of scans at a place, as rows show it.
func activityOf(v map[string]any) (chips []string) {
	for _, x := range [][2]string{{"running", "scanning"}, {"queued", "queued"}} {
		if n := v[x[0]]; n != 0.0 {
			chips = append(chips, fmt.Sprintf("%v %s", n, x[1]))
		}
	}
	return chips
}

var busyChip = regexp.MustCompile(`<span class="chip busy">([0-9,]+ (?:scanning|queued))</span>`)

func activityIn(text string) (chips []string) {
	for _, m := range busyChip.FindAllStringSubmatch(text, -1) {
		chips = append(chips, m[1])
	}
	return chips
}

// TestEveryNumberIsTheAPIs: what each row of each level, each branch, each scan and the queue show, for every role.
func TestEveryNumberIsTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testEveryNumberIsTheAPIs)
}

func testEveryNumberIsTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	for _, as := range testdashboard.Names {
		b := s.browser(as)
		page := b.get("/projects?type=all").text
		rows, projects := rowsByName(page), s.values(as, "/status/projects?limit=1000")
		require.Len(t, rows, len(projects), as)
		all, empty := 0.0, 0.0
		for _, p := range projects {
			path := "/projects/" + url.PathEscape(p["key"].(string))
			all, empty = all+p["repositoryCount"].(float64), empty+p["counts"].(map[string]any)["empty"].(float64)
			s.sameRow(as+" "+path, rows[path], p)
			s.repositoriesOf(b, as, path)
		}
		if len(projects) > 0 {
			words := fmt.Sprintf("%v repositories", all)
			if all == 1 {
				words = "1 repository"
			}
			if empty > 0 {
				words += fmt.Sprintf(" (%v empty)", empty)
			}
			require.Contains(t, page, words+" in ", as)
		}
		s.queueOf(b, as)
	}
}

// sameRow requires that a row has the numbers of the API.
func (s *service) sameRow(what, row string, v map[string]any) {
	s.t.Helper()
	require.NotEmpty(s.t, row, what)
	require.Equal(s.t, opensOf(v, looked(v)), opensIn(row), what)
	require.Equal(s.t, activityOf(v), activityIn(row), what)
	require.Equal(s.t, v["lastScanDate"] == nil, strings.Contains(row, `>never</span>`) || v["lastScanDate"] == nil && v["running"] != 0.0, what)
}

// repositoriesOf compares the page of a project, and those of its repositories and branches.
func (s *service) repositoriesOf(b *browser, as, project string) {
	t := s.t
	t.Helper()
	repositories := s.values(as, "/status"+project+"/repos?limit=1000")
	rows := rowsByName(b.get(project).text)
	require.Len(t, rows, len(repositories), as)
	for _, r := range repositories {
		path := project + "/repos/" + r["slug"].(string)
		s.sameRow(as+" "+path, rows[path], r)
		page := b.get(path).text
		if n := r["branchCount"]; n != 0.0 {
			require.Regexp(t, fmt.Sprintf(`%v branch(es)?</p>`, n), page, path)
		}
		branches := rowsByName(page)
		for _, x := range s.values(as, "/status"+path+"/branches?limit=1000") {
			name := x["displayId"].(string)
			what := as + " " + path + " " + name
			row := branches[name]
			require.NotEmpty(t, row, what)
			scanned := x["status"] != "NOT_SCANNED"
			require.Equal(t, opensOf(x, scanned), opensIn(row), what)
			require.Contains(t, row, x["scanStatusText"], what)
			require.Equal(t, x["incomplete"], strings.Contains(row, ">incomplete</span>"), what)
			require.Equal(t, x["queuedAgain"], strings.Contains(row, ">queued again</span>"), what)
			require.Equal(t, scanned, strings.Contains(row, "<dt>Last scan duration</dt>"), what)
			if progress := x["progress"]; progress != nil {
				require.Contains(t, row, fmt.Sprintf(">%v\u00a0%%</b>", progress), what)
			}
			s.branchOf(b, what, path, x)
		}
	}
}

// branchOf compares the page of a branch and that of its last scan.
func (s *service) branchOf(b *browser, what, path string, x map[string]any) {
	t := s.t
	t.Helper()
	name, scanned := x["displayId"].(string), x["status"] != "NOT_SCANNED"
	page := b.get(path + "/analysis?branch=" + url.QueryEscape(name)).text
	head, _, _ := strings.Cut(page, "</section>")
	require.Equal(t, opensOf(x, scanned), opensIn(head), what)
	require.Contains(t, head, x["scanStatusText"], what)
	if scanned {
		sum := 0.0
		for _, n := range x["openFindings"].(map[string]any) {
			sum += n.(float64)
		}
		require.Len(t, rowsOf(page), int(sum), what)
	}
	last, _ := x["lastScan"].(map[string]any)
	if last == nil {
		return
	}
	_, q := s.rest("admin", "/scans/"+last["scanKey"].(string))
	scan := b.get("/scans/" + last["scanKey"].(string)).text
	if q["state"] == "SUCCEEDED" {
		require.Regexp(t, fmt.Sprintf(`<p>%v findings?: %v new since the result before, %v gone\.</p>`, q["findingCount"], q["appearedCount"], q["vanishedCount"]), scan, what)
	}
	require.True(t, q["commit"] == "" || strings.Contains(scan, fmt.Sprintf(`<code>%.10s</code>`, q["commit"])), what)
}

// queueOf compares the queue, and what the head of each page says of it.
func (s *service) queueOf(b *browser, as string) {
	t := s.t
	t.Helper()
	running, waiting := 0, 0
	var texts []string
	for _, q := range s.values(as, "/queue?limit=1000") {
		texts = append(texts, q["text"].(string))
		if q["state"] == "RUNNING" {
			running++
		} else {
			waiting++
		}
	}
	words := "Queue is empty"
	if running+waiting > 0 {
		words = fmt.Sprintf("Queue: %d running, %d waiting", running, waiting)
	}
	page := b.get("/queue").text
	require.Contains(t, page, "<summary>"+words+"</summary>", as)
	var shown []string
	for _, item := range items(page) {
		text, _, _ := strings.Cut(item, ", ")
		shown = append(shown, text)
	}
	require.Equal(t, texts, shown, as)
}

// TestEveryListIsTheAPIs: rules, reviewed texts, accounts, groups, roles, tokens, schedules and mails, for every role. A page shows as many as
// the API lists; where the API refuses a role, the page does too, or leaves the list out.
func TestEveryListIsTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testEveryListIsTheAPIs)
}

func testEveryListIsTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects, (*testdashboard.Options).Around)
	admin := s.browser("admin")
	for _, form := range []struct {
		path   string
		values url.Values
	}{
		{"/reviewed/add", url.Values{"text": {"one"}}}, {"/reviewed/add", url.Values{"text": {"two"}}}, {"/projects/PAY/repos/api/reviewed/add", url.Values{"text": {"three"}}},
		{"/rules/new", url.Values{"name": {"acme key"}, "regexp": {"acme_[0-9]{8}"}, "enabled": {"true"}}}, {"/rules/switch", url.Values{"rule": {"RSA_PRIVATE_KEY"}, "on": {"false"}}},
		{"/settings/access/groups", url.Values{"group": {"team-a"}, "members": {"writer\nreader"}}}, {"/settings/access/groups", url.Values{"group": {"team-b"}, "members": {"writer"}}},
		{"/settings/access/roles", url.Values{"kind": {"group"}, "who": {"team-a"}, "scope": {"PAY/web"}, "role": {"READ"}}},
		{"/settings/schedule", url.Values{"scope": {"PAY"}, "cron": {"@daily"}, "mode": {"outdated"}}}, {"/settings/schedule", url.Values{"scope": {"PAY/api"}, "cron": {"@daily"}, "mode": {"outdated"}}},
	} {
		a := admin.post(form.path, form.values)
		require.Equal(t, http.StatusSeeOther, a.status, form.path+a.text)
	}
	for _, as := range []string{"reader", "writer", "writer", "admin"} {
		require.Equal(t, http.StatusOK, s.browser(as).post("/profile/tokens", url.Values{"name": {"nightly"}, "scope": {"read"}, "days": {"30"}}).status)
	}
	s.failMail("Payments", "550 no such user")

	tokens := []string{}
	for _, of := range testdashboard.Names {
		tokens = append(tokens, "/accounts/"+of+"/tokens")
	}
	for _, as := range testdashboard.Names {
		b := s.browser(as)
		for _, list := range []struct {
			page, row string
			rest      []string
			want      int
		}{
			{"/settings/access", `<a class="name" href="/settings/access/accounts/`, []string{"/accounts"}, 6},
			{"/settings/access/groups", `<td data-name="Members">`, []string{"/groups"}, 2},
			{"/settings/access/roles", `<td data-name="Role">`, []string{"/access"}, 6},
			{"/settings/tokens", `<td data-name="Scopes">`, tokens, 4},
			{"/profile", `<td data-name="Scopes">`, []string{"/tokens"}, map[string]int{"reader": 1, "writer": 2, "admin": 1}[as]},
			{"/settings/schedule", `<td data-name="Next">`, []string{"/schedules"}, map[string]int{"grantee": 1, "admin": 2}[as]},
			{"/settings/notifications", `<td data-name="About">`, []string{"/mails"}, 2},
		} {
			what := as + " " + list.page
			listed, refused := 0, false
			for _, path := range list.rest {
				status, n := s.listed(as, path)
				if refused = status == http.StatusForbidden; refused {
					break
				}
				require.Equal(t, http.StatusOK, status, what)
				listed += n
			}
			a := b.get(list.page)
			_, main, _ := strings.Cut(a.text, `<main`)
			if refused {
				require.Zero(t, strings.Count(main, list.row), what)
				require.True(t, a.status == http.StatusForbidden || list.page == "/settings/notifications", what)
				continue
			}
			require.Equal(t, http.StatusOK, a.status, what)
			require.Equal(t, list.want, listed, what)
			require.Equal(t, listed, strings.Count(main, list.row), what)
		}
		s.rulesOf(b, as)
		for path, kind := range map[string]string{"": "GLOBAL", "/projects/PAY/repos/api": "REPOSITORY"} {
			file, a := s.file(as, "/export/reviewed"+path), b.get(path+"/reviewed")
			if file.status != http.StatusOK {
				require.NotContains(t, a.text, `<td data-name="Reviewed by">`, as+path)
				continue
			}
			require.Equal(t, map[string]int{"GLOBAL": 2, "REPOSITORY": 1}[kind], strings.Count(file.text, "\r\n"+kind+","), as+path)
			require.Equal(t, strings.Count(file.text, "\r\n"+kind+","), strings.Count(a.text, `<td data-name="Reviewed by">`), as+path)
		}
	}
}

// listed is how many things the API lists, in pages or at once.
func (s *service) listed(as, path string) (status, n int) {
	s.t.Helper()
	a := s.browser("").do(http.MethodGet, "/rest/security/latest"+path, nil, func(r *http.Request) { r.SetBasicAuth(as, testdashboard.Password(as)) })
	if strings.HasPrefix(a.text, "[") {
		return a.status, len(decoded[[]any](s.t, a.text))
	}
	values, _ := decoded[map[string]any](s.t, a.text)["values"].([]any)
	return a.status, len(values)
}

// rulesOf compares what the page of rules counts.
func (s *service) rulesOf(b *browser, as string) {
	s.t.Helper()
	off, own, all := 0, 0, s.apiRules(as)
	for _, rule := range all {
		if rule["hardcoded"] != true {
			own++
		} else if rule["enabled"] == false {
			off++
		}
	}
	require.Contains(s.t, b.get("/rules").text, fmt.Sprintf("%d built-in rules, %d of them off; %d added rule.", len(all)-own, off, own), as)
}
