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

// Scan scans the head of a branch of the repository in dir, and says how that ended: Succeeded with what was found, or Dropped
// when nothing has changed since the last scan. The worker adds the Hash. progress is called with the progress in percent, and
// with the commit as soon as it is known.
type Scan func(ctx context.Context, dir string, j *queue.Job, progress func(percent int, commit string)) (*findings.Outcome, error)

// ErrBranchGone is returned by a Scan for a branch that is not there any more.
var ErrBranchGone = errors.New("the branch was deleted")

// Options is what a worker needs.
type Options struct {
	Store      *store.Store
	Connection connection.Connection
	// ConnectionID is what the store calls the connection. Repositories of other connections are not scanned here: their locations mean
	// nothing to this one.
	ConnectionID int64
	Scan         Scan
	// Hash gives the keyed hash of a secret's text, for the store.
	Hash func(secret string) string
	// Owner names this node.
	Owner string
	Log   *slog.Logger
	// Timeout bounds one scan.
	Timeout time.Duration
	// Poll is how often the queue is looked at when nothing happens, Beat how often a running scan is heard of, and Lease how long a
	// scan belongs to this worker while the store does not hear of it; zero means the defaults.
	Poll, Beat, Lease time.Duration
	// Room is asked before each scan; nil has always room.
	Room *Room
}

const (
	defaultPoll = 500 * time.Millisecond
	// reapEvery and upkeepEvery are how often the leases of other nodes are looked at, and the rest is put in order.
	reapEvery      = 10 * time.Second
	upkeepEvery    = time.Hour
	retentionEvery = 24 * time.Hour
	// retryAfter is when a scan that failed in a way that may pass is tried again.
	retryAfter = 30 * time.Second
	// writeTime bounds one attempt to write a result, also after the worker was told to stop.
	writeTime = 20 * time.Second
	// askTime bounds what else is asked of the store: a lock that somebody else holds must not stop this node for long.
	askTime = 15 * time.Second
)

// Worker scans what waits in the queue.
type Worker struct {
	o    Options
	wake chan struct{}

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc
	// paused is why no scan is started.
	paused string
}

// New makes a worker. It does nothing before Run.
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

// Wake says that something was put into the queue: the worker looks at once.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Cancel ends a scan at once when it runs here. Who calls it has told the store before, so that it ends wherever it runs.
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

// errStopping is why a scan ends when the server does.
var errStopping = errors.New("the server stops")

// errCancelled is why a scan ends when somebody cancels it.
var errCancelled = errors.New("cancelled")

// takeOver takes back what a process of this node's name was scanning that ended without giving it back. What cannot be taken back now
// is when its lease ends.
func (w *Worker) takeOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	switch n, err := w.o.Store.Queue.Recover(ctx, w.o.Owner); {
	case err != nil:
		w.o.Log.Warn("what this node was scanning before could not be taken back; it will be when its lease ends", "error", err)
	case n > 0:
		w.o.Log.Warn("scans that this node was running when it was lost were taken back", "scans", n)
	}
}

// Run works until ctx ends, and returns when all scans have ended: what was running goes back to the queue.
func (w *Worker) Run(ctx context.Context) {
	w.takeOver(ctx)
	var scans sync.WaitGroup
	defer func() {
		scans.Wait()
		// What a scan could not give back itself.
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
		defer cancel()
		if err := w.o.Store.Queue.Release(end, w.o.Owner); err != nil {
			w.o.Log.Error("what was running could not be given back; it will be taken back when its lease ends", "error", err)
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
	queue := trouble{what: "the queue cannot be read; nothing new is scanned until it can", over: "the queue can be read again", log: w.o.Log}
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

// claim takes the next scan, when there is room for it. One place beyond the limit is kept for scans that somebody waits for.
func (w *Worker) claim(ctx context.Context) (*queue.Job, error) {
	if !w.room() {
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
