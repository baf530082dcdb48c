package reviews

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Sealer hashes and encrypts the texts of reviewed findings; see package seal. The hash is the same as in findings.Outcome.
type Sealer interface {
	Hash(text string) string
	Seal(text, place string) string
}

// Opener decrypts a text that was sealed for a place.
type Opener interface {
	Open(sealed, place string) (string, error)
}

// NewReview says that a text is not a secret, or no longer one.
type NewReview struct {
	Text, Rule, Comment string
	// ProjectKey and Slug name the repository that an imported file gives; empty for all.
	ProjectKey, Slug string
	// Expires ends the review; the zero time means never.
	Expires time.Time
}

// Review is a stored review. Its text is encrypted.
type Review struct {
	ID int64
	// RepositoryID is 0 for a global review; then ProjectKey and Slug are empty.
	RepositoryID     int64
	ProjectKey, Slug string
	Sealed           string
	Rule, Comment    string
	By               string
	At, Expires      time.Time
}

// place is what a review's text is sealed for: the row and its scope. A text that was copied to another row cannot be
// opened.
func place(id, repository int64) string {
	scope := "global"
	if repository != 0 {
		scope = "repository " + strconv.FormatInt(repository, 10)
	}
	return "review " + strconv.FormatInt(id, 10) + " " + scope
}

// Text decrypts the reviewed text.
func (r *Review) Text(o Opener) (string, error) { return o.Open(r.Sealed, place(r.ID, r.RepositoryID)) }

// hashChunk limits the hashes that one statement names, rowChunk the rows of one insert. SQLite searches all parameters
// for each numbered one, so larger statements are slower.
const (
	hashChunk = 1000
	rowChunk  = 50
)

// Add adds reviews of texts for a repository, or global ones if the id is 0. It returns how many texts had no review
// before. An existing review gets the new person and expiry, and the new rule and comment unless they are empty. The
// counters of everything with one of the texts change in the same transaction.
func (s *Reviews) Add(ctx context.Context, k Sealer, repository int64, by string, list []NewReview) (added int, err error) {
	hashes := make([]string, 0, len(list))
	rows := make([][]any, 0, len(list))
	at := map[string]int{}
	id := s.db.NextIDs(max(len(list), 1))
	var owner any
	if repository != 0 {
		owner = repository
	}
	for _, r := range list {
		hash := k.Hash(r.Text)
		row := []any{id, owner, hash, k.Seal(r.Text, place(id, repository)), db.ValidText(r.Rule), db.ValidText(r.Comment), by, db.NullTime(r.Expires)}
		id++
		// One statement must not change a row twice. The last review of a text wins.
		if i, ok := at[hash]; ok {
			rows[i] = row
			continue
		}
		at[hash] = len(rows)
		rows, hashes = append(rows, row), append(hashes, hash)
	}
	target := "(text_hash) where repository_id is null"
	if repository != 0 {
		target = "(repository_id, text_hash) where repository_id is not null"
	}
	err = s.changeReviews(ctx, repository, hashes, func(tx *sql.Tx) error {
		before, err := s.countReviews(ctx, tx, repository)
		if err != nil {
			return err
		}
		if err := db.Chunks(rows, rowChunk, func(part [][]any) error {
			var values strings.Builder
			var args []any
			for i, row := range part {
				if i > 0 {
					values.WriteByte(',')
				}
				n := len(args)
				fmt.Fprintf(&values, "(cast($%d as bigint), cast($%d as bigint), $%d, $%d, $%d, $%d, $%d, %s, cast($%d as bigint))", n+1, n+2, n+3, n+4, n+5, n+6, n+7, s.db.Clock, n+8)
				args = append(args, row...)
			}
			_, err := tx.ExecContext(ctx, `
				insert into review (id, repository_id, text_hash, sealed, rule, comment, reviewed_by, reviewed_at, expires_at)
				values `+values.String()+`
				on conflict `+target+` do update set
					rule = case when excluded.rule = '' then review.rule else excluded.rule end,
					comment = case when excluded.comment = '' then review.comment else excluded.comment end,
					reviewed_by = excluded.reviewed_by,
					reviewed_at = excluded.reviewed_at,
					expires_at = excluded.expires_at`, args...)
			return err
		}); err != nil {
			return err
		}
		after, err := s.countReviews(ctx, tx, repository)
		added = after - before
		return err
	})
	return added, err
}

func (s *Reviews) countReviews(ctx context.Context, tx *sql.Tx, repository int64) (n int, err error) {
	where, args := ofRepository(repository)
	err = tx.QueryRowContext(ctx, "select count(*) from review where "+where, args...).Scan(&n)
	return n, err
}

// ofRepository is the condition on the reviews of a repository, or on the global ones.
func ofRepository(repository int64) (string, []any) {
	if repository == 0 {
		return "repository_id is null", nil
	}
	return "repository_id = $1", []any{repository}
}

