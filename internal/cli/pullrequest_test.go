package cli_test

import (
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// pullRequest is a repository with a destination that contains an old secret, and a source branch.
type pullRequest struct {
	*repository
	destination, merge, source string
}

// newPullRequest commits old files on main, branches off, and then adds one more commit on main.
func newPullRequest(t *testing.T, main, source []string) *pullRequest {
	r := newRepository(t)
	p := &pullRequest{repository: r}
	p.merge = r.commit(main...)
	r.git("checkout", "-q", "-b", "feature")
	for _, files := range [][]string{source} {
		p.source = r.commit(files...)
	}
	r.git("checkout", "-q", "main")
	p.destination = r.commit("later.txt", "main moved on\n")
	return p
}

func (p *pullRequest) env(t *testing.T, server *fakebitbucket.Server, more ...string) []string {
	return append(pipeline(p.repository, proxy(t, server), p.source, "BITBUCKET_BRANCH=feature", "BITBUCKET_PR_ID=7",
		"BITBUCKET_PR_DESTINATION_BRANCH=main", "BITBUCKET_PR_DESTINATION_COMMIT="+p.destination[:12]), more...)
}

func TestPullRequestBlocksOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", tokens(0, 2)}, []string{"old.txt", "\n\n" + tokens(0, 2), "new.txt", "clean\n"})
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server))
	require.Equal(t, scan.ExitOK, got.code, got.stdout)
	require.Contains(t, got.stdout, "2 older ones do not block")
	report, _ := server.Report(p.source, reportID)
	require.Equal(t, "PASSED", report.Result)
	require.Contains(t, report.Details, "compared with the merge base "+p.merge[:12])
	for _, a := range server.Annotations(p.source, reportID) {
		require.Equal(t, "IGNORED", a.Result)
		require.Greater(t, a.Line, 2, "lines are those of the commit")
	}
	require.Equal(t, scan.ExitFindings, inProcess(t, p.env(t, server, "FAIL_SCOPE=all")).code)
	require.Equal(t, scan.ExitOK, inProcess(t, p.env(t, server, "FAIL_SCOPE=all", "FAIL_ON=none")).code)
}

func TestPullRequestScansTheCommitAndNotTheMergeThatIsCheckedOut(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"a.txt", "1\n2\n3\n"}, []string{"a.txt", "1\n2\n3\n" + tokens(0, 1)})
	// Pipelines checks out a merge of source and destination. Here it moves the finding and adds a finding of the
	// destination.
	p.git("merge", "-q", "--no-edit", "feature")
	p.commit("a.txt", "0\n0\n1\n2\n3\n"+tokens(0, 1), "b.txt", tokens(5, 6))
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server, "BITBUCKET_COMMIT="+p.source[:12]))
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	annotations := server.Annotations(p.source, reportID)
	require.Len(t, annotations, 1)
	require.Equal(t, "a.txt", annotations[0].Path)
	require.Equal(t, 4, annotations[0].Line)
}

func TestPullRequestFindsWhatWasAddedAndRemovedAgain(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	p := &pullRequest{repository: r, merge: r.commit("a.txt", "clean\n")}
	p.destination = p.merge
	r.git("checkout", "-q", "-b", "feature")
	added := r.commit("config.env", tokens(0, 1))
	p.source = r.commit("config.env", "")
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server))
	require.Equal(t, scan.ExitFindings, got.code, got.stdout)
	annotations := server.Annotations(p.source, reportID)
	require.Len(t, annotations, 1)
	require.Empty(t, annotations[0].Path)
	require.Contains(t, annotations[0].Summary, "config.env at "+added[:12])
	require.Equal(t, scan.ExitOK, inProcess(t, p.env(t, server, "HISTORY=off")).code)
}

func TestPullRequestCannotSwitchItsOwnGateOff(t *testing.T) {
	t.Parallel()
	policy := "fail-on: NONE\nsuppress:\n  - path: '**'\n    reason: trust me\n"
	p := newPullRequest(t, []string{".sluice.yml", "fail-on: HIGH\n"}, []string{".sluice.yml", policy, "known.json", `{"version":1,"findings":[]}`, "a.txt", tokens(0, 1)})
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server))
	require.Equal(t, scan.ExitFindings, got.code, got.stdout)
	report, _ := server.Report(p.source, reportID)
	require.Contains(t, report.Details, "this pull request changes .sluice.yml; the destination's is used")

	p.git("checkout", "-q", "feature")
	got = inProcess(t, p.env(t, server, "BASELINE="+filepath.Join(p.dir, "known.json")))
	require.Equal(t, scan.ExitUsage, got.code, "a baseline of the pull request itself is not taken")
	require.Contains(t, got.stderr, "BASELINE: read")
	got = inProcess(t, p.env(t, server, "CONFIG="+filepath.Join(p.dir, ".sluice.yml")))
	require.Equal(t, scan.ExitFindings, got.code, "nor is its configuration by another way")
}

