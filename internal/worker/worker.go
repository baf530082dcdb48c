package worker

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Scan scans the head of a branch of the repository in dir and returns how that ended: Succeeded with the findings, or
// Dropped if nothing has changed since the last scan. The worker adds the Hash. Scan calls progress with the progress in
// percent, and with the commit as soon as it is known; it may call it from several goroutines at once.
type Scan func(ctx context.Context, dir string, j *queue.Job, progress func(percent int, commit string)) (*findings.Outcome, error)

// ErrBranchGone is returned by a Scan for a deleted branch.
var ErrBranchGone = errors.New("the branch was deleted")

// Options configure a worker.
type Options struct {
	Store *store.Store
	// Connection returns the connection with an id of the store; nil if this server does not have it, and then the worker
	// does not scan its repositories. Without the function the worker takes no scans and does only the periodic work.
	Connection func(id int64) connection.Opener
	// Any reports whether there is a connection now; while there is none, the worker takes no scans. nil means yes.
	Any  func() bool
	Scan Scan
	// Hash returns the keyed hash of a secret's text, for the store.
	Hash func(secret string) string
	// Owner is the name of this node.
	Owner string
	Log   *slog.Logger
	// Timeout limits one scan.
	Timeout time.Duration
	// Poll is the interval between looks at the queue when nothing happens. Beat is the interval between heartbeats of a
	// running scan. Lease is how long a scan belongs to this worker without a heartbeat. Zero means the defaults.
	Poll, Beat, Lease time.Duration
	// Began is called when the commit of a scan is known, before the scan reads it. Ended is called after the result of a
	// scan that succeeded is stored, and Failed after one that began and failed or was cancelled. nil for nothing to do.
	Began  func(ctx context.Context, j *queue.Job, commit string)
	Ended  func(ctx context.Context, j *queue.Job, o *findings.Outcome)
	Failed func(ctx context.Context, j *queue.Job, commit string)
	// Room is checked before each scan; nil always has space.
	Room *Room
}

const (
	defaultPoll = 500 * time.Millisecond
	// reapEvery and upkeepEvery are the intervals between checks of other nodes' leases, and between runs of the other
	// periodic work.
	reapEvery      = 10 * time.Second
	upkeepEvery    = time.Hour
	retentionEvery = 24 * time.Hour
	// retryAfter is when a scan is retried after an error that may pass.
	retryAfter = 30 * time.Second
	// writeTime limits one attempt to write a result, also while the worker is stopping.
	writeTime = 20 * time.Second
	// askTime limits all other statements, because somebody else's lock must not stop this node for long.
	askTime = 15 * time.Second
)

// Worker runs the scans in the queue.
type Worker struct {
	o    Options
	wake chan struct{}

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc
	// paused is the reason why no scan starts.
	paused string
}

// New returns a worker. It does nothing before Run.
func New(o Options) *Worker {
	if o.Poll == 0 {
		o.Poll = defaultPoll
	}
	if o.Beat == 0 {
		o.Beat = queue.BeatEvery
	}
	if o.Lease == 0 {
		o.Lease = queue.Lease
	}
	return &Worker{o: o, wake: make(chan struct{}, 1), running: map[int64]context.CancelCauseFunc{}}
}

// Wake tells the worker to look at the queue at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Cancel ends a scan at once if it runs here. The caller has already cancelled it in the store, so it also ends on any
// other node.
func (w *Worker) Cancel(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cancel := w.running[id]; cancel != nil {
		cancel(errCancelled)
	}
}

// Running lists the scans that run here.
func (w *Worker) Running() []int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.running))
}

// errStopping is the cause for scans that end because the server stops.
var errStopping = errors.New("the server stops")

// errCancelled is the cause for scans that somebody cancelled.
var errCancelled = errors.New("cancelled")

// takeOver takes back the scans of an earlier process with this node's name that ended without giving them back. If that
// fails, they come back when their leases end.
func (w *Worker) takeOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	switch n, err := w.o.Store.Queue.Recover(ctx, w.o.Owner); {
	case err != nil:
		w.o.Log.Warn("the scans that this node was running before could not be taken back; they will be when their leases end", "error", err)
	case n > 0:
		w.o.Log.Warn("took back scans that this node was running when it was lost", "scans", n)
	}
}

// Run works until ctx ends, and returns when all scans have ended. Running scans return to the queue.
func (w *Worker) Run(ctx context.Context) {
	w.takeOver(ctx)
	var scans sync.WaitGroup
	defer func() {
		scans.Wait()
		// This covers scans that could not give themselves back.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
		if err := w.o.Store.Queue.Release(end, w.o.Owner); err != nil {
			w.o.Log.Error("the running scans could not be given back; they will be taken back when their leases end", "error", err)
		}
	}()
	scans.Go(func() {
		pace.Loop{Every: reapEvery, Do: w.reap, Problem: func(err error) {
			w.o.Log.Error("lost scans could not be taken back", "error", explained(err))
		}}.Run(ctx)
	})
	scans.Go(func() {
		pace.Loop{Every: upkeepEvery, Do: func(ctx context.Context) error { w.upkeep(ctx); return nil }}.Run(ctx)
	})
	queue := trouble{what: "the queue cannot be read; no new scan starts until it can", over: "the queue can be read again", log: w.o.Log}
	for ctx.Err() == nil {
		j, err := w.claim(ctx)
		if ctx.Err() == nil || err == nil {
			queue.note(err, errors.Is(err, db.ErrNotFound))
		}
		if err == nil {
			jobCtx, cancel := context.WithCancelCause(ctx)
			w.mu.Lock()
			w.running[j.ID] = cancel
			w.mu.Unlock()
			scans.Go(func() {
				defer func() {
					w.mu.Lock()
					delete(w.running, j.ID)
					w.mu.Unlock()
					cancel(nil)
					w.Wake()
				}()
				w.run(jobCtx, cancel, j)
			})
			continue
		}
		select {
		case <-ctx.Done():
		case <-w.wake:
		case <-time.After(w.o.Poll):
		}
	}
}

// claim takes the next scan if there is space for it. One place beyond the limit is reserved for interactive scans.
func (w *Worker) claim(ctx context.Context) (*queue.Job, error) {
	if w.o.Connection == nil || w.o.Any != nil && !w.o.Any() || !w.room() {
		return nil, db.ErrNotFound
	}
	w.mu.Lock()
	running := len(w.running)
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	limit, err := w.o.Store.Settings.Slots(ctx)
	if err != nil {
		return nil, err
	}
	if running > limit {
		return nil, db.ErrNotFound
	}
	return w.o.Store.Queue.Claim(ctx, w.o.Owner, running < limit)
}
