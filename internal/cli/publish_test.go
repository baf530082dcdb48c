package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// sarifFile writes a log with one run and returns its name. run has the properties of the run in addition to the tool.
func sarifFile(t testing.TB, tool, run string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "log.sarif")
	require.NoError(t, os.WriteFile(name, []byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"`+tool+`"}},`+run+`}]}`), 0o600))
	return name
}

// sarifResult is a result of level error.
func sarifResult(rule, uri string, line int, more string) string {
	return fmt.Sprintf(`{"ruleId":%q,"level":"error","message":{"text":"%s is bad"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":%q},"region":{"startLine":%d}}}]%s}`, rule, rule, uri, line, more)
}

func results(list ...string) string { return `"results":[` + strings.Join(list, ",") + `]` }

// reportIDs lists the reports of a commit.
func reportIDs(server *fakebitbucket.Server, commit string) []string {
	var ids []string
	for _, r := range server.Reports(commit) {
		ids = append(ids, r.ExternalID)
	}
	slices.Sort(ids)
	return ids
}

func TestPublishKeepsAReportOfEachAnalysis(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n2\n3\n")
	category := func(id string) string { return `"automationDetails":{"id":"` + id + `"},` }
	found := results(sarifResult("R1", "a.txt", 1, ""))
	for name, c := range map[string]struct {
		first, second string
		reports       int
	}{
		"two categories":            {sarifFile(t, "Lint", category("backend")+found), sarifFile(t, "Lint", category("frontend")+found), 2},
		"categories with a slash":   {sarifFile(t, "Lint", category("ci/backend/")+found), sarifFile(t, "Lint", category("ci/frontend/")+found), 2},
		"a category and none":       {sarifFile(t, "Lint", found), sarifFile(t, "Lint", category("frontend")+found), 2},
		"two runs of one category":  {sarifFile(t, "Lint", category("ci/2026-11-29T10:00:00Z")+found), sarifFile(t, "Lint", category("ci/2026-11-30T10:00:00Z")+found), 1},
		"two runs without any":      {sarifFile(t, "Lint", found), sarifFile(t, "Lint", found), 1},
		"names of other alphabets":  {sarifFile(t, "安全扫描", found), sarifFile(t, "静态检查", found), 2},
		"names that share a prefix": {sarifFile(t, strings.Repeat("long ", 12)+"one", found), sarifFile(t, strings.Repeat("long ", 12)+"two", found), 2},
		"names of signs":            {sarifFile(t, "C++", found), sarifFile(t, "C#", found), 2},
		"a name without a letter":   {sarifFile(t, "!!!", found), sarifFile(t, "???", found), 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New()
			env := pipeline(r, proxy(t, server), commit)
			for _, file := range []string{c.first, c.second, c.second} {
				got := inProcess(t, env, "publish", file)
				require.Equal(t, scan.ExitFindings, got.code, got.stderr)
			}
			require.Len(t, reportIDs(server, commit), c.reports)
			for _, id := range reportIDs(server, commit) {
				require.Len(t, server.Annotations(commit, id), 1)
			}
		})
	}
}

func TestPublishLeavesTheReportOfThePipeAlone(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 2))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	require.Equal(t, scan.ExitFindings, inProcess(t, env).code)
	require.Equal(t, scan.ExitOK, inProcess(t, env, "publish", sarifFile(t, "Security", results())).code)
	require.Len(t, server.Annotations(commit, reportID), 2)
	require.Len(t, reportIDs(server, commit), 2)
}

