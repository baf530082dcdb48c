package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

func TestPublishMasksWhatTheEngineFindsInAMessage(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n2\n3\n")
	server := fakebitbucket.New()
	said := func(tool, message string) (summary, details string) {
		file := sarifFile(t, tool, `"results":[{"ruleId":"token-rule","message":{"text":"`+message+`"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.txt"},"region":{"startLine":1}}}]}]`)
		env := pipeline(r, proxy(t, server), commit)
		got := inProcess(t, env, "publish", "--report-id", "one", file)
		require.NotContains(t, got.stdout+got.stderr, token(1))
		a := server.Annotations(commit, "one")
		require.Len(t, a, 1)
		return a[0].Summary, a[0].Details
	}
	summary, _ := said("Lint", "Unexpected token in line 3")
	require.Equal(t, "Unexpected token in line 3", summary)
	summary, _ = said("Lint", "The variable password is never used")
	require.Equal(t, "The variable password is never used", summary)
	for _, tool := range []string{"Lint", "gitleaks"} {
		summary, details := said(tool, "Do not commit "+token(1))
		require.NotContains(t, summary+details, token(1))
		summary, details = said(tool, `found password = \"Zx81-kqpT-Tw92\"`)
		require.NotContains(t, summary+details, "Zx81-kqpT-Tw92")
	}
	summary, _ = said("Lint", "Do not commit "+token(1))
	require.Equal(t, "Do not commit ••••••••", summary[:len("Do not commit ••••••••")], "the rest stays")
	summary, _ = said("gitleaks", "Some words of a leak")
	require.NotContains(t, summary, "Some words", "a scanner for secrets may quote anything")
}

func TestPublishTypesFollowTheTool(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n2\n3\n")
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	for tool, want := range map[string][2]string{"ESLint": {"BUG", "CODE_SMELL"}, "PHPStan": {"BUG", "BUG"}, "Trivy": {"SECURITY", "VULNERABILITY"}} {
		require.Equal(t, scan.ExitFindings, inProcess(t, env, "publish", "--report-id", "full", sarifFile(t, tool, results(sarifResult("R1", "a.txt", 1, "")))).code)
		require.Equal(t, scan.ExitOK, inProcess(t, env, "publish", "--report-id", "empty", sarifFile(t, tool, results())).code)
		for _, id := range []string{"full", "empty"} {
			report, _ := server.Report(commit, id)
			require.Equal(t, want[0], report.ReportType, tool)
		}
		require.Equal(t, want[1], server.Annotations(commit, "full")[0].Type, tool)
	}
	inProcess(t, env, "publish", "--merge", "--report-id", "both", sarifFile(t, "ESLint", results(sarifResult("R1", "a.txt", 1, ""))), sarifFile(t, "Trivy", results(sarifResult("R1", "a.txt", 1, ""))))
	report, _ := server.Report(commit, "both")
	require.Equal(t, "SECURITY", report.ReportType)
	require.Len(t, server.Annotations(commit, "both"), 2)
}

func TestALogThatIsNamedTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n2\n3\n")
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	file := sarifFile(t, "Lint", results(sarifResult("R1", "a.txt", 1, ""), sarifResult("R1", "a.txt", 1, ""), sarifResult("R1", "a.txt", 2, "")))
	inProcess(t, env, "publish", file, file)
	require.Len(t, server.Annotations(commit, "sluice-lint"), 2)
	inProcess(t, append(env, "SARIF="+file+","+file))
	require.Len(t, server.Annotations(commit, reportID), 2)
}
