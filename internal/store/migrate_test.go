package store_test

import (
	"os"
	"testing"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// TestOlderDatabases: one that an earlier version has left is brought up to date with all that it holds.
func TestOlderDatabases(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		dialect := goose.DialectSQLite3
		if db.IsPostgres(address) {
			dialect = goose.DialectPostgres
		}
		provider, err := goose.NewProvider(dialect, raw, os.DirFS("db/migrations"))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), 3)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into project (id, key, name, personal, vulnerable) values (1, 'PAY', 'Payments', false, 1)",
			"insert into repository (id, project_id, slug, name, location, default_branch, status, vulnerable, open_high) values (2, 1, 'api', 'api', 'PAY/api', 'main', 2, 1, 1)",
			"insert into branch (id, repository_id, name, head, head_at, is_default, status, scan_id, scanned_commit, scanned_at, attempt_id, attempt_state, open_high) values (3, 2, 'main', 'c1', 5, true, 2, 5, 'c1', 6, 5, 2, 1)",
			"insert into scan (id, branch_id, repository_id, priority, state, force, requested_by, queued_at, ended_at, commit_hash) values (4, 3, 2, 0, 2, false, 'ada', 1, 2, 'c0'), (5, 3, 2, 0, 2, false, 'ada', 3, 6, 'c1')",
			"insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, first_seen, last_seen, state, comment) values (6, 2, 'f', 'secrets', 'R', 'T', 3, 1, 6, 0, 'ours')",
			"insert into occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed) values (3, 6, 'a', 1, 2, 1, 2, 9, 'x = ••••', '', '', '')",
			"insert into audit (id, at, actor, action, object, detail) values (8, 2, 'b', 'second', '', ''), (7, 1, 'a', 'first', '', '')",
			"insert into setting (key, value) values ('parallelScans', '4')",
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}

		s := open(t, address)
		right(t, s)
		main := branch(t, s, "PAY", "api", "main")
		require.Equal(t, status.Vulnerable, main.Status)
		old, err := s.Queue.Scan(t.Context(), everything, 4)
		require.NoError(t, err)
		newest, err := s.Queue.Scan(t.Context(), everything, 5)
		require.NoError(t, err)
		require.Less(t, old.Result, main.KeptResult, "what it had found is not known")
		require.Equal(t, main.KeptResult, newest.Result)
		require.Len(t, told(t, s, main.ID, newest.Result), 1)

		// What comes next goes on from there.
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		finish(t, s, claim(t, s))
		require.Len(t, told(t, s, main.ID, newest.Result), 1)
		require.Empty(t, told(t, s, main.ID, 0))
		require.Equal(t, status.Secure, branch(t, s, "PAY", "api", "main").Status)
		require.NoError(t, s.Audit.Add(t.Context(), &audit.Event{Actor: "c", Action: "third"}))
		check, err := s.Audit.Check(t.Context())
		require.NoError(t, err)
		require.Equal(t, []any{3, 2, int64(0), int64(3)}, []any{check.Entries, check.Unchained, check.BrokenAt, check.HeadSeq})
		events, err := s.Audit.List(t.Context(), audit.Filter{}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"third", "second", "first"}, []string{events[0].Action, events[1].Action, events[2].Action})
		n, err := s.Settings.Int(t.Context(), settings.ParallelScans)
		require.NoError(t, err)
		require.Equal(t, 4, n)
	})
}
