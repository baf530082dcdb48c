package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
	"github.com/sluice-scan/sluice/scan"
)

func TestPipeCounts(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 99, 100, 101, 1000, 1250, 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			commit := r.commit("a.txt", "clean\n"+tokens(0, n))
			server := fakebitbucket.New()
			got := inProcess(t, pipeline(r, proxy(t, server), commit))
			want := scan.ExitOK
			if n > 0 {
				want = scan.ExitFindings
			}
			require.Equal(t, want, got.code, got.stderr)
			require.Len(t, server.Annotations(commit, reportID), min(n, 1000))
			report, ok := server.Report(commit, reportID)
			require.True(t, ok)
			require.Equal(t, map[bool]string{true: "PASSED", false: "FAILED"}[n == 0], report.Result)
			require.Equal(t, []string{"PENDING", report.Result}, server.States(commit, reportID))
			require.LessOrEqual(t, len(server.Requests()), 12)
			if n > 1000 {
				require.Contains(t, report.Details, "more findings are not shown")
				require.Contains(t, got.stderr, "not all findings have room")
			}
			requireNoToken(t, server, got, n)
		})
	}
}

// requireNoToken looks for the first and the last secret in all output of the program.
func requireNoToken(t *testing.T, server *fakebitbucket.Server, got ran, n int) {
	t.Helper()
	for _, i := range []int{0, n - 1} {
		secret := token(i)[8:]
		require.NotContains(t, got.stdout, secret)
		require.NotContains(t, got.stderr, secret)
		for _, request := range server.Requests() {
			require.NotContains(t, string(request.Body), secret)
		}
	}
}

func TestPipeAsAProcess(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 3))
	server := fakebitbucket.New()
	cmd, out := process(t, pipeline(r, proxy(t, server), commit[:12]))
	require.Error(t, cmd.Run())
	require.Equal(t, scan.ExitFindings, cmd.ProcessState.ExitCode(), out.String())
	require.Len(t, server.Annotations(commit, reportID), 3, "a short hash is expanded")
}

func TestPipeAgainAfterAFix(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 130))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	inProcess(t, env)
	require.Len(t, server.Annotations(commit, reportID), 130)
	// The fix changes only the configuration: the same commit gets a report with fewer findings.
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "known.json"), nil, 0o600))
	got := inProcess(t, append(env, "WRITE_BASELINE="+filepath.Join(r.dir, "known.json")))
	require.Equal(t, scan.ExitFindings, got.code)
	got = inProcess(t, append(env, "BASELINE="+filepath.Join(r.dir, "known.json")))
	require.Equal(t, scan.ExitOK, got.code, got.stderr)
	require.Empty(t, server.Annotations(commit, reportID))
	report, _ := server.Report(commit, reportID)
	require.Equal(t, "PASSED", report.Result)
	require.Contains(t, report.Details, "130 suppressed")
}

// held starts the pipe as a process and waits until it hangs in a call of the given kind.
func held(t *testing.T, server *fakebitbucket.Server, env []string, kind fakebitbucket.Kind) (kill func(os.Signal) (int, string)) {
	reached := make(chan struct{})
	release := make(chan struct{})
	fault.Inject(server, fault.Fault{Kind: kind, Effect: fault.Hook{Func: func() {
		close(reached)
		<-release
	}}})
	cmd, out := process(t, env)
	require.NoError(t, cmd.Start())
	select {
	case <-reached:
	case <-t.Context().Done():
		t.Fatal("the pipe never came to this call: " + out.String())
	}
	return func(signal os.Signal) (int, string) {
		require.NoError(t, cmd.Process.Signal(signal))
		if signal == syscall.SIGKILL {
			_ = cmd.Wait()
			close(release)
			return cmd.ProcessState.ExitCode(), out.String()
		}
		_ = cmd.Wait()
		close(release)
		return cmd.ProcessState.ExitCode(), out.String()
	}
}

func TestPipeStoppedBySIGTERM(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 250))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	code, out := held(t, server, env, fakebitbucket.KindAnnotationBulk)(syscall.SIGTERM)
	require.NotZero(t, code, out)
	report, _ := server.Report(commit, reportID)
	require.Equal(t, "FAILED", report.Result, "never an eternal PENDING: "+out)
	requireConverges(t, server, env, commit)
}

