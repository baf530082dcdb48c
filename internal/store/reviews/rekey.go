package reviews

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
)

// Rekey hashes and seals the texts of all reviews again with another master key, and stores the settings that identify
// the key. The texts of other findings are not known, so their hashes are cleared: all results become out of date, and
// the next scans store new hashes. It runs in one transaction, and nothing else may use the database meanwhile. It
// returns the number of reviews. also does what else belongs into the transaction.
func (s *Reviews) Rekey(ctx context.Context, old Opener, now Sealer, settings map[string]string, also func(tx *sql.Tx) error) (reviews int, err error) {
	err = s.policy.ChangeRules(ctx, func(tx *sql.Tx) error {
		var list []Review
		var hashes []string
		if err := db.Each(ctx, tx, `
			select id, coalesce(repository_id, 0), sealed, text_hash
			from review
			order by id`, nil, func(row *sql.Rows) error {
			var r Review
			var hash string
			err := row.Scan(&r.ID, &r.RepositoryID, &r.Sealed, &hash)
			list, hashes = append(list, r), append(hashes, hash)
			return err
		}); err != nil {
			return err
		}
		reviews = len(list)
		write := db.Prepare(tx)
		defer func() { _ = write.Close() }()
		for i := range list {
			r := &list[i]
			text, err := r.Text(old)
			if err != nil {
				return fmt.Errorf("review %s: %w", db.Key(r.ID), err)
			}
			hash := now.Hash(text)
			if err := write.Exec(ctx, "update review set text_hash = $2, sealed = $3 where id = $1", r.ID, hash, now.Seal(text, place(r.ID, r.RepositoryID))); err != nil {
				return err
			}
			if err := write.Exec(ctx, "update finding set text_hash = $2 where text_hash = $1", hashes[i], hash); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `
			update finding set text_hash = ''
			where text_hash <> '' and text_hash not in (select text_hash from review)`); err != nil {
			return err
		}
		epoch, err := s.settings.SettingIn(ctx, tx, policy.EpochSetting)
		if err != nil {
			return err
		}
		n, _ := strconv.Atoi(epoch) // we write this setting; it is empty at first
		if err := s.settings.SetIn(ctx, tx, policy.EpochSetting, strconv.Itoa(n+1)); err != nil {
			return err
		}
		for key, value := range settings {
			if err := s.settings.SetIn(ctx, tx, key, value); err != nil {
				return err
			}
		}
		return also(tx)
	})
	return reviews, err
}
