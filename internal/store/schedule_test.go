package store_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1", "web: main=1"))
		monday := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
		require.NoError(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Scope: "PAY/api", Cron: "0 3 * * *"}, monday))
		require.NoError(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Scope: "GONE", Cron: "@daily"}, monday))
		require.ErrorContains(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Cron: "sometimes"}, monday), "not a cron expression")
		require.ErrorContains(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Cron: "TZ=Asia/Tokyo 0 3 * * *"}, monday), "UTC")
		ran, err := s.Queue.RunSchedules(t.Context(), monday.Add(59*time.Minute))
		require.NoError(t, err)
		require.Zero(t, ran, "not before it is due")

		// Two nodes and a long pause: it runs once.
		var total atomic.Int64
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				n, err := s.Queue.RunSchedules(t.Context(), monday.Add(80*time.Hour))
				if err != nil {
					t.Error(err)
				}
				total.Add(int64(n))
			})
		}
		wait.Wait()
		require.EqualValues(t, 1, total.Load())
		j := claim(t, s)
		require.Equal(t, "api", j.Slug)
		_, err = s.Queue.Claim(t.Context(), "x", true)
		require.ErrorIs(t, err, db.ErrNotFound, "only the scope")
		require.NoError(t, s.Queue.SetSchedule(t.Context(), &queue.Schedule{Scope: "GONE"}, monday))
		last, err := s.Queue.ScheduleRuns(t.Context())
		require.NoError(t, err)
		require.Len(t, last, 1, "the other one's place does not exist")
		require.False(t, last["PAY/api"].At.IsZero())
		require.NotZero(t, last["PAY/api"].Batch)
		list, err := s.Queue.Schedules(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
	})
}

func TestBackup(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1"))
		file := filepath.Join(t.TempDir(), "it's a backup.db")
		err := s.Backup(t.Context(), file)
		if db.IsPostgres(address) {
			require.ErrorIs(t, err, db.ErrPostgres)
			return
		}
		require.NoError(t, err)
		require.ErrorIs(t, s.Backup(t.Context(), file), db.ErrExists)
		listed(t, s, project("LATER", "x: main=1"))
		copied := open(t, file)
		require.NoError(t, copied.Check(t.Context()))
		_, err = copied.Catalog.Project(t.Context(), everything, "PAY")
		require.NoError(t, err)
		_, err = copied.Catalog.Project(t.Context(), everything, "LATER")
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}

// TestWordsOfASchedule: what people write, and the next times of it.
func TestWordsOfASchedule(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		cron, mode, badCron, badMode string
		next                         []string
	}{
		{"0 3 * * 6", "rescan", "", "", []string{"2026-11-28", "2026-12-05", "2026-12-12"}},
		{"  @monthly ", "", "", "", []string{"2026-12-01", "2027-01-01", "2027-02-01"}},
		{"0 3 30 2 *", "outdated", "", "", nil},
		{"* * *", "never", "is not a cron expression", "it must be rescan or outdated", nil},
		{"", "", "is not a cron expression", "", nil},
		{"CRON_TZ=UTC 0 3 * * *", "rescan", "leave the time zone out", "", nil},
	} {
		var s queue.Schedule
		badCron, badMode := s.Read(x.cron, x.mode)
		if x.badCron == "" {
			require.NoError(t, badCron, x.cron)
		} else {
			require.ErrorContains(t, badCron, x.badCron)
		}
		if x.badMode == "" {
			require.NoError(t, badMode, x.cron)
		} else {
			require.ErrorContains(t, badMode, x.badMode)
		}
		require.Equal(t, x.mode == "rescan", s.Mode() == queue.ModeRescan)
		var next []string
		for _, at := range s.Next(from, 3) {
			next = append(next, at.Format(time.DateOnly))
		}
		require.Equal(t, x.next, next, x.cron)
	}
}
