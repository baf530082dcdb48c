package catalog

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Project is a row of the list of projects.
type Project struct {
	ID        int64
	Key, Name string
	Personal  bool
	// Repositories counts the repositories that have branches, by status. Empty counts those without.
	Repositories    status.Counts
	Empty           int
	Open            status.OpenCounts
	Queued, Running int
	LastScan        time.Time
}

// Projects lists projects by name: normal ones, personal ones, or both if personal is nil. It ignores what the caller
// may not see.
func (s *Catalog) Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]Project, error) {
	where := "p.removed_at is null and " + s.db.Has("p.name", 1)
	if personal != nil {
		where += fmt.Sprintf(" and p.personal = %t", *personal)
	}
	if !v.All {
		where += `
			and exists (select 1 from repository x where x.project_id = p.id and x.removed_at is null and ` + v.Condition("x.id", "x.project_id") + ")"
	}
	return s.projects(ctx, v, where+" order by p.name, p.id limit $2 offset $3", db.Like(name), page.Limit, page.Start)
}

// Project returns one project by its key. The case does not matter, but an exact match comes first.
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

// projectColumns are the columns of a project p, with the sums r over its visible repositories and the number x of its running scans. The
// stored counters of a project serve callers who see everything; for others the visible repositories are counted.
func projectColumns(all bool) db.Columns[Project] {
	counters := "r"
	if all {
		counters = "p"
	}
	place := func(name string) string { return "coalesce(" + counters + "." + name + ", 0)" }
	return db.Columns[Project]{
		{SQL: "p.id", Into: func(p *Project) any { return &p.ID }},
		{SQL: "p.key", Into: func(p *Project) any { return &p.Key }},
		{SQL: "p.name", Into: func(p *Project) any { return &p.Name }},
		{SQL: "p.personal", Into: func(p *Project) any { return &p.Personal }},
		{SQL: place("secure"), Into: func(p *Project) any { return &p.Repositories.Secure }},
		{SQL: place("vulnerable"), Into: func(p *Project) any { return &p.Repositories.Vulnerable }},
		{SQL: place("not_scanned"), Into: func(p *Project) any { return &p.Repositories.NotScanned }},
		{SQL: place("partially_scanned"), Into: func(p *Project) any { return &p.Repositories.PartiallyScanned }},
		{SQL: place("outdated"), Into: func(p *Project) any { return &p.Repositories.Outdated }},
		{SQL: place("empty"), Into: func(p *Project) any { return &p.Empty }},
		{SQL: "coalesce(r.critical, 0)", Into: func(p *Project) any { return &p.Open.Critical }},
		{SQL: "coalesce(r.high, 0)", Into: func(p *Project) any { return &p.Open.High }},
		{SQL: "coalesce(r.medium, 0)", Into: func(p *Project) any { return &p.Open.Medium }},
		{SQL: "coalesce(r.low, 0)", Into: func(p *Project) any { return &p.Open.Low }},
		{SQL: "coalesce(r.queued, 0)", Into: func(p *Project) any { return &p.Queued }},
		{SQL: "r.last_scan_at", Into: func(p *Project) any { return db.Time(&p.LastScan) }},
		{SQL: "coalesce(x.running, 0)", Into: func(p *Project) any { return &p.Running }},
	}
}

// projects lists the projects p that match a condition, which may end with an order and a limit. It adds up the repositories of these
// projects before it joins them: grouping the joined rows takes four times as long.
// The few running scans come before their repositories; SQLite would otherwise look for those of each repository.
func (s *Catalog) projects(ctx context.Context, v *scope.Visible, where string, args ...any) ([]Project, error) {
	counts := ""
	if !v.All {
		for _, place := range []string{"secure", "vulnerable", "not_scanned", "partially_scanned", "outdated", "empty"} {
			counts += ", " + status.CountOf(place) + " as " + place
		}
	}
	return projectColumns(v.All).List(ctx, s.db.Read, `
		from (select * from project p where `+where+`) p
		left join (
			select r.project_id, sum(r.open_critical) as critical, sum(r.open_high) as high, sum(r.open_medium) as medium, sum(r.open_low) as low,
				sum(r.queued) as queued, max(r.last_scan_at) as last_scan_at`+counts+`
			from repository r
			where r.removed_at is null and r.project_id in (select p.id from project p where `+where+`) and `+v.Condition("r.id", "r.project_id")+`
			group by r.project_id) r on r.project_id = p.id
		left join (
			select y.project_id, count(*) as running
			from scan x
			cross join repository y
			where y.id = x.repository_id and `+terms.Numbered(terms.Runs+" and ")+v.Condition("y.id", "y.project_id")+`
			group by y.project_id) x on x.project_id = p.id
		order by p.name, p.id`, args...)
}
