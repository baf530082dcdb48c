package findings

import (
	"context"
	"fmt"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// Listed is a finding with its place.
type Listed struct {
	Finding
	ProjectKey, ProjectName, Slug, RepositoryName string
	// Branches is the number of branches that have the finding. Path, Line, Excerpt and Branch describe one place.
	Branches              int
	Branch, Path, Excerpt string
	Line                  int
	// Allowed is true if the repository's own files allow every place. Low is true if the severity is too low to count.
	Allowed, Low bool
}

// Filter selects findings. An empty field matches all.
type Filter struct {
	Engine scan.Engine
	// Severities are the wanted ones.
	Severities []scan.Severity
	Rule       string
	// State is the wanted state; nil for all. Counted selects only findings that count as open.
	State      *State
	Counted    bool
	Project    int64
	Repository int64
	Assignee   string
	// Before is the id after which the list continues; 0 for the start.
	Before int64
}

// liveOccurrence joins occurrences y with their branches z and leaves out deleted branches, whose occurrences are kept
// in case they return.
const liveOccurrence = "occurrence y join branch z on z.id = y.branch_id and z.removed_at is null"

// listedColumns are the columns of a finding f of a repository r and a project p, with one of its branches b, one
// occurrence o there, and the numbers n of its branches and places.
func (s *Findings) listedColumns() db.Columns[Listed] {
	return append(findingColumns(func(l *Listed) *Finding { return &l.Finding }, s.decided()), db.Columns[Listed]{
		{SQL: "p.key", Into: func(l *Listed) any { return &l.ProjectKey }},
		{SQL: "p.name", Into: func(l *Listed) any { return &l.ProjectName }},
		{SQL: "r.slug", Into: func(l *Listed) any { return &l.Slug }},
		{SQL: "r.name", Into: func(l *Listed) any { return &l.RepositoryName }},
		{SQL: "n.branches", Into: func(l *Listed) any { return &l.Branches }},
		{SQL: "coalesce(b.name, '')", Into: func(l *Listed) any { return &l.Branch }},
		{SQL: "coalesce(o.path, '')", Into: func(l *Listed) any { return &l.Path }},
		{SQL: "coalesce(o.excerpt, '')", Into: func(l *Listed) any { return &l.Excerpt }},
		{SQL: "coalesce(o.line, 0)", Into: func(l *Listed) any { return &l.Line }},
		{SQL: "n.places > 0 and n.allowed = n.places", Into: func(l *Listed) any { return &l.Allowed }},
		{SQL: "not " + status.AboveFloor("f"), Into: func(l *Listed) any { return &l.Low }},
	}...)
}

// listed lists findings. inner selects and limits the findings x; order sorts the result.
func (s *Findings) listed(ctx context.Context, inner, order string, args ...any) ([]Listed, error) {
	return s.listedColumns().List(ctx, s.db.Read, `
		from (
			select x.*,
				(select count(distinct y.branch_id) from `+liveOccurrence+` where y.finding_id = x.id) as branches,
				(select count(*) from `+liveOccurrence+` where y.finding_id = x.id) as places,
				(select count(*) from `+liveOccurrence+` where y.finding_id = x.id and y.allowed <> '') as allowed
			from finding x`+inner+`) n
		join finding f on f.id = n.id`+s.reviewOf()+`
		join repository r on r.id = f.repository_id
		join project p on p.id = r.project_id
		left join branch b on b.id = (
			select y.branch_id
			from `+liveOccurrence+`
			where y.finding_id = f.id
			order by z.is_default desc, y.branch_id
			limit 1)
		left join occurrence o on o.finding_id = f.id and o.branch_id = b.id and (o.path, o.number) in (
			select y.path, y.number
			from occurrence y
			where y.finding_id = f.id and y.branch_id = b.id
			order by y.path, y.number
			limit 1)`+order, args...)
}

// List lists the findings that at least one branch has, newest first, at most limit.
func (s *Findings) List(ctx context.Context, v *scope.Visible, filter Filter, limit int) ([]Listed, error) {
	var args []any
	allowed := ""
	if filter.Counted {
		allowed = " and y.allowed = ''"
	}
	where := `
			join repository q on q.id = x.repository_id
			where q.removed_at is null and ` + v.Condition("q.id", "q.project_id") + `
				and exists (select 1 from ` + liveOccurrence + " where y.finding_id = x.id" + allowed + ")"
	add := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" and "+condition, len(args))
	}
	if filter.Engine != "" {
		add("x.engine = $%d", string(filter.Engine))
	}
	if len(filter.Severities) > 0 {
		ids := make([]int64, len(filter.Severities))
		for i, severity := range filter.Severities {
			ids[i] = int64(severity)
		}
		where += " and " + db.In("x.severity", ids)
	}
	if filter.Rule != "" {
		add("(x.rule = $%[1]d or lower(x.rule_name) = lower($%[1]d))", filter.Rule)
	}
	if filter.State != nil {
		add("x.state = $%d", *filter.State)
	}
	if filter.Project != 0 {
		add("q.project_id = $%d", filter.Project)
	}
	if filter.Repository != 0 {
		add("x.repository_id = $%d", filter.Repository)
	}
	if filter.Assignee != "" {
		add("x.assignee = $%d", filter.Assignee)
	}
	if filter.Before != 0 {
		add("x.id < $%d", filter.Before)
	}
	if filter.Counted {
		where += `
				and ` + s.status.Open("x")
	}
	args = append(args, limit)
	return s.listed(ctx, where+fmt.Sprintf(`
			order by x.id desc
			limit $%d`, len(args)), `
		order by f.id desc`, args...)
}
