package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/cli/serve"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// token returns the n-th GitHub token with a valid checksum: 30 characters and their CRC32 in base 62, six digits.
func token(n int) string {
	body := make([]byte, 30)
	state := uint64(n)*0x9E3779B97F4A7C15 + 1
	for i := range body {
		state = state*6364136223846793005 + 1442695040888963407
		body[i] = base62[(state>>33)%62]
	}
	sum := crc32.ChecksumIEEE(body)
	tail := make([]byte, 6)
	for i := range tail {
		tail[5-i] = base62[sum%62]
		sum /= 62
	}
	return "gh" + "p_" + string(body) + string(tail)
}

// tokens returns a file with one token on each line.
func tokens(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "line %d: %s\n", i, token(i))
	}
	return b.String()
}

// repository is a real git repository.
type repository struct {
	t   testing.TB
	dir string
}

func newRepository(t testing.TB) *repository {
	r := &repository{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.CommandContext(r.t.Context(), "git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit writes files, given as pairs of name and content, and commits them. An empty content deletes the file.
func (r *repository) commit(files ...string) string {
	r.t.Helper()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(r.dir, files[i])
		if files[i+1] == "" {
			require.NoError(r.t, os.Remove(name))
			continue
		}
		require.NoError(r.t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(r.t, os.WriteFile(name, []byte(files[i+1]), 0o644))
	}
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "change")
	return r.git("rev-parse", "HEAD")
}

// proxy serves the fake's auth proxy on a local port.
func proxy(t testing.TB, server *fakebitbucket.Server) string {
	listener := httptest.NewServer(server.ProxyHandler())
	t.Cleanup(listener.Close)
	return listener.URL
}

// pipeline returns the environment of a branch pipeline.
func pipeline(r *repository, proxyURL, commit string, more ...string) []string {
	return append([]string{
		"CI=true", "BITBUCKET_CLONE_DIR=" + r.dir, "BITBUCKET_COMMIT=" + commit, "BITBUCKET_WORKSPACE=acme", "BITBUCKET_REPO_SLUG=shop", "BITBUCKET_BRANCH=main",
		"BITBUCKET_BUILD_NUMBER=42", "BITBUCKET_PIPELINE_UUID={1}", "PROXY_URL=" + proxyURL, "NO_COLOR=1",
	}, more...)
}

// ran is the result of a run.
type ran struct {
	code           int
	stdout, stderr string
}

// inProcess runs the program in this process.
func inProcess(t testing.TB, env []string, args ...string) ran {
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), cli.Program{Args: args, Getenv: getenv(env), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Server: serve.Commands})
	return ran{code, stdout.String(), stderr.String()}
}

func getenv(env []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, pair := range slices.Backward(env) {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return value, true
			}
		}
		return "", false
	}
}

// process prepares the real program to run as a process.
func process(t testing.TB, env []string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(t.Context(), "sluice", args...)
	// Pass on the variables that tell the test binary to be the program.
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "BITBUCKET_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	cmd.Env = append(cmd.Env, env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	return cmd, &out
}

const reportID = "sluice-security"

// gitOrAPI is the auth proxy of a pipeline: it sends git's requests for bitbucket.org to the repository, and all others
// to the API.
func gitOrAPI(repository string, api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host != "bitbucket.org" {
			api.ServeHTTP(w, r)
			return
		}
		target, err := url.Parse(repository + "/.git" + strings.TrimPrefix(r.URL.Path, "/acme/shop") + "?" + r.URL.RawQuery)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		out := r.Clone(r.Context())
		out.URL, out.Host, out.RequestURI = target, "", ""
		answer, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		for name, values := range answer.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	})
}

// exitCodeOf returns the exit code of a failed process, or -1 if it did not run.
func exitCodeOf(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}

// writeProgram writes a file that a process will run. A file that any process has open for writing cannot be run ("text
// file busy"). A process that another test starts at that moment would briefly inherit the open file, so no test starts
// one meanwhile.
func writeProgram(t testing.TB, path string, program []byte) {
	t.Helper()
	syscall.ForkLock.RLock()
	err := os.WriteFile(path, program, 0o755)
	syscall.ForkLock.RUnlock()
	require.NoError(t, err)
}
