package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/scan"
)

// published publishes a log in every possible way, each to its own server, and passes on the results.
func published(t *testing.T, env func(server *fakebitbucket.Server) []string, commit, file string, check func(t *testing.T, way string, got ran, report fakebitbucket.Report, annotations map[string]fakebitbucket.Annotation)) {
	t.Helper()
	for way, run := range map[string]func(env []string) (ran, string){
		"publish": func(env []string) (ran, string) { return inProcess(t, env, "publish", file), "sluice-lint" },
		"the pipe": func(env []string) (ran, string) {
			return inProcess(t, append(env, "SARIF="+file, "DB_UPDATE=off")), reportID
		},
	} {
		server := fakebitbucket.New()
		got, id := run(env(server))
		report, _ := server.Report(commit, id)
		annotations := map[string]fakebitbucket.Annotation{}
		for _, a := range server.Annotations(commit, id) {
			rule := a.Details[strings.LastIndex(a.Details, "Rule ")+len("Rule "):]
			annotations[rule[:strings.IndexByte(rule, ' ')]] = a
		}
		check(t, way, got, report, annotations)
	}
}

func TestPullRequestComparesTheFindingsOfOtherToolsWithItsBase(t *testing.T) {
	t.Parallel()
	old := "import os\n\ndef first(x):\n    print(x + ' first')\n\ndef second(x):\n    print(x + ' second')\n"
	changed := "import os\nimport sys\n\ndef second(x):\n    print(x + ' second')\n\ndef first(x):\n    if x:\n        print(x + ' first')\n    print(x + ' added')\n"
	p := newPullRequest(t,
		[]string{"untouched.py", old, "copied.py", old + "\n\n", "changed.py", old, "old/name.py", old, "edited/name.py", old, "crlf.py", old},
		[]string{"changed.py", changed, "old/name.py", "", "new/name.py", old, "edited/name.py", "", "other/name.py", "# a comment\n" + old, "added.py", old + "# more\n", "copy.py", old + "\n\n", "crlf.py", strings.ReplaceAll(old, "\n", "\r\n")})
	file := sarifFile(t, "Lint", results(
		sarifResult("untouched", "untouched.py", 4, ""),
		sarifResult("untouched-file", "untouched.py", 0, ""),
		sarifResult("unchanged-line", "changed.py", 5, ""),
		sarifResult("moved-line", "changed.py", 9, ""),
		sarifResult("added-line", "changed.py", 10, ""),
		sarifResult("changed-file", "changed.py", 0, ""),
		sarifResult("renamed", "new/name.py", 4, ""),
		sarifResult("renamed-and-edited", "other/name.py", 5, ""),
		sarifResult("edited-line", "other/name.py", 1, ""),
		sarifResult("line-ends", "crlf.py", 4, ""),
		sarifResult("added-file", "added.py", 4, ""),
		sarifResult("copied-file", "copy.py", 4, ""),
	))
	fresh := map[string]bool{"added-line": true, "changed-file": true, "edited-line": true, "added-file": true, "copied-file": true}
	published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server) }, p.source, file, func(t *testing.T, way string, got ran, report fakebitbucket.Report, annotations map[string]fakebitbucket.Annotation) {
		require.Equal(t, scan.ExitFindings, got.code, got.stderr)
		require.Len(t, annotations, 12)
		for rule, a := range annotations {
			require.Equal(t, map[bool]string{true: "FAILED", false: "IGNORED"}[fresh[rule]], a.Result, "%s, %s", way, rule)
			require.Equal(t, fresh[rule], strings.HasPrefix(a.Summary, "New: "), rule)
		}
		require.Contains(t, report.Details, "compared with the merge base "+p.merge[:12])
		require.Contains(t, report.Details, "5 new findings at HIGH or above. 7 older ones do not block")
	})
	published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server, "FAIL_SCOPE=all") }, p.source, file, func(t *testing.T, way string, got ran, _ fakebitbucket.Report, annotations map[string]fakebitbucket.Annotation) {
		for rule, a := range annotations {
			require.Equal(t, "FAILED", a.Result, "%s, %s", way, rule)
		}
	})
}

