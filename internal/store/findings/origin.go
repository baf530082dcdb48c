package findings

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Origin is the commit that added a line where it stands. The zero value means not known.
type Origin struct {
	Commit, Author, Email string
	// At is the time of the commit.
	At time.Time
}

// original is a place of a finding, in terms that do not depend on the store.
type original struct {
	fingerprint, path string
	number            int
}

// originalRow is a row with such a place.
type originalRow struct {
	original
	row
}

// originalColumns are the columns of an occurrence o of a finding f.
var originalColumns = append(db.Columns[originalRow]{
	{SQL: "f.fingerprint", Into: func(o *originalRow) any { return &o.fingerprint }},
	{SQL: "o.path", Into: func(o *originalRow) any { return &o.path }},
	{SQL: "o.number", Into: func(o *originalRow) any { return &o.number }},
}, rowColumns(func(o *originalRow) *row { return &o.row })...)

// Origins looks up the origins of a scan's findings, by index of the finding. It knows an origin if another branch of
// the repository has the same text at the same place. It also lists the findings that still need blame. Both leave out
// what the branch already has unchanged, because its origin stays.
func (s *Findings) Origins(ctx context.Context, repository, branch int64, findings []scan.Finding) (known map[int]Origin, ask []int, err error) {
	has := map[original]row{}
	if err := originalColumns.Each(ctx, s.db.Read, `
		from occurrence o
		join finding f on f.id = o.finding_id
		where o.branch_id = $1`, []any{branch}, func(o *originalRow) error {
		has[o.original] = o.row
		return nil
	}); err != nil {
		return nil, nil, err
	}
	known = map[int]Origin{}
	for i := range findings {
		f := &findings[i]
		r := rowOf(f)
		if had, ok := has[original{f.Fingerprint, db.ValidText(f.Path), f.Occurrence}]; ok && had == r || f.Commit != "" || f.Archive != "" || f.StartLine < 1 {
			continue
		}
		var o Origin
		var when sql.NullInt64
		err := s.db.Read.QueryRowContext(ctx, `
			select o.origin_commit, o.author, o.author_email, o.origin_at
			from finding f
			join occurrence o on o.finding_id = f.id
			where f.repository_id = $1 and f.fingerprint = $2 and o.path = $3 and o.number = $4 and o.line = $5 and o.excerpt = $6 and o.origin_commit <> ''
			order by o.branch_id
			limit 1`,
			repository, f.Fingerprint, db.ValidText(f.Path), f.Occurrence, f.StartLine, r.excerpt).Scan(&o.Commit, &o.Author, &o.Email, &when)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			ask = append(ask, i)
		case err != nil:
			return nil, nil, err
		default:
			o.At = db.At(when)
			known[i] = o
		}
	}
	return known, ask, nil
}
