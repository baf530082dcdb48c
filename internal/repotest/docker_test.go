package repotest

import (
	"debug/elf"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/stretchr/testify/require"
)

// stage is one FROM of a Dockerfile with its instructions.
type stage struct {
	base, name string
	steps      []instruction
}

type instruction struct{ word, args string }

// parseDockerfile parses the syntax that our own Dockerfiles use: instructions, continued lines, comments.
func parseDockerfile(t *testing.T, text string) []stage {
	t.Helper()
	text = regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\\\n", " ")
	var stages []stage
	for line := range strings.Lines(text) {
		word, args, _ := strings.Cut(strings.TrimSpace(line), " ")
		args = strings.Join(strings.Fields(args), " ")
		switch word {
		case "":
		case "FROM":
			fields := slices.DeleteFunc(strings.Fields(args), func(f string) bool { return strings.HasPrefix(f, "--") })
			s := stage{base: fields[0]}
			if len(fields) == 3 && fields[1] == "AS" {
				s.name = fields[2]
			}
			stages = append(stages, s)
		default:
			require.NotEmpty(t, stages, "%s stands before FROM", word)
			last := &stages[len(stages)-1]
			last.steps = append(last.steps, instruction{word, args})
		}
	}
	return stages
}

func (s *stage) all(word string) []string {
	var list []string
	for _, step := range s.steps {
		if step.word == word {
			list = append(list, step.args)
		}
	}
	return list
}

// one returns the arguments of an instruction that must occur exactly once.
func (s *stage) one(t *testing.T, word string) string {
	t.Helper()
	list := s.all(word)
	require.Len(t, list, 1, word)
	return list[0]
}

func TestDockerfileFinalStage(t *testing.T) {
	t.Parallel()
	stages := parseDockerfile(t, readText(t, "Dockerfile"))
	require.Len(t, stages, 2)
	build, final := stages[0], stages[1]
	require.Equal(t, "scratch", final.base)
	require.Equal(t, "65532:65532", final.one(t, "USER"), "not root, and a number: there is no /etc/passwd")
	require.Equal(t, `["/sluice"]`, final.one(t, "ENTRYPOINT"), "the form without a shell")
	for _, step := range final.steps {
		require.Contains(t, []string{"LABEL", "COPY", "USER", "ENTRYPOINT"}, step.word, "there is no shell to run anything, and nothing to configure")
	}
	// Every copied path must be written by a command of the named stage.
	require.Equal(t, "--from=build /image/ /", final.one(t, "COPY"))
	require.Equal(t, "build", build.name)
	commands := strings.Join(build.all("RUN"), " && ")
	for _, made := range []string{
		"install -d -m 1777 /image/tmp ",
		"install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt ",
		" -o /image/sluice ${PROGRAM} ",
	} {
		require.Contains(t, commands+" ", made)
	}
	require.Regexp(t, `^golang:1\.26\.\d+$`, build.base, "an exact version of the compiler")
	require.Regexp(t, `(?m)^go 1\.26\.`, readText(t, "go.mod"))
	require.Contains(t, readText(t, "bitbucket-pipelines.yml"), "image: "+build.base+"\n", "the CI tests with the compiler of the release")
	require.Contains(t, build.all("ARG"), "PROGRAM=./cmd/sluice-pipe", "the image of the pipe is the small one")
	for _, arg := range []string{"VERSION", "PROGRAM", "TARGETOS", "TARGETARCH"} {
		require.Contains(t, commands, "${"+arg+"}")
		require.True(t, slices.ContainsFunc(build.all("ARG"), func(a string) bool { name, _, _ := strings.Cut(a, "="); return name == arg }), arg)
	}
	label := final.one(t, "LABEL")
	require.Contains(t, label, `org.opencontainers.image.licenses="MIT"`)
	require.Contains(t, label, `org.opencontainers.image.source="https://github.com/sluice-scan/sluice"`)
}

// goBuild returns the `go build` of a Dockerfile as an environment and arguments, with its variables filled in.
func goBuild(t *testing.T, s *stage, variables map[string]string) (env, args []string) {
	t.Helper()
	for _, command := range s.all("RUN") {
		for part := range strings.SplitSeq(command, "&&") {
			if !strings.Contains(part, "go build") {
				continue
			}
			part = os.Expand(part, func(name string) string {
				value, ok := variables[name]
				require.True(t, ok, "$%s is not set", name)
				return value
			})
			for _, quoted := range regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(part, -1) {
				word := strings.Trim(quoted, `"`)
				if len(args) == 0 && strings.Contains(word, "=") {
					env = append(env, word)
					continue
				}
				args = append(args, word)
			}
			return env, args
		}
	}
	require.Fail(t, "no go build")
	return nil, nil
}