func TestPullRequestPassesWithOldFindingsOfOtherTools(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"a.py", "one\ntwo\n"}, []string{"b.py", "three\n"})
	file := sarifFile(t, "Lint", results(sarifResult("R1", "a.py", 2, "")))
	published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server) }, p.source, file, func(t *testing.T, way string, got ran, report fakebitbucket.Report, _ map[string]fakebitbucket.Annotation) {
		require.Equal(t, scan.ExitOK, got.code, way+got.stderr)
		require.Equal(t, "PASSED", report.Result)
	})
	server := fakebitbucket.New()
	env := pipeline(p.repository, proxy(t, server), p.source)
	require.Equal(t, scan.ExitFindings, inProcess(t, env, "publish", file).code, "a branch has no base")
	require.Equal(t, scan.ExitOK, inProcess(t, env, "publish", "--base", p.merge, "--fail-scope", "new", file).code)
	require.Equal(t, scan.ExitFindings, inProcess(t, env, "publish", "--base", p.merge, file).code, "without a scope all count")
}

func TestTheToolsOwnBaselineIsHonoured(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.py", "one\ntwo\n")
	known := sarifFile(t, "Lint", results(sarifResult("R1", "a.py", 1, `,"baselineState":"unchanged"`), sarifResult("R2", "a.py", 2, `,"baselineState":"absent"`)))
	fresh := sarifFile(t, "Lint", results(sarifResult("R1", "a.py", 1, `,"baselineState":"unchanged"`), sarifResult("R2", "a.py", 2, `,"baselineState":"new"`)))
	for name, c := range map[string]struct {
		file, scope string
		code        int
	}{
		"known, new": {known, "FAIL_SCOPE=new", scan.ExitOK}, "known, all": {known, "FAIL_SCOPE=all", scan.ExitFindings}, "known": {known, "", scan.ExitFindings},
		"fresh, new": {fresh, "FAIL_SCOPE=new", scan.ExitFindings},
	} {
		published(t, func(server *fakebitbucket.Server) []string { return pipeline(r, proxy(t, server), commit, c.scope) }, commit, c.file,
			func(t *testing.T, way string, got ran, _ fakebitbucket.Report, _ map[string]fakebitbucket.Annotation) {
				require.Equal(t, c.code, got.code, "%s, %s: %s", name, way, got.stdout)
			})
	}
	p := newPullRequest(t, []string{"a.py", "one\ntwo\n"}, []string{"a.py", "one\ntwo\nthree\n"})
	file := sarifFile(t, "Lint", results(sarifResult("R1", "a.py", 3, `,"baselineState":"unchanged"`)))
	published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server) }, p.source, file, func(t *testing.T, way string, got ran, _ fakebitbucket.Report, _ map[string]fakebitbucket.Annotation) {
		require.Equal(t, scan.ExitOK, got.code, way, "the tool knows better than the lines")
	})
}

