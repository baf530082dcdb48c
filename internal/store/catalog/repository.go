package catalog

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Repository is a row of the list of repositories.
type Repository struct {
	ID                      int64
	ProjectID               int64
	ProjectKey, ProjectName string
	Slug, Name, Location    string
	DefaultBranch           string
	// DefaultStatus is the status of the default branch; NotScanned if there is no default branch.
	DefaultStatus status.Status
	// Problem explains to people why the repository or some of its references could not be read at the last listing; empty
	// if all could. Missing is since when listings lack the repository although it is kept; zero if they have it.
	Problem         string
	Missing         time.Time
	Status          status.Status
	Branches        status.Counts
	Open            status.OpenCounts
	Queued, Running int
	LastScan        time.Time
}

// repositoryColumns are the columns of a repository r of a project p.
var repositoryColumns = db.Columns[Repository]{
	{SQL: "r.id", Into: func(r *Repository) any { return &r.ID }},
	{SQL: "r.project_id", Into: func(r *Repository) any { return &r.ProjectID }},
	{SQL: "p.key", Into: func(r *Repository) any { return &r.ProjectKey }},
	{SQL: "p.name", Into: func(r *Repository) any { return &r.ProjectName }},
	{SQL: "r.slug", Into: func(r *Repository) any { return &r.Slug }},
	{SQL: "r.name", Into: func(r *Repository) any { return &r.Name }},
	{SQL: "r.location", Into: func(r *Repository) any { return &r.Location }},
	{SQL: "r.default_branch", Into: func(r *Repository) any { return &r.DefaultBranch }},
	{SQL: "r.status", Into: func(r *Repository) any { return &r.Status }},
	{SQL: "r.secure", Into: func(r *Repository) any { return &r.Branches.Secure }},
	{SQL: "r.vulnerable", Into: func(r *Repository) any { return &r.Branches.Vulnerable }},
	{SQL: "r.not_scanned", Into: func(r *Repository) any { return &r.Branches.NotScanned }},
	{SQL: "r.outdated", Into: func(r *Repository) any { return &r.Branches.Outdated }},
	{SQL: "r.partially_scanned", Into: func(r *Repository) any { return &r.Branches.PartiallyScanned }},
	{SQL: "r.open_critical", Into: func(r *Repository) any { return &r.Open.Critical }},
	{SQL: "r.open_high", Into: func(r *Repository) any { return &r.Open.High }},
	{SQL: "r.open_medium", Into: func(r *Repository) any { return &r.Open.Medium }},
	{SQL: "r.open_low", Into: func(r *Repository) any { return &r.Open.Low }},
	{SQL: "r.queued", Into: func(r *Repository) any { return &r.Queued }},
	{SQL: terms.Numbered("(select count(*) from scan x where x.repository_id = r.id and x.state = :running)"), Into: func(r *Repository) any { return &r.Running }},
	{SQL: "r.last_scan_at", Into: func(r *Repository) any { return db.Time(&r.LastScan) }},
	{SQL: "coalesce((select d.status from branch d where d.repository_id = r.id and d.is_default and d.removed_at is null), 0)", Into: func(r *Repository) any { return &r.DefaultStatus }},
	{SQL: "r.problem", Into: func(r *Repository) any { return &r.Problem }},
	{SQL: "r.missing_since", Into: func(r *Repository) any { return db.Time(&r.Missing) }},
}

// Repositories lists the repositories of a project.
func (s *Catalog) Repositories(ctx context.Context, v *scope.Visible, project int64, f Filter, page db.Page) ([]Repository, error) {
	return s.repositories(ctx, v, `
			and r.project_id = $1 and `+s.db.Has("r.name", 2)+f.where("r")+`
		order by `+f.by("r", "r.name, r.id", "r.last_scan_at")+`
		limit $3 offset $4`, project, db.Like(f.Name), page.Limit, page.Start)
}

// Repository returns one repository by project key and slug. The case does not matter, but an exact match comes first.
func (s *Catalog) Repository(ctx context.Context, v *scope.Visible, projectKey, slug string) (*Repository, error) {
	list, err := s.repositories(ctx, v, " and p.key = $1 and r.slug = $2", projectKey, slug)
	if err == nil && len(list) == 0 {
		list, err = s.repositories(ctx, v, `
			and lower(p.key) = lower($1) and lower(r.slug) = lower($2)
		order by case when p.key = $1 then 0 else 1 end, p.key, r.slug`, projectKey, slug)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

// repositories lists the visible repositories r of projects p that match a condition.
func (s *Catalog) repositories(ctx context.Context, v *scope.Visible, and string, args ...any) ([]Repository, error) {
	return repositoryColumns.List(ctx, s.db.Read, `
		from repository r
		join project p on p.id = r.project_id
		where r.removed_at is null and p.removed_at is null and `+v.Condition("r.id", "r.project_id")+and, args...)
}