// dockerContext copies the files that Docker would send to the builder.
func dockerContext(t *testing.T) string {
	t.Helper()
	var rules []string
	for line := range strings.Lines(readText(t, ".dockerignore")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			rules = append(rules, line)
		}
	}
	// The last rule that matches the path or a parent folder wins.
	ignored := func(name string) bool {
		out := false
		for _, rule := range rules {
			pattern, keep := strings.CutPrefix(rule, "!")
			for at := name; at != "."; at = path.Dir(at) {
				if ok, err := doublestar.Match(pattern, at); ok || err != nil {
					require.NoError(t, err, rule)
					out = !keep
					break
				}
			}
		}
		return out
	}
	to := t.TempDir()
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		name = filepath.ToSlash(name)
		switch {
		case err != nil:
			return err
		case name == ".git" && entry.IsDir():
			return fs.SkipDir
		case name == ".git":
			// A linked work tree has a file with that name.
			return nil
		case !entry.Type().IsRegular() || ignored(name):
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Join(to, path.Dir(name)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), data, 0o644)
	}))
	for _, absent := range []string{".git", "README.md", "testdata", "internal/repotest/docker_test.go", "scan/sarif/testdata"} {
		require.NoFileExists(t, filepath.Join(to, absent))
		require.NoDirExists(t, filepath.Join(to, absent))
	}
	return to
}

func TestDockerfileBuildsAStaticProgramThatAnyoneCanRun(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("compiles the program again")
	}
	stages := parseDockerfile(t, readText(t, "Dockerfile"))
	env, args := goBuild(t, &stages[0], map[string]string{"VERSION": "9.8.7", "PROGRAM": "./cmd/sluice-pipe", "TARGETOS": "linux", "TARGETARCH": runtime.GOARCH})
	root := t.TempDir()
	require.NoError(t, os.Chmod(root, 0o755))
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "/image/", root+"/")
	}
	goEnv := append(os.Environ(), env...)
	files := dockerContext(t)
	out, code := run(t, files, goEnv, args[0], args[1:]...)
	require.Zero(t, code, out)
	require.Equal(t, "./cmd/sluice-pipe", args[len(args)-1])
	out, code = run(t, files, goEnv, "go", "build", "-o", filepath.Join(t.TempDir(), "sluice"), ".")
	require.Zero(t, code, "the image of the server: %s", out)

	file, err := elf.Open(filepath.Join(root, "sluice"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	for _, p := range file.Progs {
		require.NotEqual(t, elf.PT_INTERP, p.Type, "the program asks for a dynamic linker, which scratch does not have")
	}
	libraries, err := file.ImportedLibraries()
	require.NoError(t, err)
	require.Empty(t, libraries)

	if runtime.GOOS != "linux" {
		t.Skip("the program is one for Linux")
	}
	want := "sluice 9.8.7 linux/" + runtime.GOARCH + " go1."
	out, code = run(t, root, nil, filepath.Join(root, "sluice"), "version")
	require.Zero(t, code, out)
	require.Contains(t, out, want)
	if os.Geteuid() != 0 {
		t.Skip("only root can try the program as another user in a folder of its own")
	}
	// As in the image: only the program and /tmp, a user without a name, and a clone that belongs to root.
	require.NoError(t, os.MkdirAll(filepath.Join(root, "tmp"), 0o755))
	require.NoError(t, os.Chmod(filepath.Join(root, "tmp"), 0o777|fs.ModeSticky))
	demo(t, filepath.Join(root, "clone"))
	_, access := authProxy(t)
	out, code = runCommand(t, "/", nil, nobodyIn(t, root, "/sluice", "version"))
	require.Zero(t, code, out)
	require.Contains(t, out, want)
	out, code = runCommand(t, "/", []string{
		access, "BITBUCKET_CLONE_DIR=/clone", "BITBUCKET_WORKSPACE=acme", "BITBUCKET_REPO_SLUG=shop", "BITBUCKET_BUILD_NUMBER=1",
		"BITBUCKET_COMMIT=" + head(t, filepath.Join(root, "clone")),
	}, nobodyIn(t, root, "/sluice"))
	require.Equal(t, 3, code, out)
	require.Contains(t, out, "report published")
}
