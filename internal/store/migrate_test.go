package store_test

import (
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// TestOlderDatabases: a database of an earlier version is migrated with everything that it contains.
func TestOlderDatabases(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		provider, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), 3)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into project (id, key, name, personal, vulnerable) values (1, 'PAY', 'Payments', false, 1)",
			"insert into repository (id, project_id, slug, name, location, default_branch, status, vulnerable, open_high) values (2, 1, 'api', 'api', 'PAY/api', 'main', 2, 1, 1)",
			"insert into branch (id, repository_id, name, head, head_at, is_default, status, scan_id, scanned_commit, scanned_at, attempt_id, attempt_state, open_high) values (3, 2, 'main', 'c1', 5, true, 2, 5, 'c1', 6, 5, 2, 1)",
			"insert into scan (id, branch_id, repository_id, priority, state, force, requested_by, queued_at, ended_at, commit_hash) values (4, 3, 2, 0, 2, false, 'ada', 1, 2, 'c0'), (5, 3, 2, 0, 2, false, 'ada', 3, 6, 'c1')",
			"insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, first_seen, last_seen, state, comment) values (6, 2, 'f', 'secrets', 'R', 'T', 3, 1, 6, 0, 'ours')",
			"insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, first_seen, last_seen) values (9, 2, 'g', 'secrets', 'R', 'T', 3, 1, 7)",
			"insert into occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed) values (3, 6, 'a', 1, 2, 1, 2, 9, 'x = ••••', '', '', '')",
			"insert into audit (id, at, actor, action, object, detail) values (8, 2, 'b', 'second', '', ''), (7, 1, 'a', 'first', '', '')",
			"insert into setting (key, value) values ('parallelScans', '4')",
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}

		s := open(t, address)
		gone := map[int64]int64{}
		require.NoError(t, db.Each(t.Context(), raw, "select id, coalesce(gone_at, -1) from finding", nil, func(row *sql.Rows) error {
			var id, at int64
			err := row.Scan(&id, &at)
			gone[id] = at
			return err
		}))
		require.Equal(t, map[int64]int64{6: -1, 9: 7}, gone, "what no branch has was there last when it was seen last")
		unknown, err := s.Dependencies.Unknown(t.Context(), everything)
		require.NoError(t, err)
		require.Equal(t, 1, unknown, "its dependencies are not known until the next scan")
		at, err := s.Findings.List(t.Context(), everything, findings.Filter{Path: "A"}, 10)
		require.NoError(t, err)
		require.Len(t, at, 1)
		right(t, s)
		main := branch(t, s, "PAY", "api", "main")
		require.Equal(t, status.Vulnerable, main.Status)
		old, err := s.Queue.Scan(t.Context(), everything, 4)
		require.NoError(t, err)
		newest, err := s.Queue.Scan(t.Context(), everything, 5)
		require.NoError(t, err)
		require.Less(t, old.Result, main.KeptResult, "its findings are not known")
		require.Equal(t, main.KeptResult, newest.Result)
		require.Len(t, told(t, s, main.ID, newest.Result), 1)

		// New rows continue from there.
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

// TestProjectsGetAConnection: the projects of a database without connections belong to the folder of --repos. Rows that
// refer to them stay, and a project still cannot be deleted while rows refer to it.
func TestProjectsGetAConnection(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		migrations, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = migrations.UpTo(t.Context(), 16)
		require.NoError(t, err)
		for _, statement := range []string{
			`insert into project (id, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity) values
				(1, 'PAY', 'Payments', false, null, 0, 0, 1, 0, 0, 0, 'i1'), (2, '~ada', 'Ada', true, null, 0, 0, 0, 0, 0, 1, ''), (3, 'OLD', 'Old', false, 7, 0, 0, 0, 0, 0, 0, 'i3')`,
			`insert into repository (id, project_id, slug, name, location, default_branch, not_scanned, counted_as, identity, removed_at) values
				(4, 1, 'api', 'api', 'PAY/api', 'main', 1, 0, 'i4', null), (5, 2, 'x', 'x', '~ada/x', '', 0, 5, '', null), (6, 3, 'y', 'y', 'OLD/y', '', 0, null, '', 7)`,
			"insert into branch (id, repository_id, name, head, head_at, is_default) values (7, 4, 'main', 'c1', 5, true)",
			`insert into snapshot (project_id, repository_id, day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low) values
				(1, 0, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0), (1, 4, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0), (3, 0, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0)`,
			"insert into hook_setting (scope, enabled, warn) values ('PAY', true, false)",
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}
		rows := func(query string) (list [][]string) {
			t.Helper()
			require.NoError(t, db.Each(t.Context(), raw, query, nil, func(row *sql.Rows) error {
				columns, err := row.Columns()
				require.NoError(t, err)
				texts, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
				for i := range texts {
					into[i] = &texts[i]
				}
				err = row.Scan(into...)
				line := make([]string, len(texts))
				for i, x := range texts {
					line[i] = x.String
				}
				list = append(list, line)
				return err
			}))
			return list
		}
		const projects = "select id, key, name, personal, removed_at, secure, vulnerable, not_scanned, partially_scanned, outdated, empty, identity from project order by id"
		const others = "select r.id, r.project_id, r.slug, b.id, x.day from repository r left join branch b on b.repository_id = r.id left join snapshot x on x.project_id = r.project_id and x.repository_id = 0 order by r.id"
		before, hanging := rows(projects), rows(others)
		require.Len(t, before, 3)

		s := open(t, address)
		require.Equal(t, before, rows(projects))
		require.Equal(t, hanging, rows(others))
		require.Equal(t, [][]string{{"1", "repos", "folder", "{}"}}, rows("select id, name, kind, settings from connection where removed_at is null"))
		require.Equal(t, [][]string{{"1", "3"}}, rows("select connection_id, count(*) from project group by connection_id"))
		right(t, s)
		for _, broken := range []string{
			"delete from project where id = 1", "delete from project where id = 3", "insert into repository (id, project_id, slug, name, location) values (20, 99, 'a', 'a', 'a')",
			"insert into project (id, connection_id, key, name, personal) values (21, 1, 'OLD', 'o', false)", "insert into project (id, connection_id, key, name, personal) values (22, 9, 'Q', 'q', false)",
			"update project set key = 'PAY' where id = 2",
		} {
			_, err := s.Write.ExecContext(t.Context(), broken)
			require.Error(t, err, broken)
		}

		// The server continues with the same connection.
		c, err := s.Connections.Ensure(t.Context(), connections.Repos, connections.KindFolder)
		require.NoError(t, err)
		require.Equal(t, int64(1), c.ID)
		listed(t, s, project("PAY", "api: main=c2"))
		require.Equal(t, int64(7), branch(t, s, "PAY", "api", "main").ID)
	})
}

// TestANewDatabaseHasNoConnection: a server creates one when it names it.
func TestANewDatabaseHasNoConnection(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		var n int
		require.NoError(t, open(t, address).Read.QueryRowContext(t.Context(), "select count(*) from connection").Scan(&n))
		require.Zero(t, n)
	})
}