func TestPipeStoppedBySIGKILL(t *testing.T) {
	t.Parallel()
	for _, kind := range []fakebitbucket.Kind{fakebitbucket.KindReportPending, fakebitbucket.KindAnnotationBulk, fakebitbucket.KindReportFinal} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := newRepository(t)
			commit := r.commit("a.txt", tokens(0, 250))
			server := fakebitbucket.New()
			env := pipeline(r, proxy(t, server), commit)
			held(t, server, env, kind)(syscall.SIGKILL)
			requireConverges(t, server, env, commit)
		})
	}
}

// requireConverges runs the pipe again and compares the state with that after one run on another server.
func requireConverges(t *testing.T, server *fakebitbucket.Server, env []string, commit string) {
	t.Helper()
	fault.Heal(server)
	got := inProcess(t, env)
	require.Equal(t, scan.ExitFindings, got.code, got.stderr)
	calm := fakebitbucket.New()
	inProcess(t, append(env, "PROXY_URL="+proxy(t, calm)))
	require.Equal(t, string(calm.Dump("Duration")), string(server.Dump("Duration")))
	require.NotEmpty(t, calm.Annotations(commit, reportID))
}

func TestPipeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 250))
	server := fakebitbucket.New()
	env := pipeline(r, proxy(t, server), commit)
	first, out := process(t, env)
	second, _ := process(t, env)
	require.NoError(t, first.Start())
	require.NoError(t, second.Start())
	_ = first.Wait()
	_ = second.Wait()
	require.Len(t, server.Annotations(commit, reportID), 250, out.String())
	requireConverges(t, server, env, commit)
}

func TestPipeInAStorm(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", tokens(0, 250))
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.NewStorm(3)})
	env := pipeline(r, proxy(t, server), commit)
	cmd, out := process(t, env)
	require.Error(t, cmd.Run())
	require.Equal(t, scan.ExitFindings, cmd.ProcessState.ExitCode(), out.String())
	require.Contains(t, out.String(), "report published")
	requireConverges(t, server, env, commit)
}

func TestPipeWhenPublishingFails(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	clean := r.commit("a.txt", "clean\n")
	leaky := r.commit("b.txt", tokens(0, 1))
	for name, c := range map[string]struct {
		commit string
		fail   string
		code   int
	}{
		"clean, tolerated":   {clean, "", scan.ExitOK},
		"clean, not allowed": {clean, "FAIL_ON_PUBLISH_ERROR=true", scan.ExitError},
		"findings":           {leaky, "FAIL_ON_PUBLISH_ERROR=true", scan.ExitFindings},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := fakebitbucket.New()
			fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.Status{Code: 403}})
			got := inProcess(t, pipeline(r, proxy(t, server), c.commit, c.fail))
			require.Equal(t, c.code, got.code, got.stderr)
			require.Contains(t, got.stderr, "THE REPORT WAS NOT PUBLISHED")
			require.Equal(t, c.commit == leaky, strings.Contains(got.stdout, "b.txt:1"), "the findings are printed all the same")
		})
	}
}

func TestPipeWithoutAProxy(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "clean\n")
	got := inProcess(t, pipeline(r, "http://127.0.0.1:1", commit, "PUBLISH_TIMEOUT=2s"))
	require.Equal(t, scan.ExitOK, got.code)
	require.Contains(t, got.stderr, "THE REPORT WAS NOT PUBLISHED")
	require.Contains(t, got.stderr, "unreachable")
}

func TestPipeBehindAPageThatIsNoBitbucket(t *testing.T) {
	t.Parallel()
	r := newRepository(t)
	commit := r.commit("a.txt", "clean\n")
	server := fakebitbucket.New()
	fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.HTML{}})
	got := inProcess(t, pipeline(r, proxy(t, server), commit, "FAIL_ON_PUBLISH_ERROR=yes"))
	require.Equal(t, scan.ExitError, got.code)
	require.Contains(t, got.stderr, "a web page came instead of Bitbucket's answer")
	require.Contains(t, got.stderr, "Check PROXY_URL")
}
