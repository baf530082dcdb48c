package worker_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// TestBranchesShareBlobs: scans do not even read a file that the scan of another branch found clean. Here the file can
// no longer be read.
func TestBranchesShareBlobs(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	var text strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&text, "print(%d)\n", n*n)
	}
	b.commit("PAY/api", "clean.py", text.String())
	b.commit("PAY/api", "other.py", "print(2)\n")
	for n := range 3 {
		b.git("PAY/api", "checkout", "-q", "-b", fmt.Sprintf("feature/%d", n), "main")
		b.commit("PAY/api", "other.py", fmt.Sprintf("print(%d)\n", 10+n))
	}
	b.git("PAY/api", "checkout", "-q", "main")
	b.sync()
	b.work(b.real())
	b.enqueue(queue.Request{Scope: queue.Scope{BranchID: b.branch("PAY", "api", "main").ID}, Force: true})
	b.idle()
	blob := b.git("PAY/api", "rev-parse", "main:clean.py")
	object := filepath.Join(b.root, "PAY/api/.git/objects", blob[:2], blob[2:])
	whole, err := os.ReadFile(object)
	require.NoError(t, err)
	require.NoError(t, os.Remove(object))
	require.NoError(t, os.WriteFile(object, whole[:len(whole)/2], 0o600), "its size can still be read")
	b.enqueue(queue.Request{Force: true})
	b.idle()
	for _, name := range []string{"main", "feature/0", "feature/1", "feature/2"} {
		found := b.branch("PAY", "api", name)
		require.Equal(t, catalog.ScanUpToDate, found.Knowledge.ScanStatus(), "%s: %s", name, found.Last.Error)
	}
	// With other rules everything is read again.
	_, err = b.store.Policy.AddRule(t.Context(), &policy.Rule{Name: "ours", DetectorID: "OURS", Regexp: `ours_[0-9]{8}`, Enabled: true})
	require.NoError(t, err)
	b.enqueue(queue.Request{Outdated: true})
	b.idle()
	require.Equal(t, catalog.ScanIncomplete, b.branch("PAY", "api", "main").Knowledge.ScanStatus())
}

// BenchmarkSecondBranch compares the scans of 49 branches, each of which changes one file, with the scan of the first
// branch. The files are those of Go's own library.
func BenchmarkSecondBranch(b *testing.B) {
	box := newBitbucket(b)
	box.commit("PAY/api", "a.txt", "text\n")
	dir := filepath.Join(box.root, "PAY/api")
	out, err := exec.CommandContext(b.Context(), "go", "env", "GOROOT").Output()
	require.NoError(b, err)
	for _, part := range []string{"cmd/compile", "cmd/internal", "runtime", "go"} {
		require.NoError(b, os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(strings.TrimSpace(string(out)), "src", part))))
	}
	box.git("PAY/api", "add", "-A", "-f")
	box.git("PAY/api", "commit", "-q", "-m", "library")
	const branches = 49
	for n := range branches {
		box.git("PAY/api", "checkout", "-q", "-b", fmt.Sprintf("feature/%d", n), "main")
		box.commit("PAY/api", "a.txt", fmt.Sprintf("text %d\n", n))
	}
	box.git("PAY/api", "gc", "-q")
	for b.Loop() {
		scan := box.real()
		took := func(branch string) time.Duration {
			begun := time.Now()
			_, err := scan(b.Context(), dir, &queue.Job{Branch: branch, Force: true}, func(int, string) {})
			require.NoError(b, err)
			return time.Since(begun)
		}
		first := took("main")
		var others time.Duration
		for n := range branches {
			others += took(fmt.Sprintf("feature/%d", n))
		}
		b.ReportMetric(first.Seconds()*branches/others.Seconds(), "times-less")
		b.ReportMetric(float64(others.Microseconds())/branches/1000, "ms/branch")
		b.ReportMetric(float64(first.Microseconds())/1000, "ms/first")
	}
}
