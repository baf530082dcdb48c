package repotest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
)

// imageName is the image of the pipe without its version.
const imageName = "sluicescan/sluice"

// program returns the path of the program, built once for all tests.
func program(t *testing.T) string {
	t.Helper()
	file, err := buildOnce()
	require.NoError(t, err)
	return file
}

var buildOnce = sync.OnceValues(func() (string, error) {
	file := filepath.Join(workFolder, "sluice"+exeSuffix)
	out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput()
	if err != nil {
		return "", errors.New("build the program: " + string(out))
	}
	return file, nil
})

var exeSuffix = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]

// workFolder outlives the tests that share the program in it.
var workFolder string

// TestMain goes to the root of the repository, which all paths of these tests are relative to.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "sluice-test-")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	workFolder = folder
	if err := os.Chdir(filepath.Join("..", "..")); err != nil {
		panic(err)
	}
	m.Run()
}

// run runs a command in dir with only env as its environment, and returns its output and exit code.
func run(t *testing.T, dir string, env []string, name string, args ...string) (output string, code int) {
	t.Helper()
	return runCommand(t, dir, env, exec.CommandContext(t.Context(), name, args...))
}

func runCommand(t *testing.T, dir string, env []string, cmd *exec.Cmd) (output string, code int) {
	t.Helper()
	var b bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &b, &b
	if env == nil {
		cmd.Env = []string{}
	}
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
		return b.String(), exit.ExitCode()
	}
	require.NoError(t, err, b.String())
	return b.String(), 0
}

func readText(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

var changelogVersion = regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$`)

// newestVersion returns the first version in CHANGELOG.md.
func newestVersion(t *testing.T) string {
	t.Helper()
	found := changelogVersion.FindStringSubmatch(readText(t, "CHANGELOG.md"))
	require.NotNil(t, found, "CHANGELOG.md names no version")
	return found[1]
}

func TestChangelogHasItsForm(t *testing.T) {
	t.Parallel()
	text := readText(t, "CHANGELOG.md")
	sections := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(text, -1)
	require.Equal(t, "[Unreleased]", sections[0][1])
	require.Greater(t, len(sections), 1)
	var dates []string
	for _, s := range sections[1:] {
		found := changelogVersion.FindStringSubmatch(s[0])
		require.NotNil(t, found, s[0])
		dates = append(dates, found[2])
	}
	slices.Reverse(dates)
	require.True(t, slices.IsSorted(dates), "the newest version comes first")
	for _, s := range regexp.MustCompile(`(?m)^### (.*)$`).FindAllStringSubmatch(text, -1) {
		require.Contains(t, []string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}, s[1])
	}
}

// TestOneVersion finds every place that names an image of ours.
func TestOneVersion(t *testing.T) {
	t.Parallel()
	version := newestVersion(t)
	images := regexp.MustCompile(regexp.QuoteMeta(imageName) + `(?:-server)?:([\w.]+)`)
	count := 0
	for _, name := range tracked(t) {
		if ext := path.Ext(name); ext == ".go" || ext == ".png" || name == "CHANGELOG.md" || strings.HasPrefix(name, "scan/") {
			continue
		}
		for _, found := range images.FindAllStringSubmatch(readText(t, name), -1) {
			require.Equal(t, version, found[1], "%s: CHANGELOG.md says that %s is the newest version", name, version)
			count++
		}
	}
	require.Greater(t, count, 5)
}

// tracked lists the files of the repository, slashed.
func tracked(t *testing.T) []string {
	t.Helper()
	out, code := run(t, ".", os.Environ(), "git", "ls-files", "--cached", "--others", "--exclude-standard")
	require.Zero(t, code, out)
	return slices.DeleteFunc(strings.Fields(out), func(name string) bool {
		info, err := os.Lstat(name)
		return err != nil || !info.Mode().IsRegular()
	})
}

// pipeVariables returns the variables of a pipe.yml: everything that a person can set in a pipeline. It omits variables
// that Bitbucket sets, and those for Data Center, which has no pipes.
func pipeVariables() string {
	var b strings.Builder
	for _, v := range pipe.Variables() {
		if v.Group == "Pipeline" || v.Name == "BITBUCKET_SERVER_URL" {
			continue
		}
		b.WriteString("  - name: " + v.Name + "\n")
		if v.Default != "" {
			b.WriteString("    default: '" + v.Default + "'\n")
		}
		b.WriteString("    description: '" + strings.ReplaceAll(v.Usage, "'", "''") + "'\n")
	}
	return b.String()
}

