package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// tick is the unit in which Linux counts processor time of other processes (proc(5), USER_HZ).
const tick = 10 * time.Millisecond

// databaseTime is what the processes of PostgreSQL that serve this database have had of the processors, by process; empty for SQLite, and for a
// PostgreSQL on another machine.
func databaseTime(ctx context.Context, s *store.Store) (map[int]time.Duration, error) {
	times := map[int]time.Duration{}
	if !s.Postgres {
		return times, nil
	}
	return times, db.Each(ctx, s.Read, "select pid from pg_stat_activity where datname = current_database()", nil, func(row *sql.Rows) error {
		var pid int
		if err := row.Scan(&pid); err != nil {
			return err
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return nil //nolint:nilerr // it is on another machine, or has ended
		}
		// The name of the program may have blanks; what follows has none.
		_, rest, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 13 {
			return nil
		}
		var user, system int64
		_, _ = fmt.Sscan(fields[11], &user)
		_, _ = fmt.Sscan(fields[12], &system)
		times[pid] = time.Duration(user+system) * tick
		return nil
	})
}

// since adds up what processes have had since before.
func since(before, after map[int]time.Duration) (sum time.Duration) {
	for pid, d := range after {
		sum += d - before[pid]
	}
	return sum
}
