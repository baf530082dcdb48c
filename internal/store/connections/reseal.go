package connections

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// sealed are the columns with sealed texts, each with the place of its texts.
var sealed = []struct {
	column string
	place  func(id int64) string
}{{"credential", Place}, {"hook_secret", HookPlace}, {"hook_former", HookPlace}}

// Reseal seals all credentials and secrets again with another master key, in a transaction.
func (s *Connections) Reseal(ctx context.Context, tx *sql.Tx, open func(sealed, place string) (string, error), seal func(text, place string) string) error {
	for _, x := range sealed {
		texts := map[int64]string{}
		if err := db.Each(ctx, tx, "select id, "+x.column+" from connection where "+x.column+" <> ''", nil, func(row *sql.Rows) error {
			var id int64
			var text string
			err := row.Scan(&id, &text)
			texts[id] = text
			return err
		}); err != nil {
			return err
		}
		for id, old := range texts {
			text, err := open(old, x.place(id))
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "update connection set "+x.column+" = $2 where id = $1", id, seal(text, x.place(id))); err != nil {
				return err
			}
		}
	}
	return nil
}
