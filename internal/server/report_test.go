package server_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"database/sql"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/server"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/testwait"
	"github.com/sluice-scan/sluice/scan"
)

// rows reads a CSV file into maps by column.
func rows(t *testing.T, text string) []map[string]string {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	list := []map[string]string{}
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		list = append(list, m)
	}
	return list
}

func (s *service) report(as, path string) []map[string]string {
	s.t.Helper()
	a := s.call(as, http.MethodGet, path)
	require.Equal(s.t, http.StatusOK, a.status, a.text)
	require.Equal(s.t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
	return rows(s.t, a.text)
}

// forReports has findings in PAY/api (main and x), PAY/web and ~jdoe/notes.
func forReports(t *testing.T, change ...func(o *server.Options)) *service {
	s := newService(t, change...)
	s.list("PAY", "api: main=1 x=1", "web: main=1", "empty:")
	s.list("~jdoe", "notes: main=1")
	allowed := at("PASSWORD", "b.env", 9, plainLine, canary)
	allowed.Suppression = &scan.Suppression{Kind: scan.SuppressedInline}
	s.scanAll(at("PASSWORD", "=a.env", 1, plainLine, canary), at("AWS_SECRET", "c,\"d\".env", 2, plainLine, canary), allowed)
	return s
}

func TestTheWholeReport(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	require.Equal(t, http.StatusForbidden, s.call("padmin", http.MethodGet, "/export-report?confirmExpensiveOperation=true").status)
	for _, query := range []string{"", "?confirmExpensiveOperation=1", "?confirmExpensiveOperation=True"} {
		require.Equal(t, http.StatusBadRequest, s.call("admin", http.MethodGet, "/export-report"+query).status, query)
	}
	files := func(as string) map[string]string {
		a := s.call(as, http.MethodGet, "/export-report?confirmExpensiveOperation=true")
		require.Equal(t, http.StatusOK, a.status)
		require.Equal(t, "application/zip", a.header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="sluice-report.zip"`, a.header.Get("Content-Disposition"))
		archive, err := zip.NewReader(bytes.NewReader([]byte(a.text)), int64(len(a.text)))
		require.NoError(t, err)
		found := map[string]string{}
		for _, f := range archive.File {
			r, err := f.Open()
			require.NoError(t, err)
			text, err := io.ReadAll(r)
			require.NoError(t, err)
			found[f.Name] = string(text)
		}
		return found
	}
	all := files("admin")
	require.Len(t, all, 3)
	require.Len(t, rows(t, all["PAY.csv"]), 6)
	require.Len(t, rows(t, all["~jdoe.csv"]), 2)
	require.Equal(t, "project_key,project_name,file,findings\r\nPAY,Project PAY,PAY.csv,6\r\n~jdoe,Project ~jdoe,~jdoe.csv,2\r\n", all["index.csv"])
	require.Len(t, rows(t, files("grantee")["PAY.csv"]), 4, "the visible part")
}

func TestScopes(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	require.Len(t, s.report("padmin", "/export-report/projects/PAY"), 6)
	require.Len(t, s.report("grantee", "/export-report/projects/PAY"), 4)
	require.Equal(t, http.StatusForbidden, s.call("writer", http.MethodGet, "/export-report/projects/PAY").status)
	require.Equal(t, http.StatusForbidden, s.call("reader", http.MethodGet, "/export-report/projects/PAY/repos/api").status)
	require.Len(t, s.report("writer", "/export-report/projects/PAY/repos/api"), 4)
	for _, r := range s.report("writer", "/export-report/projects/PAY/repos/api?branch=x") {
		require.Equal(t, [4]string{"PAY", "Project PAY", "api", "x"}, [4]string{r["project_key"], r["project_name"], r["repository"], r["branch"]})
	}
	require.Len(t, s.report("writer", "/export-report/projects/PAY/repos/api?branch=x"), 2)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, "/export-report/projects/PAY/repos/api?branch=none").status)
	old := s.report("writer", "/rest/security/1.0/export-report/PAY/repos/api")
	require.Len(t, old, 2)
	require.Equal(t, "main", old[0]["branch"], "the default branch")
	require.Len(t, s.report("writer", "/rest/security/1.0/export-report/PAY/repos/api?branch=x"), 2)
	require.Empty(t, s.report("padmin", "/export-report/projects/PAY/repos/empty"))
	require.Contains(t, s.call("padmin", http.MethodGet, "/export-report/projects/PAY").header.Get("Content-Disposition"), "sluice-PAY.csv")
}

func TestDates(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	const path = "/export-report/PAY/repos/api"
	when := s.report("writer", path)[0]["scan_date"]
	at, err := time.Parse(time.RFC3339, when)
	require.NoError(t, err)
	later := at.Add(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	require.Len(t, s.report("writer", path+"?startDate="+when), 2, "at or after")
	require.Empty(t, s.report("writer", path+"?startDate="+later))
	require.Empty(t, s.report("writer", path+"?endDate="+when), "strictly before")
	require.Len(t, s.report("writer", path+"?endDate="+later), 2)
	require.Len(t, s.report("writer", path+"?startDate=2024-09-07&endDate="+url.QueryEscape("2124-09-07T00:01:12+02:00")), 2)
	require.Len(t, s.report("writer", path+"?endDate=2124-09-07T00:01:12+02:00"), 2, "a plus that is not escaped")
	for _, bad := range []string{"startDate=x", "endDate=07.09.2024", "startDate=2024-13-01"} {
		require.Equal(t, http.StatusBadRequest, s.call("writer", http.MethodGet, path+"?"+bad).status, bad)
	}
}

func TestCSVForSpreadsheets(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	a := s.call("writer", http.MethodGet, "/export-report/PAY/repos/api?includeAllowlisted=true")
	require.NotContains(t, a.text, canary, "masked")
	heading, _, _ := strings.Cut(a.text, "\r\n")
	require.Equal(t, "scan_date,project_key,project_name,repository,branch,commit,author,author_email,commit_date,path,line,column,engine,rule,severity,title,match_masked,match_text,fingerprint,allowlisted,"+
		"reviewed,reviewed_by,reviewed_at,state,reason,expires_at,package,version,fixed_version,advisory_ids,url,rule_id,flow", heading)
	paths := map[string]map[string]string{}
	for _, r := range rows(t, a.text) {
		paths[r["path"]] = r
	}
	require.Contains(t, paths, "'=a.env", "no formula")
	require.Contains(t, paths, `c,"d".env`, "quoted as RFC 4180 has it")
	require.Equal(t, "true", paths["b.env"]["allowlisted"])
	require.Equal(t, "false", paths["'=a.env"]["allowlisted"])
	require.Equal(t, [2]string{"HIGH", "secrets"}, [2]string{paths["b.env"]["severity"], paths["b.env"]["engine"]})
}

func TestFilters(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	const path = "/export-report/PAY/repos/api"
	require.Len(t, s.report("writer", path+"?ruleType=AWS_SECRET"), 1)
	require.Equal(t, http.StatusNotFound, s.call("writer", http.MethodGet, path+"?ruleType=NONE").status)
	require.Len(t, s.report("writer", path+"?includeAllowlisted=true"), 3)
	list, err := s.store.Findings.List(t.Context(), &scope.Visible{All: true}, findings.Filter{Rule: "AWS_SECRET"}, 10)
	require.NoError(t, err)
	for i := range list {
		list[i].State, list[i].Reason = findings.FalsePositive, "@test"
		require.NoError(t, s.store.Findings.Triage(t.Context(), &list[i].Finding))
	}
	require.Len(t, s.report("writer", path), 1)
	reviewed := s.report("writer", path+"?includeReviewed=true&ruleType=AWS_SECRET")[0]
	require.Equal(t, [3]string{"true", "FALSE_POSITIVE", "'@test"}, [3]string{reviewed["reviewed"], reviewed["state"], reviewed["reason"]})
}

// TestD10TextInReports: only if the settings allow it, and only for callers who may write to the repository.
func TestD10TextInReports(t *testing.T) {
	t.Parallel()
	s := withText(t)
	const path = "/export-report/PAY/repos/api"
	require.NotContains(t, s.call("writer", http.MethodGet, path).text, canary)
	require.NoError(t, s.store.Settings.Set(t.Context(), settings.PlaintextInExports.Name, "true"))
	text := s.call("writer", http.MethodGet, path).text
	require.Contains(t, text, canary)
	require.Contains(t, text, "'-----BEGIN KEY", "escaped, for it looks like a formula")
	require.NotContains(t, s.call("grantee", http.MethodGet, path).text, canary)
	require.Contains(t, s.call("admin", http.MethodGet, "/export-report/projects/PAY").text, canary)
	require.NotContains(t, s.call("grantee", http.MethodGet, "/export-report/projects/PAY").text, canary)
	events, err := s.store.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 20})
	require.NoError(t, err)
	n := 0
	for _, e := range events {
		if e.Action == "finding.revealed" {
			n++
		}
	}
	require.Equal(t, 2, n)
}

// TestAHugeReport is read in pieces: memory does not grow with it, the first row comes at once, and it ends when the
// client disconnects.
func TestAHugeReport(t *testing.T) {
	s := forReports(t)
	const many = 100_000
	db, err := sql.Open("sqlite", s.path)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `with recursive n(i) as (select 1 union all select i + 1 from n where i < $1)
		insert into occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed) select (select b.id from branch b join repository r on r.id = b.repository_id where r.slug = 'api' and b.name = 'main'), (select min(id) from finding),
		'path/number/' || i, 1, i, 1, i, 9, 'key = "••••••••" # a line of ordinary length with some words', '', '', '' from n`, many)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	runtime.GC()
	var before, during runtime.MemStats
	runtime.ReadMemStats(&before)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/rest/security/latest/export-report/PAY/repos/api", nil)
	require.NoError(t, err)
	request.SetBasicAuth("writer", "writer-password")
	request.Header.Set("Accept-Encoding", "identity")
	served := func() int { return strings.Count(s.log.String(), "path="+request.URL.Path) }
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	reader := bufio.NewScanner(response.Body)
	n, size, most := -1, 0, uint64(0)
	for reader.Scan() {
		size += len(reader.Bytes())
		if n++; n == 0 {
			require.Zero(t, served(), "the first line is here before the last one is written")
		}
		if n%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&during)
			most = max(most, during.HeapAlloc)
		}
	}
	require.NoError(t, reader.Err())
	require.NoError(t, response.Body.Close())
	require.Equal(t, many+2, n)
	grown := int64(most) - int64(before.HeapAlloc)
	require.Less(t, grown, int64(8<<20))
	require.Greater(t, size, 12<<20, "more than connections buffer")

	response, err = http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	testwait.Until(t, func() bool { return served() == 2 }, "the report ends with its reader")
}

func TestBothVersionsAreTheSame(t *testing.T) {
	t.Parallel()
	s := forReports(t)
	for _, path := range []string{"/status/projects/PAY", "/export-report/PAY/repos/api", "/scan/PAY/repos/api", "/findings"} {
		require.Equal(t, s.call("admin", http.MethodGet, "/rest/security/1.0"+path).text, s.call("admin", http.MethodGet, "/rest/security/latest"+path).text, path)
	}
	require.Equal(t, s.call("", http.MethodGet, "/rest/security/1.0/openapi.json").text, s.call("", http.MethodGet, "/openapi.json").text)
}
