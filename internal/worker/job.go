package worker

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
)

// run scans one job and brings its outcome to the store.
func (w *Worker) run(ctx context.Context, cancel context.CancelCauseFunc, j *store.Job) {
	log := w.o.Log.With("scan", store.ScanKey(j.ID), "project", j.ProjectKey, "repository", j.Slug, "branch", j.Branch)
	started := time.Now()
	log.Info("scan started", "attempt", j.Attempt)
	beating := w.beat(ctx, cancel, j)
	outcome := w.outcome(ctx, j, beating.progress)
	lost := beating.stop()
	if lost || errors.Is(context.Cause(ctx), errStopping) || ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCancelled) {
		log.Info("scan given back")
		return
	}
	// The result is written even when the server is being stopped meanwhile.
	end, done := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer done()
	err := w.o.Store.Finish(end, j, outcome)
	switch {
	case errors.Is(err, store.ErrLost):
		log.Warn("the result came too late: the scan belongs to another worker by now")
	case err != nil:
		log.Error("the result could not be written; the scan is tried again when its lease ends", "error", err)
	default:
		log.Info("scan ended", "state", outcome.State, "reason", outcome.Reason, "findings", len(outcome.Findings), "ms", time.Since(started).Milliseconds())
	}
}

// outcome scans and says how it ended.
func (w *Worker) outcome(ctx context.Context, j *store.Job, progress func(percent int, commit string)) *store.Outcome {
	result, err := w.scan(ctx, j, progress)
	switch {
	case errors.Is(context.Cause(ctx), errCancelled):
		return &store.Outcome{State: store.Cancelled}
	case errors.Is(err, ErrBranchGone), errors.Is(err, connection.ErrGone):
		return &store.Outcome{State: store.Dropped, Reason: err.Error()}
	case errors.Is(err, connection.ErrLater):
		return &store.Outcome{State: store.Failed, Reason: err.Error(), Retry: retryAfter}
	case err != nil:
		return &store.Outcome{State: store.Failed, Reason: err.Error()}
	case result.UpToDate:
		return &store.Outcome{State: store.Dropped, Reason: "up to date"}
	}
	return &store.Outcome{State: store.Succeeded, Commit: result.Commit, Config: result.Config, RulesFile: result.RulesFile, RulesAt: result.RulesAt, Findings: result.Findings, Warning: result.Warning, Origins: result.Origins, Dependencies: result.Dependencies, Hash: w.o.Hash}
}

func (w *Worker) scan(ctx context.Context, j *store.Job, progress func(percent int, commit string)) (result *Result, err error) {
	defer func() {
		// One broken scan must not end the server; the value may quote a file and is not shown.
		if p := recover(); p != nil {
			result, err = nil, fmt.Errorf("the scan broke off (%T); please report it", p)
		}
	}()
	ctx, done := context.WithTimeoutCause(ctx, w.o.Timeout, fmt.Errorf("the scan took longer than %s", w.o.Timeout))
	defer done()
	dir, release, err := w.o.Connection.Open(ctx, j.Location)
	if err != nil {
		return nil, err
	}
	defer release()
	return w.o.Scan(ctx, dir, j, progress)
}

// heart tells the store that a scan is alive.
type heart struct {
	percent atomic.Int64
	commit  atomic.Pointer[string]
	end     chan struct{}
	ended   chan struct{}
	lost    bool
}

func (h *heart) progress(percent int, commit string) {
	h.percent.Store(int64(percent))
	if commit != "" {
		h.commit.Store(&commit)
	}
}

// stop ends the beating and reports whether the scan was lost to another worker.
func (h *heart) stop() bool {
	close(h.end)
	<-h.ended
	return h.lost
}

// beat tells the store every few seconds that the scan is alive, and ends it when it is cancelled or lost. A store that
// does not answer for longer than the lease means lost.
func (w *Worker) beat(ctx context.Context, cancel context.CancelCauseFunc, j *store.Job) *heart {
	h := &heart{end: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(h.ended)
		ticker := time.NewTicker(w.o.Beat)
		defer ticker.Stop()
		heard := time.Now()
		for {
			commit := ""
			if c := h.commit.Load(); c != nil {
				commit = *c
			}
			stop, err := w.o.Store.Beat(ctx, j, int(h.percent.Load()), commit)
			switch {
			case errors.Is(err, store.ErrLost), err != nil && time.Since(heard) > store.Lease:
				h.lost = true
				cancel(store.ErrLost)
				return
			case err == nil:
				heard = time.Now()
			}
			if stop {
				cancel(errCancelled)
				return
			}
			select {
			case <-h.end:
				return
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return h
}
