package catalog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Project is a row of the list of projects.
type Project struct {
	ID        int64
	Key, Name string
	Personal  bool
	// Repositories counts those with branches by status, Empty those without.
	Repositories    status.Counts
	Empty           int
	Open            status.OpenCounts
	Queued, Running int
	LastScan        time.Time
}

// Projects lists projects by name: normal ones, personal ones, or both when personal is nil. What the caller may not see
// counts for nothing.
func (s *Catalog) Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]Project, error) {
	where := "p.removed_at is null and lower(p.name) like $1 escape '\\'"
	if personal != nil {
		where += fmt.Sprintf(" and p.personal = %t", *personal)
	}
	if !v.All {
		where += " and exists (select 1 from repository x where x.project_id = p.id and x.removed_at is null and " + v.Condition("x.id", "x.project_id") + ")"
	}
	return s.projects(ctx, v, where+" order by p.name, p.id limit $2 offset $3", db.Like(name), page.Limit, page.Start)
}

// Project gives one project by its key, in any case, and in the one given before others.
func (s *Catalog) Project(ctx context.Context, v *scope.Visible, key string) (*Project, error) {
	list, err := s.projects(ctx, v, "p.removed_at is null and p.key = $1", key)
	if err == nil && len(list) == 0 {
		list, err = s.projects(ctx, v, "p.removed_at is null and lower(p.key) = lower($1)", key)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || !v.All && list[0].Repositories.Total()+list[0].Empty == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

func (s *Catalog) projects(ctx context.Context, v *scope.Visible, where string, args ...any) ([]Project, error) {
	counts := "p.secure, p.vulnerable, p.not_scanned, p.partially_scanned, p.outdated, p.empty"
	if !v.All {
		counts = status.RepositoryCounts
	}
	// The counters of a project are kept; the sums over its repositories are small, and filtered by what the caller may see.
	query := `select p.id, p.key, p.name, p.personal, ` + counts + `, coalesce(sum(r.open_critical), 0), coalesce(sum(r.open_high), 0), coalesce(sum(r.open_medium), 0),
		coalesce(sum(r.open_low), 0), coalesce(sum(r.queued), 0), max(r.last_scan_at),
		(select count(*) from scan x join repository y on y.id = x.repository_id where x.state = 1 and y.project_id = p.id and ` + v.Condition("y.id", "y.project_id") + `)
		from (select * from project p where ` + where + `) p left join repository r on r.project_id = p.id and r.removed_at is null and ` + v.Condition("r.id", "r.project_id") + `
		group by p.id, p.key, p.name, p.personal, p.secure, p.vulnerable, p.not_scanned, p.partially_scanned, p.outdated, p.empty order by p.name, p.id`
	var list []Project
	err := db.Each(ctx, s.db.Read, query, args, func(row *sql.Rows) error {
		var p Project
		var last sql.NullInt64
		err := row.Scan(&p.ID, &p.Key, &p.Name, &p.Personal, &p.Repositories.Secure, &p.Repositories.Vulnerable, &p.Repositories.NotScanned, &p.Repositories.PartiallyScanned,
			&p.Repositories.Outdated, &p.Empty, &p.Open.Critical, &p.Open.High, &p.Open.Medium, &p.Open.Low, &p.Queued, &last, &p.Running)
		p.LastScan = db.At(last)
		list = append(list, p)
		return err
	})
	return list, err
}
