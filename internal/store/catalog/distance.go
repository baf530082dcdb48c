package catalog

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Unmeasured lists the branches of the connection whose distance between head and scanned commit is not known. The
// process that recorded their moves could no longer read the repositories.
func (s *Sync) Unmeasured(ctx context.Context) (moved []Moved, err error) {
	return moved, db.Each(ctx, s.db.Read, `
		select b.repository_id, b.id, r.location, b.name, b.head, b.is_default, b.scanned_commit
		from branch b
		join repository r on r.id = b.repository_id
		join project p on p.id = r.project_id
		where p.connection_id = $1 and b.removed_at is null and b.commits_behind is null and b.scan_id is not null and b.scanned_commit <> b.head
		order by b.repository_id, b.id`, []any{s.connection}, func(row *sql.Rows) error {
		var m Moved
		err := row.Scan(&m.RepositoryID, &m.BranchID, &m.Location, &m.Name, &m.Head, &m.IsDefault, &m.ScannedCommit)
		moved = append(moved, m)
		return err
	})
}

// SetDistance records how many commits the head of a branch is ahead of the scanned commit; -1 if not known. It does
// nothing if the head or the scanned commit has changed since.
func (s *Sync) SetDistance(ctx context.Context, m *Moved, behind int, rewritten bool) error {
	_, err := s.db.Write.ExecContext(ctx, `
		update branch set commits_behind = $3, rewritten = $4
		where id = $1 and head = $2 and scanned_commit = $5`,
		m.BranchID, m.Head, sql.NullInt64{Int64: int64(behind), Valid: behind >= 0}, rewritten, m.ScannedCommit)
	return err
}
