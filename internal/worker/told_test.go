package worker_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/worker"
)

// TestBeginningsAndEndsOfScansAreTold: each scan that looks at a commit begins once, and then it ends or fails. One with
// nothing to do is not told.
func TestBeginningsAndEndsOfScansAreTold(t *testing.T) {
	t.Parallel()
	b := newBitbucket(t)
	head := b.commit("PAY/api", "a.txt", "x\n")
	b.sync()
	var mu sync.Mutex
	var told []string
	note := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, what)
	}
	whole := b.real()
	var broken atomic.Bool
	_, stop := b.work(func(ctx context.Context, dir string, j *queue.Job, progress func(int, string)) (*findings.Outcome, error) {
		o, err := whole(ctx, dir, j, progress)
		if broken.Load() {
			return nil, errBroken
		}
		return o, err
	}, func(o *worker.Options) {
		o.Began = func(_ context.Context, _ *queue.Job, commit string) { note("began " + commit) }
		o.Ended = func(_ context.Context, _ *queue.Job, o *findings.Outcome) { note("ended " + o.Commit) }
		o.Failed = func(_ context.Context, _ *queue.Job, commit string) { note("failed " + commit) }
	})
	run := func(force bool, want ...string) {
		t.Helper()
		mu.Lock()
		told = nil
		mu.Unlock()
		b.enqueue(queue.Request{Force: force})
		b.idle()
		b.wait("it is told", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(told) >= len(want)
		})
		mu.Lock()
		defer mu.Unlock()
		require.Equal(t, strings.Join(want, ", "), strings.Join(told, ", "))
	}
	run(false, "began "+head, "ended "+head)
	run(false)
	broken.Store(true)
	run(true, "began "+head, "failed "+head)
	stop()
}
