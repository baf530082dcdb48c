package dashboard_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testdashboard"
)

// file asks the API for a file as an account.
func (s *service) file(as, path string) answer {
	s.t.Helper()
	return s.browser("").do(http.MethodGet, "/rest/security/latest"+path, nil, func(r *http.Request) { r.SetBasicAuth(as, testdashboard.Password(as)) })
}

// TestFilesAreTheAPIs, byte for byte and for every role: the menus offer what a role may have, and nothing else.
func TestFilesAreTheAPIs(t *testing.T) {
	t.Parallel()
	databases(t, testFilesAreTheAPIs)
}

func testFilesAreTheAPIs(t *testing.T, address string) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	s := newServiceOn(t, address, "/sluice", testdashboard.Projects, func(o *testdashboard.Options) { o.Now = func() time.Time { return now } })
	const everything = "?includeAllowlisted=true&includeReviewed=true"
	for _, c := range []struct {
		// page has a menu with the file in it. rest is what the API calls it.
		page, path, rest, kind, name string
		may                          []string
	}{
		{"/", "/report", "/export-report" + everything + "&confirmExpensiveOperation=true", "application/zip", "sluice-report.zip", []string{"grantee", "admin"}},
		{"/projects", "/projects/PAY/report", "/export-report/projects/PAY" + everything, "text/csv; charset=utf-8", "sluice-PAY.csv", []string{"grantee", "padmin", "admin"}},
		{"/projects/PAY", "/projects/PAY/report", "/export-report/projects/PAY" + everything, "text/csv; charset=utf-8", "sluice-PAY.csv", []string{"grantee", "padmin", "admin"}},
		{"/projects/PAY", ofAPI + "/report", "/export-report" + ofAPI + everything, "text/csv; charset=utf-8", "sluice-PAY-api.csv", []string{"grantee", "writer", "padmin", "admin"}},
		{ofAPI, ofAPI + "/report", "/export-report" + ofAPI + everything, "text/csv; charset=utf-8", "sluice-PAY-api.csv", []string{"grantee", "writer", "padmin", "admin"}},
		{ofAPI, ofAPI + "/report?branch=main", "/export-report" + ofAPI + everything + "&branch=main", "text/csv; charset=utf-8", "sluice-PAY-api-main.csv", []string{"grantee", "writer", "padmin", "admin"}},
	} {
		for _, as := range testdashboard.Names {
			b, what := s.browser(as), as+" "+c.path
			a, rest := b.get(c.path), s.file(as, c.rest)
			require.Equal(t, rest.status, a.status, what)
			link := `href="/sluice` + c.path + `" download>Export `
			menu := b.get(c.page).text
			if !strings.Contains(strings.Join(c.may, " "), as) {
				require.Contains(t, []int{http.StatusForbidden, http.StatusNotFound}, a.status, what)
				require.NotContains(t, menu, link, what)
				continue
			}
			require.Equal(t, http.StatusOK, a.status, what)
			require.Contains(t, menu, link, what)
			require.Equal(t, []string{c.kind, `attachment; filename="` + c.name + `"`}, []string{a.header.Get("Content-Type"), a.header.Get("Content-Disposition")}, what)
			require.Equal(t, rest.text, a.text, what)
			require.NotEmpty(t, a.text, what)
		}
	}
	require.Contains(t, s.told("report.exported"), "padmin PAY: ")
	require.Contains(t, s.told("report.exported"), "grantee Everything: ")
	require.NotContains(t, s.browser("admin").get(ofAPI).text, "/report?branch=feature%2Fnew", "without a result there is nothing to export")
}

// TestTheAuditLogAsAFile has the entries that the filter of the page shows, as the API writes them.
func TestTheAuditLogAsAFile(t *testing.T) {
	t.Parallel()
	databases(t, testTheAuditLogAsAFile)
}

func testTheAuditLogAsAFile(t *testing.T, address string) {
	s := newServiceOn(t, address, "", testdashboard.Projects)
	admin := s.browser("admin")
	for range 60 {
		require.Equal(t, http.StatusSeeOther, admin.post("/settings/logging", map[string][]string{"level": {"DEBUG"}}).status)
	}
	require.Contains(t, admin.get("/audit?action=loglevel").text, `href="/audit/export?action=loglevel" download`)
	for _, query := range []string{"action=loglevel", "action=loglevel&actor=ADMIN", "action=nothing", "startDate=2026-01-01&endDate=2026-01-02"} {
		a := admin.get("/audit/export?" + query)
		require.Equal(t, []string{"text/csv; charset=utf-8", `attachment; filename="sluice-audit.csv"`}, []string{a.header.Get("Content-Type"), a.header.Get("Content-Disposition")})
		require.Equal(t, s.file("admin", "/audit/export?"+query).text, a.text, query)
		rows, err := csv.NewReader(strings.NewReader(a.text)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, []string{"number", "date", "actor", "action", "object", "detail", "hash"}, rows[0])
		want := 1
		if strings.HasPrefix(query, "action=loglevel") {
			want = 61
		}
		require.Len(t, rows, want, query)
	}
	whole := admin.get("/audit/export").text
	require.Contains(t, whole, ",admin,audit.exported,")
	require.Equal(t, http.StatusBadRequest, admin.get("/audit/export?startDate=yesterday").status)
	require.Equal(t, http.StatusForbidden, s.browser("padmin").get("/audit/export").status)
	require.Equal(t, http.StatusForbidden, s.file("padmin", "/audit/export").status)
}