// changeReviews runs a change of the reviews with some hashes, and recounts everything that the change affects.
func (s *Reviews) changeReviews(ctx context.Context, repository int64, hashes []string, change func(tx *sql.Tx) error) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		touched := []int64{repository}
		if repository != 0 {
			if err := s.status.LockRepositories(ctx, tx, touched); err != nil {
				return err
			}
		} else if err := s.status.LockPolicy(ctx, tx, true); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		if repository == 0 {
			touched = nil
			if err := db.Chunks(hashes, hashChunk, func(part []string) error {
				condition, args := db.InTexts("text_hash", part, nil)
				more, err := db.IDs(ctx, tx, `
					select distinct repository_id
					from finding
					where text_hash <> '' and `+condition, args...)
				touched = append(touched, more...)
				return err
			}); err != nil {
				return err
			}
		}
		return s.status.RecountAll(ctx, tx, touched, true)
	})
}

// Scope selects reviews: those of a repository, those of a project's repositories, or all including the global ones if
// both ids are 0.
type Scope struct{ ProjectID, RepositoryID int64 }

// Each calls do for every review of a scope: the global ones first, then by repository and time. It reads rows one by
// one, so that a list of any length takes little memory.
func (s *Reviews) Each(ctx context.Context, sc Scope, do func(r *Review) error) error {
	where, args := "true", []any(nil)
	switch {
	case sc.RepositoryID != 0:
		where, args = "v.repository_id = $1", []any{sc.RepositoryID}
	case sc.ProjectID != 0:
		where, args = "r.project_id = $1", []any{sc.ProjectID}
	}
	return reviewColumns.Each(ctx, s.db.Read, `
		from review v
		left join repository r on r.id = v.repository_id
		left join project p on p.id = r.project_id
		where `+where+`
		order by coalesce(p.key, ''), coalesce(r.slug, ''), v.id`, args, do)
}

// List lists the reviews of a repository, or the global ones if repository is 0, newest first.
func (s *Reviews) List(ctx context.Context, repository int64, page db.Page) ([]Review, error) {
	where, args := "v.repository_id is null", []any{page.Limit, page.Start}
	if repository != 0 {
		where, args = "v.repository_id = $3", append(args, repository)
	}
	return reviewColumns.List(ctx, s.db.Read, `
		from review v
		left join repository r on r.id = v.repository_id
		left join project p on p.id = r.project_id
		where `+where+`
		order by v.reviewed_at desc, v.id desc
		limit $1 offset $2`, args...)
}

// Count is how many reviews a repository has.
type Count struct {
	ProjectKey, ProjectName, Slug, RepositoryName string
	Reviews                                       int
}

// Counts lists the visible repositories that have reviews, by project and repository.
func (s *Reviews) Counts(ctx context.Context, v *scope.Visible) ([]Count, error) {
	return db.Columns[Count]{
		{SQL: "p.key", Into: func(c *Count) any { return &c.ProjectKey }},
		{SQL: "p.name", Into: func(c *Count) any { return &c.ProjectName }},
		{SQL: "r.slug", Into: func(c *Count) any { return &c.Slug }},
		{SQL: "r.name", Into: func(c *Count) any { return &c.RepositoryName }},
		{SQL: "count(*)", Into: func(c *Count) any { return &c.Reviews }},
	}.List(ctx, s.db.Read, `
		from review w
		join repository r on r.id = w.repository_id and r.removed_at is null
		join project p on p.id = r.project_id
		where `+v.Condition("r.id", "r.project_id")+`
		group by p.key, p.name, r.slug, r.name
		order by p.key, r.slug`)
}

// reviewColumns are the columns of a review v, with its repository r and its project p unless it is global.
var reviewColumns = db.Columns[Review]{
	{SQL: "v.id", Into: func(r *Review) any { return &r.ID }},
	{SQL: "coalesce(v.repository_id, 0)", Into: func(r *Review) any { return &r.RepositoryID }},
	{SQL: "coalesce(p.key, '')", Into: func(r *Review) any { return &r.ProjectKey }},
	{SQL: "coalesce(r.slug, '')", Into: func(r *Review) any { return &r.Slug }},
	{SQL: "v.sealed", Into: func(r *Review) any { return &r.Sealed }},
	{SQL: "v.rule", Into: func(r *Review) any { return &r.Rule }},
	{SQL: "v.comment", Into: func(r *Review) any { return &r.Comment }},
	{SQL: "v.reviewed_by", Into: func(r *Review) any { return &r.By }},
	{SQL: "v.reviewed_at", Into: func(r *Review) any { return db.Time(&r.At) }},
	{SQL: "v.expires_at", Into: func(r *Review) any { return db.Time(&r.Expires) }},
}

// EachThatCounts calls do for every review that currently applies to a repository: its own and the global ones, without
// those that have expired. Each review has only the fields that are needed to open its text.
func (s *Reviews) EachThatCounts(ctx context.Context, repository int64, do func(r *Review) error) error {
	return db.Each(ctx, s.db.Read, terms.SQL(s.db, `
		select id, coalesce(repository_id, 0), sealed
		from review
		where (repository_id is null or repository_id = $1) and (expires_at is null or expires_at > :now)`),
		[]any{repository}, func(row *sql.Rows) error {
			var r Review
			if err := row.Scan(&r.ID, &r.RepositoryID, &r.Sealed); err != nil {
				return err
			}
			return do(&r)
		})
}