func TestPullRequestFollowsTheRulesOfItsDestination(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"a.txt", "clean\n"}, []string{"b.txt", tokens(0, 1)})
	// The destination got its own rule after the branch was created. The merge base does not have it.
	p.destination = p.commit(".sluice.yml", "fail-on: NONE\n")
	server := fakebitbucket.New()
	got := inProcess(t, p.env(t, server))
	require.Equal(t, scan.ExitOK, got.code, got.stdout)
	require.Contains(t, got.stdout, "the gate is off")
}

func TestBranchReadsTheConfigurationOfItsCommit(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit(".sluice.yml", "suppress:\n- path: a.txt\n  reason: fixture\n", "a.txt", tokens(0, 1))
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, ".sluice.yml"), []byte("not: [valid"), 0o600))
	server := fakebitbucket.New()
	got := inProcess(t, pipeline(r, proxy(t, server), commit))
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Contains(t, got.stdout, "1 suppressed")
}

// shallow clones only the source branch, as a pipeline does, and serves the whole repository over git's smart HTTP
// behind the auth proxy.
func shallow(t *testing.T, p *pullRequest, depth string) (clone *repository, proxyURL string, server *fakebitbucket.Server) {
	backend, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	require.NoError(t, err)
	handler := &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(backend)), "git-http-backend"), Env: []string{"GIT_PROJECT_ROOT=" + filepath.Dir(p.dir), "GIT_HTTP_EXPORT_ALL=1"}}
	git := httptest.NewServer(handler)
	t.Cleanup(git.Close)
	server = fakebitbucket.New()
	both := httptest.NewServer(gitOrAPI(git.URL+"/"+filepath.Base(p.dir), server.ProxyHandler()))
	t.Cleanup(both.Close)
	clone = &repository{t, filepath.Join(t.TempDir(), "clone")}
	cmd := exec.CommandContext(t.Context(), "git", "clone", "-q", "--depth", depth, "--branch", "feature", "--single-branch", "file://"+p.dir, clone.dir)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return clone, both.URL, server
}

func TestPullRequestInAShallowCloneFetchesItsDestination(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", tokens(0, 2)}, []string{"new.txt", tokens(5, 6)})
	clone, proxyURL, server := shallow(t, p, "1")
	before := snapshot(t, clone.dir)
	env := append(p.env(t, server), "BITBUCKET_CLONE_DIR="+clone.dir, "PROXY_URL="+proxyURL, "BITBUCKET_GIT_HTTP_ORIGIN=http://bitbucket.org/acme/shop")
	got := inProcess(t, env)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "1 new finding at HIGH or above. 2 older ones do not block")
	report, _ := server.Report(p.source, reportID)
	require.Contains(t, report.Details, "compared with the merge base "+p.merge[:12], got.stderr)
	require.Equal(t, before, snapshot(t, clone.dir), "the clone is not changed")
}

func TestPullRequestInAShallowCloneThatMayNotFetch(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", tokens(0, 2)}, []string{"new.txt", tokens(5, 6)})
	clone, proxyURL, server := shallow(t, p, "1")
	got := inProcess(t, append(p.env(t, server), "BITBUCKET_CLONE_DIR="+clone.dir, "PROXY_URL="+proxyURL, "DEEPEN=false"))
	require.Equal(t, scan.ExitFindings, got.code)
	report, _ := server.Report(p.source, reportID)
	require.Contains(t, report.Details, "all findings count as new")
	require.Len(t, server.Annotations(p.source, reportID), 3)
}

// snapshot lists every file below a folder with its size and time.
func snapshot(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	require.NoError(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			data, readErr := os.ReadFile(path)
			require.NoError(t, readErr)
			files[path] = info.ModTime().String() + string(data)
		}
		return err
	}))
	return files
}