func TestPipeYML(t *testing.T) {
	t.Parallel()
	text := readText(t, "pipe.yml")
	before, _, found := strings.Cut(text, "\nvariables:\n")
	require.True(t, found)
	want := before + "\nvariables:\n" + pipeVariables()
	if *update {
		require.NoError(t, os.WriteFile("pipe.yml", []byte(want), 0o644))
	} else {
		require.Equal(t, want, text, "run go test -run TestPipeYML -update ./internal/repotest to write the variables again")
	}
	var got struct {
		Name, Image, Description, Category, Repository string
		Maintainer, Vendor                             struct{ Name, Website, Email string }
		Tags                                           []string
		Variables                                      []struct{ Name, Default, Description string }
	}
	decoder := yaml.NewDecoder(strings.NewReader(want))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&got))
	require.Equal(t, imageName+":"+newestVersion(t), got.Image)
	require.Equal(t, "Security", got.Category)
	require.NotEmpty(t, got.Name)
	require.NotEmpty(t, got.Description)
	require.NotEmpty(t, got.Maintainer.Name)
	require.Greater(t, len(got.Variables), 20)
	known := map[string]variable.Variable{}
	for _, v := range pipe.Variables() {
		known[v.Name] = v
	}
	for _, v := range got.Variables {
		require.Contains(t, known, v.Name)
		require.Equal(t, known[v.Name].Default, v.Default, v.Name)
		require.False(t, known[v.Name].Secret && v.Default != "", "%s: a secret has no default", v.Name)
	}
}

func TestMakefilePrintsItsTargets(t *testing.T) {
	t.Parallel()
	text := readText(t, "Makefile")
	var targets []string
	for _, found := range regexp.MustCompile(`(?m)^([a-z-]+):(.*)$`).FindAllStringSubmatch(text, -1) {
		targets = append(targets, found[1])
		require.Regexp(t, ` ## \S`, found[2], "%s has no help", found[1])
	}
	require.LessOrEqual(t, len(targets), 13)
	require.Contains(t, text, ".PHONY: "+strings.Join(targets, " ")+"\n")
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed here")
	}
	out, code := run(t, ".", os.Environ(), "make", "--no-print-directory")
	require.Zero(t, code, out)
	for _, target := range targets {
		require.Contains(t, out, "make "+target+" ")
	}
}

// The shell scripts of the repository must parse, be executable, and stop at an error.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts := 0
	for _, name := range tracked(t) {
		if path.Ext(name) == ".go" || path.Ext(name) == ".png" || strings.HasPrefix(name, "scan/code/") {
			continue
		}
		text := readText(t, name)
		if !strings.HasPrefix(text, "#!") {
			continue
		}
		scripts++
		require.True(t, strings.HasPrefix(text, "#!/usr/bin/env bash\n#"), "%s: bash, and a comment that says what it is for", name)
		require.Contains(t, text, "\nset -euo pipefail\n", name)
		out, code := run(t, ".", os.Environ(), "bash", "-n", name)
		require.Zero(t, code, out)
		if runtime.GOOS != "windows" {
			info, err := os.Stat(name)
			require.NoError(t, err)
			require.NotZero(t, info.Mode()&0o111, "%s: chmod +x", name)
		}
	}
	require.GreaterOrEqual(t, scripts, 4)
}

// The steps of .ci/run, its functions, and the targets that the Makefile combines must match.
func TestCIStepsHaveTheirFunction(t *testing.T) {
	t.Parallel()
	text := readText(t, ".ci/run")
	list := regexp.MustCompile(`all_steps=\((.*)\)`).FindStringSubmatch(text)
	require.NotNil(t, list)
	var functions []string
	for _, found := range regexp.MustCompile(`(?m)^step_(\w+)\(\)`).FindAllStringSubmatch(text, -1) {
		functions = append(functions, found[1])
	}
	require.Equal(t, strings.Fields(list[1]), functions)
	for _, found := range regexp.MustCompile(`(?m)^\t\.ci/run (.*)$`).FindAllStringSubmatch(readText(t, "Makefile"), -1) {
		for _, step := range strings.Fields(found[1]) {
			require.Contains(t, functions, step)
		}
	}
}
