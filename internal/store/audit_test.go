package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// rawly opens a test's database without the store.
func rawly(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver := "sqlite"
	if db.IsPostgres(address) {
		driver = "pgx"
	}
	db, err := sql.Open(driver, address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestAuditChain: entries that are added together are numbered without gaps, and every change and deletion is noticed.
func TestAuditChain(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		check := func() *audit.ChainCheck {
			t.Helper()
			c, err := s.Audit.Check(t.Context())
			require.NoError(t, err)
			return c
		}
		require.Equal(t, &audit.ChainCheck{}, check())
		var wait sync.WaitGroup
		for n := range 4 {
			wait.Go(func() {
				for i := range 10 {
					if err := s.Audit.Add(context.Background(), &audit.Event{Actor: fmt.Sprintf("user-%d", n), Action: "rule.changed", Object: fmt.Sprintf("PAY/r%d", i), Detail: "a\x00b\xff"}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		c := check()
		require.Len(t, c.Head, 64)
		require.Equal(t, &audit.ChainCheck{Entries: 40, Head: c.Head, HeadSeq: 40}, c)
		list, err := s.Audit.List(t.Context(), audit.Filter{Actor: "user-2", Object: "pay/R3"}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Equal(t, []string{"user-2", "PAY/r3"}, []string{list[0].Actor, list[0].Object})
		at := list[0].At
		for _, x := range []struct {
			filter audit.Filter
			want   bool
		}{{audit.Filter{From: at}, true}, {audit.Filter{To: at}, false}, {audit.Filter{From: at.Add(time.Nanosecond)}, false}, {audit.Filter{Action: "RULE"}, true}, {audit.Filter{Action: "r%e"}, false}} {
			x.filter.Actor, x.filter.Object = "user-2", "r3"
			list, err := s.Audit.List(t.Context(), x.filter, db.Page{Limit: 10})
			require.NoError(t, err)
			require.Equal(t, x.want, len(list) == 1, "%+v", x.filter)
		}

		db := rawly(t, address)
		for _, x := range []struct {
			change, back string
			broken       int64
		}{
			{"update audit set actor = actor || 'x' where seq = 17", "update audit set actor = substr(actor, 1, length(actor) - 1) where seq = 17", 17},
			{"update audit set action = 'x' where seq = 1", "update audit set action = 'rule.changed' where seq = 1", 1},
			{"update audit set at = at + 1 where seq = 40", "update audit set at = at - 1 where seq = 40", 40},
			{"update audit set seq = 1000 where seq = 20", "update audit set seq = 20 where seq = 1000", 21},
			{"update audit set hash = '' where seq = 9", "", 9},
		} {
			_, err := db.ExecContext(t.Context(), x.change)
			require.NoError(t, err)
			require.Equal(t, x.broken, check().BrokenAt, x.change)
			if x.back != "" {
				_, err = db.ExecContext(t.Context(), x.back)
				require.NoError(t, err)
				require.Zero(t, check().BrokenAt, x.back)
			}
		}
		_, err = db.ExecContext(t.Context(), "delete from audit where seq = 9")
		require.NoError(t, err)
		require.EqualValues(t, 10, check().BrokenAt)

		// What the retention removes breaks nothing, and the chain continues.
		_, err = s.Retention.Purge(t.Context(), time.Now().AddDate(0, 0, 401))
		require.NoError(t, err)
		require.NoError(t, s.Audit.Add(t.Context(), &audit.Event{Actor: "a", Action: "b"}))
		c = check()
		require.Equal(t, &audit.ChainCheck{Entries: 2, Head: c.Head, HeadSeq: 41}, c)
	})
}
