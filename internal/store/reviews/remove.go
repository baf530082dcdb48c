package reviews

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// RemoveReview names a reviewed text. An empty Rule matches any.
type RemoveReview struct{ Text, Rule string }

// Remove removes reviews of a repository, or global ones if the id is 0, and returns how many existed.
func (s *Reviews) Remove(ctx context.Context, k Sealer, repository int64, list []RemoveReview) (removed int, err error) {
	rules := map[string][]string{}
	var hashes []string
	for _, r := range list {
		hash := k.Hash(r.Text)
		if rules[hash] == nil {
			hashes = append(hashes, hash)
		}
		rules[hash] = append(rules[hash], r.Rule)
	}
	err = s.changeReviews(ctx, repository, hashes, func(tx *sql.Tx) error {
		removed = 0
		where, args := ofRepository(repository)
		return db.Chunks(hashes, hashChunk, func(part []string) error {
			condition, all := db.InTexts("text_hash", part, args)
			var ids []int64
			if err := db.Each(ctx, tx, `
				select id, text_hash, rule
				from review
				where `+where+" and "+condition, all, func(row *sql.Rows) error {
				var id int64
				var hash, rule string
				err := row.Scan(&id, &hash, &rule)
				for _, wanted := range rules[hash] {
					if wanted == "" || strings.EqualFold(wanted, rule) {
						ids = append(ids, id)
						break
					}
				}
				return err
			}); err != nil || len(ids) == 0 {
				return err
			}
			done, err := tx.ExecContext(ctx, "delete from review where "+db.In("id", ids))
			if err != nil {
				return err
			}
			n, err := db.Affected(done)
			removed += n
			return err
		})
	})
	return removed, err
}

// RemoveID removes the review with an id, of a repository, or a global one if repository is 0; db.ErrNotFound if there is
// none.
func (s *Reviews) RemoveID(ctx context.Context, repository, id int64) error {
	where, args := ofRepository(repository)
	where += fmt.Sprintf(" and id = %d", id)
	var hash string
	if err := s.db.Read.QueryRowContext(ctx, "select text_hash from review where "+where, args...).Scan(&hash); err != nil {
		return db.Found(err)
	}
	return s.changeReviews(ctx, repository, []string{hash}, func(tx *sql.Tx) error {
		done, err := db.Changed(tx.ExecContext(ctx, "delete from review where "+where, args...))
		if err == nil && !done {
			err = db.ErrNotFound
		}
		return err
	})
}

// RemoveAll removes all reviews of a repository, or all global ones if the id is 0, and returns their number.
func (s *Reviews) RemoveAll(ctx context.Context, repository int64) (removed int, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		where, args := ofRepository(repository)
		var touched []int64
		if repository != 0 {
			touched = []int64{repository}
			if err := s.status.LockRepositories(ctx, tx, touched); err != nil {
				return err
			}
		} else if err := s.status.LockPolicy(ctx, tx, true); err != nil {
			return err
		} else if touched, err = db.IDs(ctx, tx, `
			select distinct repository_id
			from finding
			where text_hash <> '' and text_hash in (select text_hash from review where repository_id is null)`); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, "delete from review where "+where, args...)
		if err != nil {
			return err
		}
		if removed, err = db.Affected(done); err != nil {
			return err
		}
		return s.status.RecountAll(ctx, tx, touched, true)
	})
	return removed, err
}
