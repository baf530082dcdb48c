package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

func TestPipePublishesTheReportWhenAnOutputCannotBeWritten(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	clean := r.commit("a.txt", "clean\n")
	leaky := r.commit("b.txt", tokens(0, 2))
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	good := filepath.Join(dir, "good.json")
	for name, c := range map[string]struct {
		variable string
		named    string
	}{
		"no such folder":     {"FORMAT=html=" + dir + "/none/report.html", dir + "/none/report.html: no such file or directory: create its folder first"},
		"a folder":           {"FORMAT=sarif=" + dir, "is a directory"},
		"below a file":       {"FORMAT=csv=" + file + "/a.csv", "file/a.csv: not a directory"},
		"OUTPUT":             {"OUTPUT=" + dir + "/none/report.txt", "none/report.txt"},
		"the baseline":       {"WRITE_BASELINE=" + dir + "/none/known.json", "write the baseline to " + dir + "/none/known.json"},
		"a full device":      {"FORMAT=junit=/dev/full", "no space left on device"},
		"one of two outputs": {"FORMAT=html=" + dir + "/none/report.html,json=" + good, "none/report.html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for commit, result := range map[string]string{clean: "PASSED", leaky: "FAILED"} {
				server := fakebitbucket.New()
				got := inProcess(t, pipeline(r, proxy(t, server), commit, c.variable))
				require.Equal(t, scan.ExitError, got.code, got.stderr)
				require.Contains(t, got.stderr, c.named)
				require.Contains(t, got.stderr, "report published")
				report, _ := server.Report(commit, reportID)
				require.Equal(t, result, report.Result)
				require.NotContains(t, report.Details, "Nothing is known")
				require.Equal(t, result == "FAILED", len(server.Annotations(commit, reportID)) == 2)
			}
		})
	}
	t.Cleanup(func() { require.FileExists(t, good, "the output that can be written is") })
}
