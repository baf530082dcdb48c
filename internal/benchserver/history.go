package main

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// keys are the server's, for reviewed texts.
func keys() (*seal.Keys, error) { return seal.New(bytes.Repeat([]byte{7}, 32)) }

// seedHistory adds what a server gathers in some years: a snapshot of each project a day and of each repository three times a month, 100,000
// entries of the audit log, a decision about every thirtieth finding, and 2,000 reviewed texts.
func seedHistory(ctx context.Context, s *store.Store) error {
	const numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < %d) "
	today, now := trends.Day(time.Now()), time.Now().UnixMilli()
	const columns = "insert into snapshot (project_id, repository_id, day, secure, vulnerable, not_scanned, partially_scanned, outdated, open_critical, open_high, open_medium, open_low) "
	for _, statement := range []string{
		fmt.Sprintf(columns+numbers+"select p.id, 0, %d - n.i, 10, 20, 5, 10, n.i %% 5, 1000 + n.i %% 7, 1000 + n.i %% 11, 1000 + n.i %% 13, 1000 + n.i %% 17 from project p, n", 730, today),
		fmt.Sprintf(columns+numbers+"select r.project_id, r.id, %d - 10 * n.i, 10, 20, 5, 10, n.i %% 5, 20 + n.i %% 7, 20 + n.i %% 11, 20 + n.i %% 13, 20 + n.i %% 17 from repository r, n", 36, today),
		fmt.Sprintf("insert into audit (id, at, actor, action, object, detail, seq) "+numbers+`select i, %d - cast(100000 - i as bigint) * 60000, 'user-' || (i %% 300), case when i %% 50 = 0 then 'finding.triaged' else 'sign-in' end,
			'P' || (i %% 200) || '/repo-' || (i %% 10000), 'by password from 192.0.2.1', i from n`, 100_000, now),
		fmt.Sprintf("update finding set state = 2, reason = 'accepted', comment = 'known', assignee = 'user-' || (id %% 300), changed_by = 'user-1', changed_at = %d where id %% 30 = 7", now),
		"insert into decision (id, finding_id, decided_at, decided_by, state, reason, comment, assignee) select id, id, changed_at, changed_by, state, reason, comment, assignee from finding where state = 2",
	} {
		if _, err := s.Write.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	if err := s.Tx(ctx, func(tx *sql.Tx) error { return s.Trends.SumUp(ctx, tx) }); err != nil {
		return err
	}
	if err := seedReviews(ctx, s); err != nil {
		return err
	}
	return analyze(ctx, s.Write, s.Postgres)
}

// seedReviews adds fifty reviewed texts to each of forty repositories.
func seedReviews(ctx context.Context, s *store.Store) error {
	k, err := keys()
	if err != nil {
		return err
	}
	for repository := range 40 {
		var list []reviews.NewReview
		for n := range 50 {
			list = append(list, reviews.NewReview{Text: fmt.Sprintf("reviewed-%d-%d", repository, n), Rule: "RULE_01", Comment: "a sample in the documentation"})
		}
		if _, err := s.Reviews.Add(ctx, k, int64(repository+1), "user-1", list); err != nil {
			return err
		}
	}
	return nil
}
