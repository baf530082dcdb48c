package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/scan"
)

// providers simulates every provider: it accepts one token and refuses the others.
type providers struct {
	mu     sync.Mutex
	active string
	calls  []string
}

func (p *providers) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls = append(p.calls, r.URL.String())
	status, body := http.StatusUnauthorized, `{"message":"Bad credentials"}`
	if r.Header.Get("Authorization") == "Bearer "+p.active {
		status, body = http.StatusOK, `{"login":"ann"}`
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func withProviders(t *testing.T, p *providers, env []string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), cli.Program{
		Args: args, Getenv: getenv(env), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, Network: pipe.Network{Providers: p},
	})
	return ran{code, stdout.String(), stderr.String()}
}

func TestVerifyIsOffUnlessAskedFor(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.env", tokens(0, 2), ".sluice.yml", "suppress:\n  - path: none/**\n    reason: x\n")
	p := &providers{active: token(1)}
	out := withProviders(t, p, []string{"NO_COLOR=1"}, "scan", r.dir)
	require.Equal(t, scan.ExitFindings, out.code)
	require.Empty(t, p.calls)
	require.NotContains(t, out.stderr, "VERIFY")
}

func TestVerifyOfAScan(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.env", tokens(0, 3), "b.env", token(7)+" # sluice:allow shared")
	p := &providers{active: token(1)}
	out := withProviders(t, p, []string{"NO_COLOR=1"}, "scan", "--verify", "--show-suppressed", "--fail-on", "CRITICAL", r.dir)
	require.Equal(t, scan.ExitFindings, out.code, out.stderr)
	require.Equal(t, []string{"https://api.github.com/user", "https://api.github.com/user", "https://api.github.com/user"}, p.calls)
	require.Contains(t, out.stderr, "THE SECRETS THAT THIS SCAN FINDS ARE SENT to their providers")
	require.Contains(t, out.stdout, "a.env:2:9                       active")
	require.Contains(t, out.stdout, "a.env:1:9                       may be active")
	words := strings.Join(strings.Fields(out.stdout), " ")
	require.Contains(t, words, "3 secrets were sent to the providers (VERIFY): 1 active, 0 revoked, 2 unclear")
	require.Contains(t, words, "api.github.com (HTTP 401) 2 times")
	for n := range 8 {
		require.NotContains(t, out.stdout+out.stderr, token(n))
	}
}

func TestVerifyOfThePipe(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.env", tokens(0, 1))
	server := fakebitbucket.New()
	p := &providers{active: token(0)}
	out := withProviders(t, p, pipeline(r, proxy(t, server), commit, "VERIFY=true", "DEBUG=true"), "pipe")
	require.Equal(t, scan.ExitFindings, out.code, out.stderr)
	require.Len(t, p.calls, 1)
	require.NotContains(t, out.stdout+out.stderr, token(0))
	annotations := server.Annotations(commit, reportID)
	require.Len(t, annotations, 1)
	require.Contains(t, annotations[0].Details, "It works: api.github.com accepted it during this scan.")
	require.Contains(t, annotations[0].Details, "confidence certain, asked at its provider: active")
}

func TestDryRunAsksNobody(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.env", tokens(0, 1))
	p := &providers{active: token(0)}
	out := withProviders(t, p, pipeline(r, "http://127.0.0.1:1", commit, "VERIFY=true", "DRY_RUN=true"), "pipe")
	require.Equal(t, scan.ExitFindings, out.code, out.stderr)
	require.Empty(t, p.calls)
	require.Contains(t, out.stdout, "VERIFY was left out, because DRY_RUN sends nothing")
}

// A file of the repository must not decide that secrets are sent.
func TestRepositoryCannotSwitchVerifyOn(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	r.commit("a.env", tokens(0, 1), ".sluice.yml", "verify: true\n")
	p := &providers{active: token(0)}
	withProviders(t, p, []string{"NO_COLOR=1"}, "scan", r.dir)
	require.Empty(t, p.calls)
}
