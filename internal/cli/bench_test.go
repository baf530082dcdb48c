package cli_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/fakebitbucket"
	"github.com/sluice-scan/sluice/internal/fakebitbucket/fault"
)

// BenchmarkFirstRequest measures the time from the start of the process to its first request.
func BenchmarkFirstRequest(b *testing.B) {
	r := newRepository(b)
	commit := r.commit("a.txt", "clean\n")
	var total time.Duration
	for b.Loop() {
		server := fakebitbucket.New()
		var first time.Time
		var once sync.Once
		fault.Inject(server, fault.Fault{Times: fault.Forever, Effect: fault.Hook{Func: func() {
			once.Do(func() { first = time.Now() })
		}}})
		cmd, out := process(b, pipeline(r, proxy(b, server), commit))
		started := time.Now()
		require.NoError(b, cmd.Run(), out)
		total += first.Sub(started)
	}
	b.ReportMetric(float64(total.Milliseconds())/float64(b.N), "ms-to-first-request")
}

// BenchmarkScanOwnTree scans this repository's own files in the process.
func BenchmarkScanOwnTree(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		got := inProcess(b, nil, "scan", "--worktree", "--fail-on", "NONE", "../..")
		require.Zero(b, got.code, got.stderr)
	}
}
