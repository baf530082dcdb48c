package catalog

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Repository is a row of the list of repositories.
type Repository struct {
	ID                      int64
	ProjectID               int64
	ProjectKey, ProjectName string
	Slug, Name, Location    string
	DefaultBranch           string
	// DefaultStatus is that of the default branch; it means nothing where there is none.
	DefaultStatus status.Status
	// Problem is why it, or some of its references, could not be read when it was listed last, for people; empty when all could. Missing
	// is since when listings lack it without its being taken for gone; zero when they have it.
	Problem         string
	Missing         time.Time
	Status          status.Status
	Branches        status.Counts
	Open            status.OpenCounts
	Queued, Running int
	LastScan        time.Time
}

const repositoryColumns = `select r.id, r.project_id, p.key, p.name, r.slug, r.name, r.location, r.default_branch, r.status, r.secure, r.vulnerable, r.not_scanned, r.outdated, r.partially_scanned,
	r.open_critical, r.open_high, r.open_medium, r.open_low, r.queued, (select count(*) from scan x where x.repository_id = r.id and x.state = 1), r.last_scan_at,
	(select d.status from branch d where d.repository_id = r.id and d.is_default and d.removed_at is null), r.problem, r.missing_since
	from repository r join project p on p.id = r.project_id where r.removed_at is null and p.removed_at is null and `

// Repositories lists the repositories of a project by name.
func (s *Catalog) Repositories(ctx context.Context, v *scope.Visible, project int64, name string, page db.Page) ([]Repository, error) {
	return s.repositories(ctx, repositoryColumns+v.Condition("r.id", "r.project_id")+" and r.project_id = $1 and lower(r.name) like $2 escape '\\' order by r.name, r.id limit $3 offset $4",
		project, db.Like(name), page.Limit, page.Start)
}

// Repository gives one repository by the keys of its project and itself, in any case, and in the one given before others.
func (s *Catalog) Repository(ctx context.Context, v *scope.Visible, projectKey, slug string) (*Repository, error) {
	list, err := s.repositories(ctx, repositoryColumns+v.Condition("r.id", "r.project_id")+" and p.key = $1 and r.slug = $2", projectKey, slug)
	if err == nil && len(list) == 0 {
		list, err = s.repositories(ctx, repositoryColumns+v.Condition("r.id", "r.project_id")+" and lower(p.key) = lower($1) and lower(r.slug) = lower($2) order by case when p.key = $1 then 0 else 1 end, p.key, r.slug", projectKey, slug)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

func (s *Catalog) repositories(ctx context.Context, query string, args ...any) ([]Repository, error) {
	var list []Repository
	err := db.Each(ctx, s.db.Read, query, args, func(row *sql.Rows) error {
		var r Repository
		var last, defaultStatus, missing sql.NullInt64
		err := row.Scan(&r.ID, &r.ProjectID, &r.ProjectKey, &r.ProjectName, &r.Slug, &r.Name, &r.Location, &r.DefaultBranch, &r.Status, &r.Branches.Secure, &r.Branches.Vulnerable,
			&r.Branches.NotScanned, &r.Branches.Outdated, &r.Branches.PartiallyScanned, &r.Open.Critical, &r.Open.High, &r.Open.Medium, &r.Open.Low, &r.Queued, &r.Running, &last, &defaultStatus, &r.Problem, &missing)
		r.LastScan, r.DefaultStatus, r.Missing = db.At(last), status.Status(defaultStatus.Int64), db.At(missing)
		list = append(list, r)
		return err
	})
	return list, err
}
