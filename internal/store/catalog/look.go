package catalog

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"github.com/sluice-scan/sluice/internal/connection"
)

// Knows reports whether a live repository with this identity stands at a project's key and the repository's slug.
func (s *Sync) Knows(ctx context.Context, project string, r *connection.Repository) (known bool, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select exists (
			select 1
			from repository r
			join project p on p.id = r.project_id
			where p.connection_id = $1 and p.key = $2 and p.removed_at is null and r.slug = $3 and r.identity = $4 and r.removed_at is null)`,
		s.connection, project, r.Slug, r.Identity).Scan(&known)
	return known, err
}

// KnowsLocation reports whether a live repository has a location.
func (s *Sync) KnowsLocation(ctx context.Context, location string) (known bool, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select exists (
			select 1
			from repository r
			join project p on p.id = r.project_id
			where p.connection_id = $1 and p.removed_at is null and r.location = $2 and r.removed_at is null)`,
		s.connection, location).Scan(&known)
	return known, err
}

// LiveBranch returns the id of a live branch; 0 if there is none.
func (s *Sync) LiveBranch(ctx context.Context, project, slug, branch string) (id int64, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select b.id
		from branch b
		join repository r on r.id = b.repository_id
		join project p on p.id = r.project_id
		where p.connection_id = $1 and p.key = $2 and p.removed_at is null and r.slug = $3 and r.removed_at is null and b.name = $4 and b.removed_at is null`,
		s.connection, project, slug, branch).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// LocationOf returns the location of a live repository by its identity at the server, which ends the location; empty if
// there is none.
func (s *Sync) LocationOf(ctx context.Context, id string) (location string, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select coalesce(min(r.location), '')
		from repository r
		join project p on p.id = r.project_id
		where p.connection_id = $1 and p.removed_at is null and r.removed_at is null and r.location like '%#' || $2`, s.connection, url.PathEscape(id)).Scan(&location)
	return location, err
}
