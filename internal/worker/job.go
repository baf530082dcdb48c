package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan/pace"
)

// run scans one job and stores its outcome.
func (w *Worker) run(ctx context.Context, cancel context.CancelCauseFunc, j *queue.Job) {
	log := w.o.Log.With("scan", db.Key(j.ID), "project", j.ProjectKey, "repository", j.Slug, "branch", j.Branch)
	started := time.Now()
	log.Info("scan started", "attempt", j.Attempt)
	beating := w.beat(ctx, cancel, j)
	outcome := w.outcome(ctx, j, w.announced(ctx, j, beating.progress))
	lost := beating.stop()
	if lost || errors.Is(context.Cause(ctx), errStopping) || ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCancelled) {
		log.Info("scan given back")
		return
	}
	err := w.finish(ctx, log, j, outcome, beating.heard.Add(w.o.Lease))
	switch {
	case errors.Is(err, queue.ErrLost):
		log.Warn("the result is dropped: the scan has already ended, or now belongs to another worker")
	case err != nil:
		log.Error("the result could not be written and is dropped; the scan is retried when its lease ends", "error", explained(err))
	default:
		log.Info("scan ended", "state", outcome.State, "reason", outcome.Reason, "findings", len(outcome.Findings), "ms", time.Since(started).Milliseconds())
		commit := beating.commit.Load()
		switch {
		case outcome.State == queue.Succeeded && w.o.Ended != nil:
			w.o.Ended(ctx, j, outcome)
		case (outcome.State == queue.Failed || outcome.State == queue.Cancelled) && w.o.Failed != nil && commit != nil:
			w.o.Failed(ctx, j, *commit)
		}
	}
}

// announced returns progress with a call of Began as soon as the commit is known.
func (w *Worker) announced(ctx context.Context, j *queue.Job, progress func(percent int, commit string)) func(percent int, commit string) {
	if w.o.Began == nil {
		return progress
	}
	var once sync.Once
	return func(percent int, commit string) {
		if commit != "" {
			once.Do(func() { w.o.Began(ctx, j, commit) })
		}
		progress(percent, commit)
	}
}

// The pauses between attempts to write a result. They double from the first to the longest.
const (
	firstPause = 250 * time.Millisecond
	maxPause   = 4 * time.Second
)

// finish writes the outcome of a scan. While the store is unavailable or full, it retries until the scan's lease ends;
// after that another worker may have the scan. If the server is stopping, it tries just once.
func (w *Worker) finish(ctx context.Context, log *slog.Logger, j *queue.Job, outcome *findings.Outcome, until time.Time) error {
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := w.write(ctx, j, outcome)
		if !db.Unavailable(err) && !db.Full(err) {
			return err
		}
		if ctx.Err() != nil || !time.Now().Add(pause).Before(until) {
			if !db.Full(err) {
				return err
			}
			// A short message may fit where a result does not.
			reason := "the disk of the database is full; free space and scan again"
			return errors.Join(err, w.write(ctx, j, &findings.Outcome{State: queue.Failed, Reason: reason, Retry: retryAfter}))
		}
		log.Warn("the result could not be written; retrying until the lease of the scan ends", "error", explained(err))
		// After ctx has ended, the next attempt is the last one.
		_ = pace.Wait(ctx, pause)
	}
}

// write tries once to write an outcome.
func (w *Worker) write(ctx context.Context, j *queue.Job, outcome *findings.Outcome) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer done()
	return w.o.Store.Findings.Finish(ctx, j, outcome)
}

// errAgain ends a scan that could not ask the store what to do.
var errAgain = errors.New("the database did not answer")

