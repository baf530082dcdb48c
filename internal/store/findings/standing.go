package findings

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Standing returns the fingerprints of a branch's last result: true for one that people took out of the count, by a review
// of its text or by triage.
func (s *Findings) Standing(ctx context.Context, branch int64) (map[string]bool, error) {
	list := map[string]bool{}
	return list, db.Each(ctx, s.db.Read, `
		select f.fingerprint, max(case when `+s.decided()+` then 1 else 0 end)
		from finding f`+s.reviewOf()+`
		where f.id in (select finding_id from occurrence where branch_id = $1)
		group by f.fingerprint`, []any{branch}, func(row *sql.Rows) error {
		var fingerprint string
		var decided int
		err := row.Scan(&fingerprint, &decided)
		list[fingerprint] = decided == 1
		return err
	})
}
