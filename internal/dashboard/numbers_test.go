package dashboard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// rest asks the API as an account.
func (s *service) rest(as, path string) (status int, body map[string]any) {
	s.t.Helper()
	a := s.browser("").do(http.MethodGet, "/rest/security/latest"+path, nil, func(r *http.Request) { r.SetBasicAuth(as, testdashboard.Password(as)) })
	require.NoError(s.t, json.Unmarshal([]byte(a.text), &body), a.text)
	return a.status, body
}

var (
	barLabel = regexp.MustCompile(`aria-label="((?:Repositories|Branches): [^"]*)"`)
	openCell = regexp.MustCompile(`title="([0-9,]+) (critical|high|medium|low)"`)
	rowName  = regexp.MustCompile(`<a class="name" href="([^"]*)">`)
)

// labelOf is the label that the API's counts give a bar.
func labelOf(of string, counts map[string]any, partial bool) string {
	text := fmt.Sprintf("%s: secure %v, vulnerable %v, outdated %v", of, counts["secure"], counts["vulnerable"], counts["outdated"])
	if partial || counts["partiallyScanned"] != 0.0 {
		text += fmt.Sprintf(", partially scanned %v", counts["partiallyScanned"])
	}
	return text + fmt.Sprintf(", not scanned %v", counts["notScanned"])
}

// TestNumbersAreTheAPIs for every role, on all three levels.
func TestNumbersAreTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testNumbersAreTheAPIs)
}

func testNumbersAreTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	for _, as := range testdashboard.Names {
		b := s.browser(as)
		_, list := s.rest(as, "/status/projects")
		var bars, opens []string
		for _, v := range list["values"].([]any) {
			p := v.(map[string]any)
			if counts := p["counts"].(map[string]any); p["repositoryCount"] != counts["empty"] {
				bars = append(bars, labelOf("Repositories", counts, true))
				if open := p["openFindings"].(map[string]any); counts["notScanned"] != p["repositoryCount"].(float64)-counts["empty"].(float64) {
					opens = append(opens, fmt.Sprint(open["critical"]), fmt.Sprint(open["high"]), fmt.Sprint(open["medium"]), fmt.Sprint(open["low"]))
				}
			}
			key := url.PathEscape(p["key"].(string))
			page := b.get("/projects/" + key)
			require.Equal(t, http.StatusOK, page.status)
			_, repositories := s.rest(as, "/status/projects/"+key+"/repos")
			want := []string{labelOf("Repositories", p["counts"].(map[string]any), true)}
			for _, v := range repositories["values"].([]any) {
				r := v.(map[string]any)
				if r["empty"] != true {
					want = append(want, labelOf("Branches", r["counts"].(map[string]any), false))
				}
				slug := r["slug"].(string)
				branches := b.get("/projects/" + key + "/repos/" + slug)
				require.Equal(t, http.StatusOK, branches.status)
				_, values := s.rest(as, "/status/projects/"+key+"/repos/"+slug+"/branches")
				for _, v := range values["values"].([]any) {
					x := v.(map[string]any)
					require.Contains(t, branches.text, x["displayId"])
					require.Contains(t, branches.text, x["scanStatusText"])
				}
			}
			require.Equal(t, want[0], barLabel.FindStringSubmatch(page.text)[1], as+key)
			require.ElementsMatch(t, want, labels(page.text), as+key)
		}
		page := b.get("/projects?type=all&sort=name")
		require.ElementsMatch(t, bars, labels(page.text)[min(1, len(bars)):], as)
		var shown []string
		for _, m := range openCell.FindAllStringSubmatch(page.text, -1) {
			shown = append(shown, m[1])
		}
		require.Equal(t, opens, shown, as)
	}
}

func labels(text string) (list []string) {
	for _, m := range barLabel.FindAllStringSubmatch(text, -1) {
		list = append(list, m[1])
	}
	return list
}

