package dashboard_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

var trendRow = regexp.MustCompile(`(?m)^<tr><th scope="row">([0-9-]+)(.*)$`)

// trendOf are the days of the table of a page: the cells by day.
func trendOf(text string) map[string][]string {
	days := map[string][]string{}
	for _, m := range trendRow.FindAllStringSubmatch(text, -1) {
		days[m[1]] = strings.Split(m[2], "<td>")[1:]
	}
	return days
}

// TestTrendsAreTheAPIs for every role, of everything, a project and a repository.
func TestTrendsAreTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testTrendsAreTheAPIs)
}

func testTrendsAreTheAPIs(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	require.NoError(t, testdashboard.AddHistory(t.Context(), s.store, 40))
	start := "?startDate=" + time.Now().UTC().AddDate(0, 0, -89).Format(time.DateOnly)
	for _, as := range testdashboard.Names {
		for place, path := range map[string]string{"": "/trends", "pay": "/trends/projects/PAY", "PAY/API": "/trends/projects/PAY/repos/api", "SHOP": "/trends/projects/SHOP"} {
			page := s.browser(as).get("/trends?days=90&place=" + url.QueryEscape(place))
			require.Equal(t, http.StatusOK, page.status)
			require.Less(t, len(page.text), 150<<10)
			got := trendOf(page.text)
			status, body := s.rest(as, path+start)
			if status == http.StatusNotFound {
				require.Contains(t, page.text, "no project or repository of this name")
				require.Empty(t, got)
				continue
			}
			values := body["values"].([]any)
			require.Len(t, got, len(values), "%s %s", as, place)
			for _, v := range values {
				p := v.(map[string]any)
				open := p["openFindings"].(map[string]any)
				want := []string{fmt.Sprint(open["critical"]), fmt.Sprint(open["high"]), fmt.Sprint(open["medium"]), fmt.Sprint(open["low"]), fmt.Sprint(p["newFindings"]), fmt.Sprint(p["fixedFindings"])}
				for _, severity := range []string{"critical", "high", "medium", "low"} {
					if age := p["medianAgeDays"].(map[string]any)[severity]; age != nil {
						want = append(want, fmt.Sprint(age))
					} else {
						want = append(want, "–")
					}
				}
				require.Equal(t, want, got[p["date"].(string)], "%s %s %v", as, place, p["date"])
			}
		}
	}
}

// TestDaysThatNobodyKnowsAreGaps, today is not final, and a long period stays small.
func TestDaysThatNobodyKnowsAreGaps(t *testing.T) {
	t.Parallel()
	databases(t, testDaysThatNobodyKnowsAreGaps)
}

func testDaysThatNobodyKnowsAreGaps(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	b := s.browser("admin")
	page := b.get("/trends").text
	require.Len(t, trendOf(page), 1, "today")
	require.Contains(t, page, "There is no data for the days before "+time.Now().UTC().Format(time.DateOnly))
	require.Contains(t, page, "not final")
	require.NoError(t, testdashboard.AddHistory(t.Context(), s.store, 400))
	page = b.get("/trends?days=365").text
	require.Len(t, trendOf(page), 365)
	require.NotContains(t, page, "Nothing is known")
	require.Less(t, len(page), 150<<10)
	require.Len(t, trendOf(b.get("/trends?days=made-up").text), 30)
	require.Contains(t, s.browser("nobody").get("/trends").text, "There is no data for these days")
	for _, evil := range []string{`"><script>alert(1)</script>`, `{{.Body}}`, "\u202egnp.exe"} {
		text := strings.ReplaceAll(b.get("/trends?place="+url.QueryEscape(evil)).text, `value="`+evil+`"`, "")
		require.Contains(t, text, "no project or repository of this name")
		require.NotContains(t, s.withoutOwnScript(text), "<script")
		require.NotContains(t, text, "\u202e")
	}
}
