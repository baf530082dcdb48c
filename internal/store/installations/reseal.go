package installations

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Reseal seals all secrets again with another master key, in a transaction. Live pairing codes end, because their hashes
// are those of the former key.
func (s *Installations) Reseal(ctx context.Context, tx *sql.Tx, open func(sealed, place string) (string, error), seal func(text, place string) string) error {
	texts := map[string]string{}
	if err := db.Each(ctx, tx, "select id, secret from forge_installation where secret <> ''", nil, func(row *sql.Rows) error {
		var id, text string
		err := row.Scan(&id, &text)
		texts[id] = text
		return err
	}); err != nil {
		return err
	}
	for id, sealed := range texts {
		text, err := open(sealed, SecretPlace(id))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "update forge_installation set secret = $2 where id = $1", id, seal(text, SecretPlace(id))); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "update forge_installation set code_hash = ''")
	return err
}
