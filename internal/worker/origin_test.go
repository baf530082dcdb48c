package worker_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// The origin of a secret is known, also after other commits, in other branches, and when the line moves.
func TestAuthorsOfFindings(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	b.commit("PAY/api", "config.py", "# settings\n")
	as := func(name, text string) string {
		t.Helper()
		dir := filepath.Join(b.root, "PAY/api")
		require.NoError(t, os.WriteFile(filepath.Join(dir, "config.py"), []byte(text), 0o600))
		cmd := exec.CommandContext(t.Context(), "git", "commit", "-q", "-a", "-m", "change")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+strings.ToLower(name)+"@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
			"GIT_COMMITTER_NAME=Bot", "GIT_COMMITTER_EMAIL=bot@example.com", "GIT_COMMITTER_DATE=2026-02-03T04:05:06Z", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return b.git("PAY/api", "rev-parse", "HEAD")
	}
	grace := as("Grace", "# settings\n"+leak())
	as("Ada", "# settings\n"+leak()+"# more\n")
	b.git("PAY/api", "branch", "copy")
	b.sync()
	b.work(b.real())
	origin := func(branch string) findings.Origin {
		t.Helper()
		b.enqueue(queue.Request{Outdated: true})
		b.idle()
		list, err := b.store.Findings.Occurrences(t.Context(), b.branch("PAY", "api", branch).ID, findings.OccurrenceFilter{}, findings.OccurrenceKey{}, 10)
		require.NoError(t, err)
		require.Len(t, list, 1)
		return list[0].Origin
	}
	want := origin("main")
	require.Equal(t, []string{grace, "Grace", "grace@example.com", "2026-02-03T04:05:06Z"}, []string{want.Commit, want.Author, want.Email, want.At.Format("2006-01-02T15:04:05Z")})
	require.Equal(t, want, origin("copy"))
	as("Ada", "# more\n# settings\n"+leak())
	b.sync()
	require.Equal(t, want, origin("main"), "the line has moved")
	ada := as("Ada", "# settings\n"+strings.ReplaceAll(leak(), "url", "address"))
	b.sync()
	require.Equal(t, ada, origin("main").Commit)
	require.Equal(t, want, origin("copy"))
}