// TestEveryScanStatusIsShown with what people need to know of it.
func TestEveryScanStatusIsShown(t *testing.T) {
	t.Parallel()
	databases(t, testEveryScanStatusIsShown)
}

func testEveryScanStatusIsShown(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	page := s.browser("writer").get("/projects/PAY/repos/api").text
	for _, words := range []string{
		"Not Scanned", "Queued", ">73\u00a0%</b>", "Up To Date", "Scanned 3 Commits Ago", "Scanned 1 Commit Ago", "Scanned Before History Rewrite", "Scanned With Older Rules", "Cancelled", "Internal Error", "Scanned In Part",
		"incomplete</span>", "2 files could not be read: vendor/data.bin, vendor/more.bin", "new commits came after the scan", "unexpected end of the pack", "The log tells more under the scan <a href=\"/scans/", "node-1",
	} {
		require.Contains(t, page, words)
	}
	rows := strings.Split(page, "<li data-row=")
	i := slices.IndexFunc(rows, func(row string) bool { return strings.Contains(row, `title="feature/new"`) })
	require.NotContains(t, rows[i], `<summary class="row"`, "without a result there is nothing to expand")
	require.Contains(t, rows[i], "not known")
}

// TestListsAreFiltered by what the address says.
func TestListsAreFiltered(t *testing.T) {
	t.Parallel()
	databases(t, testListsAreFiltered)
}

func testListsAreFiltered(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("admin")
	for path, want := range map[string]string{
		"/":                                   "PAY SHOP DATA LEG OPS",
		"/?sort=name":                         "DATA LEG OPS PAY SHOP",
		"/?sort=made-up":                      "PAY SHOP DATA LEG OPS",
		"/?type=personal":                     "~jdoe",
		"/?type=all&sort=name":                "DATA ~jdoe LEG OPS PAY SHOP",
		"/?status=vulnerable":                 "PAY SHOP",
		"/?status=unscanned":                  "LEG",
		"/?name=PAY":                          "PAY",
		"/?name=o&status=unscanned":           "",
		"/?page=2":                            "",
		"/projects/PAY?name=w":                "mobile web",
		"/projects/PAY?status=partial":        "mobile",
		"/projects/PAY?sort=name&status=none": "api docs fraud ledger mobile web",
	} {
		a := b.get(path)
		require.Equal(t, http.StatusOK, a.status)
		var names []string
		for _, m := range rowName.FindAllStringSubmatch(a.text, -1) {
			names = append(names, m[1][strings.LastIndex(m[1], "/")+1:])
		}
		require.Equal(t, want, strings.Join(names, " "), path)
	}
}

// TestAPageWithFiftyRowsIsSmall, and leads to the next one.
func TestAPageWithFiftyRowsIsSmall(t *testing.T) {
	t.Parallel()
	big := testdashboard.Project{Key: "BIG", Name: "Big"}
	many := testdashboard.Repository{Slug: "many", Name: "many"}
	for i := range 60 {
		many.Branches = append(many.Branches, fmt.Sprintf("feature/something-with-a-long-name-%03d=vulnerable", i))
	}
	big.Repositories = append(big.Repositories, many)
	for i := range 60 {
		big.Repositories = append(big.Repositories, testdashboard.Repository{Slug: fmt.Sprintf("repository-%02d", i), Name: fmt.Sprintf("Repository %02d", i), Branches: []string{"main=new"}})
	}
	s := newService(t, "", []testdashboard.Project{big})
	b := s.browser("admin")
	for _, path := range []string{"/projects/BIG", "/projects/BIG/repos/many"} {
		a := b.get(path)
		t.Logf("%s: %d bytes", path, len(a.text))
		require.Less(t, len(a.text), 150<<10, path)
		require.Contains(t, a.text, "1–50 of 6")
		require.Contains(t, a.text, `rel="next" href="`+path+`?page=2"`)
		require.Contains(t, b.get(path+"?page=2").text, "51–6")
	}
}
