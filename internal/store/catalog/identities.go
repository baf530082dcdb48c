package catalog

import (
	"context"
	"database/sql"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Identified is a live repository with its identity, see connection.Repository.
type Identified struct {
	Identity, ProjectIdentity, Project, Slug string
}

// Identities lists the live repositories of the connection whose identities are known, by project and slug.
func (s *Sync) Identities(ctx context.Context) (list []Identified, err error) {
	return list, db.Each(ctx, s.db.Read, `
		select r.identity, p.identity, p.key, r.slug
		from project p
		join repository r on r.project_id = p.id
		where p.connection_id = $1 and r.identity <> '' and p.identity <> '' and r.removed_at is null and p.removed_at is null
		order by p.key, r.slug`, []any{s.connection}, func(row *sql.Rows) error {
		var x Identified
		err := row.Scan(&x.Identity, &x.ProjectIdentity, &x.Project, &x.Slug)
		list = append(list, x)
		return err
	})
}