func TestStepsThatSplitTheEnginesKeepTheirReports(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 2))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit, "DB_UPDATE=off", "BITBUCKET_ACCESS_TOKEN=", "REPORT_LINK=https://example.com/x")
	for range 2 {
		require.Equal(t, scan.ExitFindings, inProcess(t, append(env, "ENGINES=secrets")).code)
		require.Equal(t, scan.ExitOK, inProcess(t, append(env, "ENGINES=dependencies")).code)
	}
	require.Equal(t, []string{"sluice-security-dependencies", "sluice-security-secrets"}, reportIDs(server, commit))
	secrets, _ := server.Report(commit, "sluice-security-secrets")
	require.Equal(t, "FAILED", secrets.Result)
	require.Equal(t, "Security scan (secrets)", secrets.Title)
	dependencies, _ := server.Report(commit, "sluice-security-dependencies")
	require.Equal(t, "PASSED", dependencies.Result)

	whole := fakebitbucket.New()
	env = pipeline(r, proxy(t, whole), commit, "DB_UPDATE=off")
	inProcess(t, append(env, "ENGINES=secrets,dependencies,code"))
	inProcess(t, append(env, "ENGINES=secrets", "REPORT_ID=mine"))
	require.Equal(t, []string{"mine", reportID}, reportIDs(whole, commit), "a name that is given stays")

	ruled := r.commit(".sluice.yml", "engines: [secrets]\n")
	inProcess(t, append(env, "BITBUCKET_COMMIT="+ruled))
	require.Equal(t, []string{reportID}, reportIDs(whole, ruled), "the repository's file splits nothing")
	require.Equal(t, []string{"PENDING", "FAILED"}, whole.States(ruled, reportID))
}

func TestPublishTakesTheNameOfOneReport(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n")
	one, other := sarifFile(t, "One", results(sarifResult("R1", "a.txt", 1, ""))), sarifFile(t, "Other", results())
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	got := inProcess(t, env, "publish", "--report-id", "mine", "--report-title", "My scan", one)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	report, ok := server.Report(commit, "mine")
	require.True(t, ok)
	require.Equal(t, "My scan", report.Title)
	require.Equal(t, scan.ExitFindings, inProcess(t, env, "publish", "--merge", "--report-id", "both", one, other).code)
	require.Equal(t, []string{"both", "mine"}, reportIDs(server, commit))
	for _, flag := range []string{"--report-id=x", "--report-title=x"} {
		got = inProcess(t, env, "publish", flag, one, other)
		require.Equal(t, scan.ExitUsage, got.code)
		require.Contains(t, got.stderr, "One, Other; join them with --merge")
	}
	require.Equal(t, []string{"both", "mine"}, reportIDs(server, commit), "what is refused is refused before anything is sent")
}

func TestPublishSaysThatALogWithoutRunsIsAFinishedAnalysis(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n")
	server := fakebitbucket.New()
	name := filepath.Join(t.TempDir(), "trivy.sarif")
	require.NoError(t, os.WriteFile(name, []byte(`{"version":"2.1.0","runs":[]}`), 0o600))
	env := pipeline(r, proxy(t, server), commit)
	got := inProcess(t, env, "publish", name)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Contains(t, got.stdout, "trivy: report sluice-trivy, PASSED")
	report, _ := server.Report(commit, "sluice-trivy")
	require.Contains(t, report.Details, "trivy.sarif lists no runs: a finished analysis without findings")
	got = inProcess(t, env, "publish", "--merge", "--report-id", "all", name)
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Equal(t, []string{"all", "sluice-trivy"}, reportIDs(server, commit))
	require.Equal(t, scan.ExitOK, inProcess(t, append(env, "SARIF="+name)).code)
	report, _ = server.Report(commit, reportID)
	require.Contains(t, report.Details, "a finished analysis without findings")
}

func TestPublishOfAToolThatDidNotFinish(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n")
	file := sarifFile(t, "Lint", `"invocations":[{"executionSuccessful":false}],`+results())
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	got := inProcess(t, env, "publish", file)
	require.Equal(t, scan.ExitError, got.code)
	report, _ := server.Report(commit, "sluice-lint")
	require.Equal(t, "FAILED", report.Result)
	require.Contains(t, report.Details, "SARIF_ACCEPT_INCOMPLETE=true")
	require.Equal(t, scan.ExitError, inProcess(t, append(env, "SARIF="+file)).code)

	require.Equal(t, scan.ExitOK, inProcess(t, env, "publish", "--sarif-accept-incomplete", file).code)
	require.Equal(t, scan.ExitOK, inProcess(t, append(env, "SARIF="+file, "SARIF_ACCEPT_INCOMPLETE=yes")).code)
	for _, id := range []string{"sluice-lint", reportID} {
		report, _ = server.Report(commit, id)
		require.Equal(t, "PASSED", report.Result)
		require.Contains(t, report.Details, "Lint says that it did not finish", "it is named all the same")
	}
}
