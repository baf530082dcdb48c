package main

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store"
)

// seedSearch fills the tables through which a search by path or author looks; see search.go of the room findings.
func seedSearch(ctx context.Context, s *store.Store) error {
	for _, statement := range []string{
		"insert into found_path (id, path) select row_number() over (order by path), path from (select distinct path from occurrence) o",
		"insert into found_author (id, name, email) select row_number() over (order by author, author_email), author, author_email from (select distinct author, author_email from occurrence where author <> '' or author_email <> '') o",
	} {
		if _, err := s.Write.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return analyze(ctx, s.Write, s.Postgres)
}