func TestLinesOfTheTemporaryMergeBecomeThoseOfTheCommit(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"a.py", "one\ntwo\nthree\nfour\n", "same.py", "x\n"}, []string{"a.py", "one\ntwo\nthree\nfour\nadded in the request\n"})
	p.destination = p.commit("a.py", "of the destination\nand more of it\none\ntwo\nthree\nfour\n", "theirs.py", "y\n")
	p.git("checkout", "-q", "feature")
	p.git("merge", "-q", "--no-edit", "main")
	merged, err := os.ReadFile(filepath.Join(p.dir, "a.py"))
	require.NoError(t, err)
	require.Equal(t, "of the destination\nand more of it\none\ntwo\nthree\nfour\nadded in the request\n", string(merged))
	file := sarifFile(t, "Lint", results(
		sarifResult("theirs", "a.py", 1, ""), sarifResult("old", "a.py", 4, ""), sarifResult("ours", "a.py", 7, ""),
		sarifResult("same", "same.py", 1, ""), sarifResult("their-file", "theirs.py", 1, ""),
	))
	published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server) }, p.source, file, func(t *testing.T, way string, got ran, report fakebitbucket.Report, annotations map[string]fakebitbucket.Annotation) {
		require.Equal(t, scan.ExitFindings, got.code, got.stdout)
		lines := map[string]int{}
		for rule, a := range annotations {
			lines[rule] = a.Line
			require.Equal(t, map[bool]string{true: "FAILED", false: "IGNORED"}[rule == "ours"], a.Result, "%s, %s", way, rule)
		}
		require.Equal(t, map[string]int{"theirs": 0, "old": 2, "ours": 5, "same": 1, "their-file": 0}, lines)
		require.Equal(t, "a.py", annotations["theirs"].Path, "what cannot be mapped keeps its file")
		require.Contains(t, report.Details, "2 results of Lint: the line is in the temporary merge and not in this commit (a.py:1)")
	})
	for name, c := range map[string]struct {
		run  string
		line int
	}{
		"a log of the commit": {`"versionControlProvenance":[{"repositoryUri":"https://bitbucket.org/acme/shop","revisionId":"` + p.source + `"}],`, 4},
		"a log of the merge":  {`"versionControlProvenance":[{"repositoryUri":"https://bitbucket.org/acme/shop","revisionId":"` + p.git("rev-parse", "HEAD") + `"}],`, 2},
	} {
		file := sarifFile(t, "Lint", c.run+results(sarifResult("R1", "a.py", 4, "")))
		published(t, func(server *fakebitbucket.Server) []string { return p.env(t, server) }, p.source, file, func(t *testing.T, way string, _ ran, _ fakebitbucket.Report, annotations map[string]fakebitbucket.Annotation) {
			require.Equal(t, c.line, annotations["R1"].Line, "%s, %s", name, way)
		})
	}
	// Outside a pull request, a merge is recognised by its parents.
	server := fakebitbucket.New()
	inProcess(t, pipeline(p.repository, proxy(t, server), p.source), "publish", sarifFile(t, "Lint", results(sarifResult("ours", "a.py", 7, ""))))
	require.Equal(t, 5, server.Annotations(p.source, "sluice-lint")[0].Line)
}

func TestPublishInAShallowCloneFetchesTheDestination(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t, []string{"old.txt", "one\n"}, []string{"new.txt", "two\n"})
	file := sarifFile(t, "Lint", results(sarifResult("old", "old.txt", 1, ""), sarifResult("new", "new.txt", 1, "")))
	clone, proxyURL, server := shallow(t, p, "1")
	env := append(p.env(t, server), "BITBUCKET_CLONE_DIR="+clone.dir, "PROXY_URL="+proxyURL, "BITBUCKET_GIT_HTTP_ORIGIN=http://bitbucket.org/acme/shop")
	got := inProcess(t, env, "publish", file)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	require.Contains(t, got.stdout, "1 new finding at HIGH or above. 1 older one does not block")
	got = inProcess(t, append(env, "DEEPEN=false"), "publish", file)
	require.Contains(t, got.stdout, "all findings count as new")
	require.Contains(t, got.stdout, "2 findings")
}

func TestPublishTakesHeadWhereNoCommitIsNamed(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "1\n")
	server := fakebitbucket.New()
	got := inProcess(t, pipeline(r, proxy(t, server), ""), "publish", sarifFile(t, "Lint", results()))
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Equal(t, []string{"sluice-lint"}, reportIDs(server, commit))
	got = inProcess(t, append(pipeline(r, proxy(t, server), ""), "BITBUCKET_CLONE_DIR="+t.TempDir()), "publish", sarifFile(t, "Lint", results()))
	require.Equal(t, scan.ExitUsage, got.code)
	require.Contains(t, got.stderr, "BITBUCKET_COMMIT (--commit) is not set, and there is no HEAD here")
}
