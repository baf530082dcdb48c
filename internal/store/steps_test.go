package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
)

// injection is a finding in code with a way of data, whose source is at a line.
func injection(source int) scan.Finding {
	f := secret("way", "app/orders.py", scan.SeverityHigh)
	f.Engine, f.Secret, f.Excerpt = "code", scan.Secret{}, "cursor.execute(query)"
	f.Flow = []scan.Step{
		{Path: "app/web.py", Kind: scan.StepSource, Start: 7, End: 9, Position: scan.Position{StartLine: source, StartColumn: 12, EndLine: source, EndColumn: 40}, Text: `name = request.args["<b>"] + '••••••••'`},
		{Path: "app/b\xffd\x00.py", Kind: scan.StepOn, Position: scan.Position{StartLine: 7, StartColumn: 1, EndLine: 8, EndColumn: 2}, Text: "bad \xff\x00 text"},
		{Path: "app/orders.py", Kind: scan.StepSink, Position: f.Position, Text: "cursor.execute(query)"},
	}
	return f
}

// asStored is a way as the store gives it back: without offsets, and with valid texts.
func asStored(f *scan.Finding) []scan.Step {
	var way []scan.Step
	for _, s := range f.Flow {
		s.Start, s.End, s.Path, s.Text = 0, 0, db.ValidText(s.Path), db.ValidText(s.Text)
		way = append(way, s)
	}
	return way
}

// ways are the ways of all findings in a result of a branch.
func ways(t *testing.T, s *store.Store, branch int64, result int) (list [][]scan.Step) {
	t.Helper()
	found, err := s.Findings.Occurrences(t.Context(), branch, findings.OccurrenceFilter{Result: result}, findings.OccurrenceKey{}, 10)
	require.NoError(t, err)
	for i := range found {
		list = append(list, found[i].Flow)
	}
	return list
}

// TestWaysOfData: every reading of a finding has its way, and each result keeps the way that it was found with.
func TestWaysOfData(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s := open(t, address)
		listed(t, s, project("PAY", "api: main=1"))
		first, second := injection(3), injection(4)
		for _, f := range []scan.Finding{first, first, second} {
			_, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
			require.NoError(t, err)
			finish(t, s, claim(t, s), f)
		}
		main := branch(t, s, "PAY", "api", "main")
		require.Equal(t, [][]scan.Step{asStored(&second)}, ways(t, s, main.ID, 0))
		require.Equal(t, [][]scan.Step{asStored(&first)}, ways(t, s, main.ID, 1))
		require.Equal(t, [][]scan.Step{asStored(&first)}, ways(t, s, main.ID, 2))
		var kept int
		require.NoError(t, s.Read.QueryRowContext(t.Context(), "select count(*) from past_occurrence").Scan(&kept))
		require.Equal(t, 1, kept, "a result with the same way changes nothing")

		list, err := s.Findings.List(t.Context(), everything, findings.Filter{}, 10)
		require.NoError(t, err)
		require.Equal(t, asStored(&second), list[0].Flow)
		one, err := s.Findings.Get(t.Context(), everything, list[0].ID)
		require.NoError(t, err)
		require.Equal(t, asStored(&second), one.Flow)
		places, err := s.Findings.Places(t.Context(), one.ID, main.ID, 10)
		require.NoError(t, err)
		require.Equal(t, asStored(&second), places[0].Flow)
		rows, err := s.Findings.OfBranch(t.Context(), main.ID, findings.BranchFilter{}, db.Page{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, asStored(&second), rows[0].Flow)
	})
}

// TestFindingsFromBeforeWays: a finding that was stored without a way has none until its branch is scanned again.
func TestFindingsFromBeforeWays(t *testing.T) {
	t.Parallel()
	emptyDatabases(t, func(t *testing.T, address string) {
		raw := rawly(t, address)
		provider, err := db.Migrations(raw, db.IsPostgres(address))
		require.NoError(t, err)
		_, err = provider.UpTo(t.Context(), 33)
		require.NoError(t, err)
		for _, statement := range []string{
			"insert into connection (id, name, kind, settings, created_at) values (1, 'repos', 'folder', '{}', 0)",
			"insert into project (id, connection_id, key, name, personal, vulnerable) values (1, 1, 'PAY', 'Payments', false, 1)",
			"insert into repository (id, project_id, slug, name, location, default_branch, status, vulnerable, open_high, counted_as) values (2, 1, 'api', 'api', 'PAY/api', 'main', 2, 1, 1, 2)",
			"insert into branch (id, repository_id, name, head, head_at, is_default, status, scan_id, scanned_commit, scanned_at, attempt_id, attempt_state, open_high, result) values (3, 2, 'main', 'c1', 5, true, 2, 5, 'c1', 6, 5, 2, 1, 2)",
			"insert into scan (id, branch_id, repository_id, priority, state, force, requested_by, queued_at, ended_at, commit_hash, result) values (5, 3, 2, 0, 2, false, 'ada', 3, 6, 'c1', 2)",
			"insert into finding (id, repository_id, fingerprint, engine, rule, title, severity, first_seen, last_seen) values (6, 2, 'way', 'code', 'R', 'T', 3, 1, 6)",
			"insert into occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed, related, since_result) values (3, 6, 'app/orders.py', 1, 3, 1, 3, 9, 'cursor.execute(query)', '', '', '', 'the source: line 3', 2)",
			"insert into past_occurrence (branch_id, finding_id, path, number, line, start_column, end_line, end_column, excerpt, commit_hash, archive, allowed, related, origin_commit, author, author_email, since_result, until_result) values (3, 6, 'app/orders.py', 1, 2, 1, 2, 9, 'cursor.execute(query)', '', '', '', '', '', '', '', 1, 2)",
		} {
			_, err := raw.ExecContext(t.Context(), statement)
			require.NoError(t, err, statement)
		}

		s := open(t, address)
		require.Equal(t, [][]scan.Step{nil}, ways(t, s, 3, 0))
		require.Equal(t, [][]scan.Step{nil}, ways(t, s, 3, 1))
		_, err = s.Queue.Enqueue(t.Context(), queue.Request{Force: true})
		require.NoError(t, err)
		f := injection(3)
		finish(t, s, claim(t, s), f)
		require.Equal(t, [][]scan.Step{asStored(&f)}, ways(t, s, 3, 0))
		require.Equal(t, [][]scan.Step{nil}, ways(t, s, 3, 2))
	})
}
