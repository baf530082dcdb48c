package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

func TestTheWholeHistoryOfAShallowCloneIsNotCalledWhole(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("leak.txt", tokens(0, 1))
	r.commit("leak.txt", "")
	border := r.commit("a.txt", "1\n")
	r.commit("a.txt", "2\n")
	head := r.commit("a.txt", "3\n")
	clone := &repository{t, filepath.Join(t.TempDir(), "clone")}
	out, err := exec.CommandContext(t.Context(), "git", "clone", "-q", "--depth", "3", "file://"+r.dir, clone.dir).CombinedOutput()
	require.NoError(t, err, string(out))
	says := "the history was scanned only as far as the clone has it, 3 commits: the clone is shallow and ends at " + border[:12]
	server := fakebitbucket.New()
	got := inProcess(t, pipeline(clone, proxy(t, server), head, "HISTORY=full", "DB_UPDATE=off"))
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Contains(t, strings.Join(strings.Fields(got.stdout), " "), says)
	report, _ := server.Report(head, reportID)
	require.Contains(t, report.Details, says)
	file := filepath.Join(t.TempDir(), "r.json")
	got = inProcess(t, []string{"DB_UPDATE=off"}, "scan", "--history", "full", "--format", "json="+file, clone.dir)
	require.Contains(t, strings.Join(strings.Fields(got.stdout), " "), says)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "history-shallow")

	for _, quiet := range [][]string{{"--history", "full", r.dir}, {"--history", "off", clone.dir}, {"--history", "auto", clone.dir}, {clone.dir}} {
		got = inProcess(t, []string{"DB_UPDATE=off"}, append([]string{"scan"}, quiet...)...)
		require.NotContains(t, got.stdout, "shallow", quiet)
	}
}
