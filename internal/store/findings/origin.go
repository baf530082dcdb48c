package findings

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan"
)

// Origin is the commit that brought a line to where it is. The zero value is one that is not known.
type Origin struct {
	Commit, Author, Email string
	// At is when it was committed.
	At time.Time
}

// original is where a finding stands, by what it is known by outside of the store.
type original struct {
	fingerprint, path string
	number            int
}

// originalRow is a row where it stands.
type originalRow struct {
	original
	row
}

// originalColumns are those of an occurrence o of a finding f.
var originalColumns = append(db.Columns[originalRow]{
	{SQL: "f.fingerprint", Into: func(o *originalRow) any { return &o.fingerprint }},
	{SQL: "o.path", Into: func(o *originalRow) any { return &o.path }},
	{SQL: "o.number", Into: func(o *originalRow) any { return &o.number }},
}, rowColumns(func(o *originalRow) *row { return &o.row })...)

// Origins says who brought in what a scan has found, as far as that is written down for another branch of the repository with the
// same text at the same place, by the index of the finding; and it lists the findings that nobody has looked at. What the branch
// has already as it is stands in neither: its origin stays.
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
