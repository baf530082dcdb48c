// Package madeup_test adds an engine to the program as a newcomer would, with one package and one registration, and
// looks for its findings in every output.
package madeup_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/scan"
)

// repository creates a git repository of files, pairs of name and content, with one commit, and returns its folder.
func repository(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	commit(t, dir, files...)
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

func commit(t *testing.T, dir string, files ...string) string {
	t.Helper()
	for i := 0; i < len(files); i += 2 {
		require.NoError(t, os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o644))
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "change")
	return git(t, dir, "rev-parse", "HEAD")
}

// sluice runs the program with its own environment.
func sluice(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	env = append([]string{"NO_COLOR=1", "DB_UPDATE=off", "CACHE_DIR=off"}, env...)
	var out, problems bytes.Buffer
	code = cli.Run(t.Context(), cli.Program{Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &problems, Getenv: getenv(env)})
	return code, out.String(), problems.String()
}

// getenv reads variables from a list; the last one counts.
func getenv(env []string) func(name string) (string, bool) {
	return func(name string) (string, bool) {
		for _, pair := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}

const smelly = "let a = 1;\nlet b = eval(a);\n"

func TestAMadeUpEngineIsInEveryFormat(t *testing.T) {
	t.Parallel()
	dir, to := repository(t, "a.js", smelly), t.TempDir()
	args := []string{"scan", "--engines", "Smell", "--fail-on", "MEDIUM"}
	for _, format := range []string{"text", "json", "csv", "junit", "html", "sarif"} {
		args = append(args, "--format", format+"="+filepath.Join(to, format))
	}
	code, _, stderr := sluice(t, nil, append(args, dir)...)
	require.Equal(t, scan.ExitFindings, code, "the gate counts it: %s", stderr)
	for format, words := range map[string][]string{
		"text": {"Call of eval", "a.js:2:9", "\n  smells               0     0       1    0       -\n", "\n  secrets       not scanned\n", "\n  code          not scanned\n"},
		"json": {`"engines":[{"engine":"smells","critical":0,"high":0,"medium":1`, `"engine":"smells","rule":"SMELL_EVAL"`}, "csv": {"MEDIUM,high,smells,SMELL_EVAL,Call of eval,a.js,2,9"},
		"junit": {`<testsuite name="smells" tests="1" failures="1"`}, "html": {">Smells<", "Call of eval", `<dt>Secrets</dt><dd class="none words">not scanned</dd>`},
		"sarif": {`"SMELL_EVAL"`, `"smells"`},
	} {
		data, err := os.ReadFile(filepath.Join(to, format))
		require.NoError(t, err)
		text := string(data)
		if format == "json" || format == "sarif" {
			var compact bytes.Buffer
			require.NoError(t, json.Compact(&compact, data))
			text = compact.String()
		}
		for _, word := range words {
			require.Contains(t, text, word, format)
		}
	}
}

func TestAMadeUpEngineThatDoesNotRunIsNotScanned(t *testing.T) {
	t.Parallel()
	dir := repository(t, "a.js", smelly)
	code, stdout, stderr := sluice(t, nil, "scan", "--engines", "secrets", "--fail-on", "LOW", dir)
	require.Equal(t, scan.ExitOK, code, stderr)
	require.Contains(t, stdout, "\n  smells        not scanned\n")
	code, _, stderr = sluice(t, nil, "scan", "--engines", "smels", dir)
	require.Equal(t, scan.ExitUsage, code)
	require.Contains(t, stderr, `ENGINES: "smels": no such engine; use secrets, dependencies, code or smells`)
	_, stdout, _ = sluice(t, nil, "scan", dir)
	require.Contains(t, stdout, "\n  smells               0     0       1    0       -\n", "all engines run when none is named")
}

func TestAMadeUpEngineLeavesTheSBOMAlone(t *testing.T) {
	t.Parallel()
	dir, to := repository(t, "a.js", smelly, "go.mod", "module example.com/a\n\ngo 1.26\n\nrequire golang.org/x/net v0.1.0\n"), t.TempDir()
	sboms := map[string][]byte{}
	for _, engines := range []string{"dependencies", "dependencies,smells"} {
		for _, format := range []string{"cyclonedx", "spdx"} {
			file := filepath.Join(to, format)
			_, _, stderr := sluice(t, nil, "scan", "--engines", engines, "--format", format+"="+file, dir)
			data, err := os.ReadFile(file)
			require.NoError(t, err, stderr)
			if before := sboms[format]; before != nil {
				require.Equal(t, string(before), string(data), format)
			}
			sboms[format] = data
		}
	}
	require.Contains(t, string(sboms["spdx"]), "golang.org/x/net")
}

func TestAMadeUpEngineIsRatedSuppressedAndCompared(t *testing.T) {
	t.Parallel()
	dir := repository(t, "a.js", smelly, ".sluice.yml", "rules:\n  severity:\n    SMELL_EVAL: HIGH\n")
	code, stdout, stderr := sluice(t, nil, "scan", "--engines", "smells", dir)
	require.Equal(t, scan.ExitFindings, code, stderr)
	require.NotContains(t, stdout, "there is no rule", "the policy knows its rules")
	require.Contains(t, stdout, "1 finding at HIGH or above")

	commit(t, dir, "b.js", "eval(1)\neval(2) // sluice:allow it is a test\n")
	_, stdout, stderr = sluice(t, nil, "scan", "--engines", "smells", "--base", "HEAD~1", "--fail-scope", "new", "--format", "json", dir)
	var report struct {
		Findings []struct {
			Path       string
			New        bool
			Suppressed *struct{ Kind string } `json:"suppression"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report), stderr)
	require.Len(t, report.Findings, 3)
	fresh := map[string]bool{}
	for _, f := range report.Findings {
		fresh[f.Path] = f.New
	}
	require.Equal(t, map[string]bool{"a.js": false, "b.js": true}, fresh)
	_, stdout, _ = sluice(t, nil, "scan", "--engines", "smells", dir)
	require.Contains(t, stdout, "1 suppressed")

	commit(t, dir, "a.js", "let a = 1;\n")
	_, stdout, _ = sluice(t, nil, "scan", "--engines", "smells", "--history", "full", dir)
	require.NotContains(t, stdout, "a.js", "the engine does not want deleted files")

	baseline := filepath.Join(t.TempDir(), "known.json")
	_, _, stderr = sluice(t, nil, "scan", "--engines", "smells", "--write-baseline", baseline, dir)
	code, _, _ = sluice(t, nil, "scan", "--engines", "smells", "--baseline", baseline, dir)
	require.Equal(t, scan.ExitOK, code, stderr)
}

// TestAMadeUpEngineIsShownEveryFileEachTime: the engine does not say by which rules it judges a file, so a file is not
// skipped because other engines found nothing in it.
func TestAMadeUpEngineIsShownEveryFileEachTime(t *testing.T) {
	t.Parallel()
	dir, cache := repository(t, "a.js", smelly, "b.js", "clean\n"), t.TempDir()
	for _, engines := range []string{"secrets", "secrets,smells", "secrets,smells", "smells"} {
		code, stdout, stderr := sluice(t, []string{"CACHE_DIR=" + cache}, "scan", "--engines", engines, "--fail-on", "MEDIUM", dir)
		if engines == "secrets" {
			require.Equal(t, scan.ExitOK, code, stderr)
			continue
		}
		require.Equal(t, scan.ExitFindings, code, stderr)
		require.Contains(t, stdout, "2 files")
	}
}

func TestAMadeUpEngineIsOnTheReport(t *testing.T) {
	t.Parallel()
	dir := repository(t, "a.js", smelly)
	hash := git(t, dir, "rev-parse", "HEAD")
	server := fakebitbucket.New()
	proxy := httptest.NewServer(server.ProxyHandler())
	t.Cleanup(proxy.Close)
	code, _, stderr := sluice(t, []string{
		"ENGINES=smells", "FAIL_ON=MEDIUM", "BITBUCKET_CLONE_DIR=" + dir, "BITBUCKET_COMMIT=" + hash, "BITBUCKET_WORKSPACE=acme", "BITBUCKET_REPO_SLUG=shop",
		"BITBUCKET_BRANCH=main", "BITBUCKET_BUILD_NUMBER=42", "BITBUCKET_PIPELINE_UUID={1}", "PROXY_URL=" + proxy.URL,
	})
	require.Equal(t, scan.ExitFindings, code, stderr)
	const id = "sluice-security-smells"
	report, ok := server.Report(hash, id)
	require.True(t, ok, "a step of its own has a report of its own")
	require.Equal(t, "FAILED", report.Result)
	require.Contains(t, report.Details, "Smells: 1 medium.")
	require.True(t, slices.ContainsFunc(report.Data, func(d fakebitbucket.DataItem) bool { return d.Title == "Smells" && d.Value == 1.0 }), "%v", report.Data)
	annotations := server.Annotations(hash, id)
	require.Len(t, annotations, 1)
	require.Contains(t, annotations[0].Summary, "Call of eval")
	require.Equal(t, "a.js", annotations[0].Path)
	require.Contains(t, annotations[0].Details, "Rule SMELL_EVAL (smells)")

	to := t.TempDir()
	code, _, stderr = sluice(t, nil, "preview", "--engines", "smells", "--output", to, dir)
	require.Equal(t, scan.ExitOK, code, stderr)
	page, err := os.ReadFile(filepath.Join(to, "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "Call of eval")
}

func TestMain(m *testing.M) {
	testgit.ClearHookEnv()
	os.Exit(m.Run())
}
