package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// epochSetting counts the master keys that the database has had, from 0; it is part of the hash of the rules.
const epochSetting = "rules.epoch"

// Rekey hashes and seals the texts of all reviews anew, under another master key, and sets the settings that say which key that is.
// The texts of other findings are not known, so that their hashes are forgotten: all results count as old, and the next scans
// bring the new ones. It is one transaction; nobody else may work on the database meanwhile. It returns how many reviews there are.
func (s *Store) Rekey(ctx context.Context, old Opener, now Sealer, settings map[string]string) (reviews int, err error) {
	err = s.changeRules(ctx, func(tx *sql.Tx) error {
		var list []Review
		var hashes []string
		if err := each(ctx, tx, "select id, coalesce(repository_id, 0), sealed, text_hash from review order by id", nil, func(row *sql.Rows) error {
			var r Review
			var hash string
			err := row.Scan(&r.ID, &r.RepositoryID, &r.Sealed, &hash)
			list, hashes = append(list, r), append(hashes, hash)
			return err
		}); err != nil {
			return err
		}
		reviews = len(list)
		write := &prepared{tx: tx}
		defer func() { _ = write.close() }()
		for i := range list {
			r := &list[i]
			text, err := r.Text(old)
			if err != nil {
				return fmt.Errorf("review %s: %w", ScanKey(r.ID), err)
			}
			hash := now.Hash(text)
			if err := write.exec(ctx, "update review set text_hash = $2, sealed = $3 where id = $1", r.ID, hash, now.Seal(text, place(r.ID, r.RepositoryID))); err != nil {
				return err
			}
			if err := write.exec(ctx, "update finding set text_hash = $2 where text_hash = $1", hashes[i], hash); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "update finding set text_hash = '' where text_hash <> '' and text_hash not in (select text_hash from review)"); err != nil {
			return err
		}
		epoch, err := s.setting(ctx, tx, epochSetting)
		if err != nil {
			return err
		}
		n, _ := strconv.Atoi(epoch) // it is ours, and empty at first
		if err := s.put(ctx, tx, epochSetting, strconv.Itoa(n+1)); err != nil {
			return err
		}
		for key, value := range settings {
			if err := s.put(ctx, tx, key, value); err != nil {
				return err
			}
		}
		return nil
	})
	return reviews, err
}
