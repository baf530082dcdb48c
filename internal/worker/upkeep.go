package worker

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/audit"
)

// reap takes back the scans of workers that are lost.
func (w *Worker) reap(ctx context.Context) error {
	n, err := w.o.Store.Queue.Reap(ctx)
	if n > 0 {
		w.o.Log.Warn("scans of a worker that is not heard of any more were taken back", "scans", n)
		w.Wake()
	}
	return err
}

// upkeep puts in order what no scan does: counters that are wrong, the day's trends, and what is older than it is to be kept. Of
// several nodes one does each of it.
func (w *Worker) upkeep(ctx context.Context) {
	for _, task := range []struct {
		name, problem string
		every         time.Duration
		do            func(ctx context.Context, now time.Time) error
	}{
		{"recompute", "the counters could not be counted anew", upkeepEvery, w.recompute},
		{"trends", "the trends of today could not be written", upkeepEvery, w.o.Store.Trends.TakeSnapshot},
		{"retention", "what is older than the settings say could not all be removed", retentionEvery, w.purge},
	} {
		// By the database's clock: a node whose own is wrong must not remove what is not old.
		now, err := w.o.Store.Now(ctx)
		due := false
		if err == nil {
			due, err = w.o.Store.Settings.Due(ctx, task.name, task.every, now)
		}
		if err == nil && due {
			err = task.do(ctx, now)
		}
		if err != nil && ctx.Err() == nil {
			w.o.Log.Error(task.problem, "error", explained(err))
		}
	}
}

func (w *Worker) recompute(ctx context.Context, _ time.Time) error {
	n, err := w.o.Store.Recompute(ctx)
	if n > 0 {
		w.o.Log.Warn("counters were wrong and are right now", "repositories", n)
	}
	return err
}

// purge removes what is too old, and writes down what that was.
func (w *Worker) purge(ctx context.Context, now time.Time) error {
	purged, err := w.o.Store.Retention.Purge(ctx, now)
	if text := purged.String(); text != "" {
		w.o.Log.Info("removed what is older than the settings say", "removed", text)
		return errors.Join(err, w.o.Store.Audit.Add(ctx, &audit.Event{Actor: "sluice", Action: "retention.purged", Detail: text}))
	}
	return err
}