// outcome scans and returns how the scan ended.
func (w *Worker) outcome(ctx context.Context, j *queue.Job, progress func(percent int, commit string)) *findings.Outcome {
	result, err := w.scan(ctx, j, progress)
	switch {
	case errors.Is(context.Cause(ctx), errCancelled):
		return &findings.Outcome{State: queue.Cancelled}
	case errors.Is(err, ErrBranchGone), errors.Is(err, connection.ErrGone):
		return &findings.Outcome{State: queue.Dropped, Reason: err.Error()}
	case errors.Is(err, errAgain):
		// When this can be written, the store answers again.
		return &findings.Outcome{State: queue.Failed, Reason: errAgain.Error(), Retry: time.Millisecond}
	case errors.Is(err, connection.ErrLater):
		return &findings.Outcome{State: queue.Failed, Reason: err.Error(), Retry: retryAfter}
	case err != nil:
		return &findings.Outcome{State: queue.Failed, Reason: err.Error()}
	}
	result.Hash = w.o.Hash
	return result
}

// errOtherConnection is the error of a scan whose repository this server cannot open.
var errOtherConnection = errors.New("the repository comes from a connection that this server does not read; start a server with that connection")

func (w *Worker) scan(ctx context.Context, j *queue.Job, progress func(percent int, commit string)) (result *findings.Outcome, err error) {
	defer func() {
		// One broken scan must not end the server. The panic value may quote a file and is not shown.
		if p := recover(); p != nil {
			result, err = nil, fmt.Errorf("the scan crashed (%T); please report it", p)
		}
	}()
	ctx, done := context.WithTimeoutCause(ctx, w.o.Timeout, fmt.Errorf("the scan took longer than %s", w.o.Timeout))
	defer done()
	from := w.o.Connection(j.Connection)
	if from == nil {
		return nil, errOtherConnection
	}
	dir, release, err := from.Open(connection.WithPerson(ctx, j.By), j.Location)
	if err != nil {
		return nil, err
	}
	defer release()
	return w.o.Scan(ctx, dir, j, progress)
}

// heart sends heartbeats for a scan.
type heart struct {
	percent atomic.Int64
	commit  atomic.Pointer[string]
	end     context.CancelFunc
	ended   chan struct{}
	// lost says that the scan now belongs to another worker. heard is when the store last recorded a heartbeat. Read both
	// only after the heartbeats have ended.
	lost  bool
	heard time.Time
}

func (h *heart) progress(percent int, commit string) {
	h.percent.Store(int64(percent))
	if commit != "" {
		h.commit.Store(&commit)
	}
}

// stop ends the heartbeats and reports whether the scan was lost to another worker.
func (h *heart) stop() bool {
	h.end()
	<-h.ended
	return h.lost
}

// beat sends a heartbeat every few seconds, and ends the scan if it is cancelled or lost. If the store does not answer
// for longer than the lease, the scan is lost.
func (w *Worker) beat(ctx context.Context, cancel context.CancelCauseFunc, j *queue.Job) *heart {
	beating, end := context.WithCancel(ctx)
	h := &heart{end: end, ended: make(chan struct{}), heard: time.Now()}
	go func() {
		defer close(h.ended)
		pace.Loop{Every: w.o.Beat, Do: func(context.Context) error {
			commit := ""
			if c := h.commit.Load(); c != nil {
				commit = *c
			}
			asked := time.Now()
			// A heartbeat that is under way when the scan ends still completes.
			stop, err := w.ask(ctx, j, int(h.percent.Load()), commit)
			switch {
			case errors.Is(err, queue.ErrLost), err != nil && time.Since(h.heard) > w.o.Lease:
				h.lost = true
				cancel(queue.ErrLost)
				return pace.ErrDone
			case err == nil:
				// The lease may have begun as early as that.
				h.heard = asked
			}
			if stop {
				cancel(errCancelled)
				return pace.ErrDone
			}
			return nil
		}}.Run(beating)
	}()
	return h
}

func (w *Worker) ask(ctx context.Context, j *queue.Job, percent int, commit string) (stop bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return w.o.Store.Queue.Beat(ctx, j, percent, commit)
}
