package worker

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
)

func (w *Worker) reap(ctx context.Context) {
	n, err := w.o.Store.Reap(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		w.o.Log.Error("lost scans could not be taken back", "error", explained(err))
	case n > 0:
		w.o.Log.Warn("scans of a worker that is not heard of any more were taken back", "scans", n)
		w.Wake()
	}
}

func (w *Worker) recompute(ctx context.Context) {
	n, err := w.o.Store.Recompute(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		w.o.Log.Error("the counters could not be counted anew", "error", err)
	case n > 0:
		w.o.Log.Warn("counters were wrong and are right now", "rows", n)
	}
}

// upkeep puts in order what no scan does: counters that are wrong, the day's trends, and what is older than it is to be kept.
func (w *Worker) upkeep(ctx context.Context) {
	w.recompute(ctx)
	// By the database's clock: a node whose own is wrong must not remove what is not old.
	now, err := w.o.Store.Now(ctx)
	if err != nil {
		if ctx.Err() == nil {
			w.o.Log.Error("the trends and what is old could not be looked at", "error", err)
		}
		return
	}
	if err := w.o.Store.TakeSnapshot(ctx, now); err != nil && ctx.Err() == nil {
		w.o.Log.Error("the trends of today could not be written", "error", err)
	}
	due, err := w.o.Store.PurgeDue(ctx, now)
	if err == nil && due {
		err = w.purge(ctx, now)
	}
	if err != nil && ctx.Err() == nil {
		w.o.Log.Error("what is older than the settings say could not all be removed", "error", err)
	}
}

// purge removes what is too old, and writes down what that was.
func (w *Worker) purge(ctx context.Context, now time.Time) error {
	purged, err := w.o.Store.Purge(ctx, now)
	if text := purged.String(); text != "" {
		w.o.Log.Info("removed what is older than the settings say", "removed", text)
		return errors.Join(err, w.o.Store.Audit(ctx, &store.Event{Actor: "sluice", Action: "retention.purged", Detail: text}))
	}
	return err
}
