package worker

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/audit"
)

// reap takes back the scans of lost workers.
func (w *Worker) reap(ctx context.Context) error {
	n, err := w.o.Store.Queue.Reap(ctx)
	if n > 0 {
		w.o.Log.Warn("took back scans of workers without a heartbeat", "scans", n)
		w.Wake()
	}
	return err
}

// upkeep does the periodic work: it corrects counters, takes the day's snapshot, and purges old data. One of several
// nodes does each task.
func (w *Worker) upkeep(ctx context.Context) {
	for _, task := range []struct {
		name, problem string
		every         time.Duration
		do            func(ctx context.Context, now time.Time) error
	}{
		{"recompute", "the counters could not be recounted", upkeepEvery, w.recompute},
		{"trends", "the trends of today could not be stored", upkeepEvery, w.o.Store.Trends.TakeSnapshot},
		{"retention", "not all old data could be removed", retentionEvery, w.purge},
	} {
		// Use the database's clock: a node with a wrong clock must not remove current data.
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
		w.o.Log.Warn("corrected wrong counters", "repositories", n)
	}
	return err
}

// purge removes old data and audits what it removed.
func (w *Worker) purge(ctx context.Context, now time.Time) error {
	purged, err := w.o.Store.Retention.Purge(ctx, now)
	if text := purged.String(); text != "" {
		w.o.Log.Info("removed old data as the settings say", "removed", text)
		return errors.Join(err, w.o.Store.Audit.Add(ctx, &audit.Event{Actor: "sluice", Action: "retention.purged", Detail: text}))
	}
	return err
}
