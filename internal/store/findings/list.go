package findings

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

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
	// Flow is the way of the data to that place; see Occurrence.
	Flow []scan.Step
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
	// Path is a part of a path where the finding is, Author a part of the name or the address of the person who added the
	// line there; both in any case. DefaultBranch selects places on default branches. One place must match all three, and
	// the list shows such a place.
	Path, Author  string
	DefaultBranch bool
	// Since selects findings that were seen first at this time or later; zero for all.
	Since time.Time

	Order Order
	// After is where the list continues; the zero value is the start. With Backwards, the list has the findings before it.
	After     ListKey
	Backwards bool
}

// Order is the order of a list of findings.
type Order int

// The orders.
const (
	// ByID starts with the finding that was stored last.
	ByID Order = iota
	// Newest starts with the finding that was seen first most recently, Oldest with the one that was seen first.
	Newest
	Oldest
	// Severest starts with the highest severity, and within it with the finding that was stored last.
	Severest
)

// orderings are the columns of the orders, up to the id. All columns of an order fall, except those of Oldest.
var orderings = map[Order][]string{ByID: {"id"}, Newest: {"first_seen", "id"}, Oldest: {"first_seen", "id"}, Severest: {"severity", "id"}}

// ListKey is the position of a finding in a list of any order. ByID needs only the ID.
type ListKey struct {
	ID       int64
	Severity scan.Severity
	Seen     time.Time
}

// Key returns the position of a finding.
func (l *Listed) Key() ListKey { return ListKey{l.ID, l.Severity, l.FirstSeen} }

// rises reports whether the columns of the order rise in the direction in which the list is read.
func (f *Filter) rises() bool { return (f.Order == Oldest) != f.Backwards }

// by returns the order of findings x for SQL. With sorted, no index gives that order: the database reads what matches, and
// sorts it.
func (f *Filter) by(x string, sorted bool) string {
	direction := " desc"
	if f.rises() {
		direction = ""
	}
	columns := slices.Clone(orderings[f.Order])
	for i, column := range columns {
		columns[i] = x + "." + column + direction
		if sorted {
			columns[i] = x + "." + column + " + 0" + direction
		}
	}
	return strings.Join(columns, ", ")
}

// after returns the condition on findings x that come after the key; empty without a key.
func (f *Filter) after() string {
	if f.After.ID == 0 {
		return ""
	}
	values := map[string]int64{"id": f.After.ID, "severity": int64(f.After.Severity), "first_seen": f.After.Seen.UnixMilli()}
	var columns, bounds []string
	for _, column := range orderings[f.Order] {
		columns, bounds = append(columns, "x."+column), append(bounds, strconv.FormatInt(values[column], 10))
	}
	operator := "<"
	if f.rises() {
		operator = ">"
	}
	return fmt.Sprintf(" and (%s) %s (%s)", strings.Join(columns, ", "), operator, strings.Join(bounds, ", "))
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
		{SQL: "coalesce(o.flow, '')", Into: func(l *Listed) any { return flowInto(&l.Flow) }},
		{SQL: "n.places > 0 and n.allowed = n.places", Into: func(l *Listed) any { return &l.Allowed }},
		{SQL: "not " + status.AboveFloor("f"), Into: func(l *Listed) any { return &l.Low }},
	}...)
}

// listed lists findings. inner selects and limits the findings x; order sorts the result. place is a condition, or empty,
// on the occurrences y, with their branches z, of which the list shows one.
func (s *Findings) listed(ctx context.Context, inner, place, order string, args ...any) ([]Listed, error) {
	return s.listedColumns().List(ctx, s.db.Read, `
		from (
			select x.*,
				(select count(distinct y.branch_id) from `+liveOccurrence+` where y.finding_id = x.id) as branches,
				(select count(*) from `+liveOccurrence+` where y.finding_id = x.id) as places,
				(select count(*) from `+liveOccurrence+` where y.finding_id = x.id and y.allowed <> '') as allowed
			from (select x.id from finding x`+inner+`) k
			join finding x on x.id = k.id) n
		join finding f on f.id = n.id`+s.reviewOf()+`
		join repository r on r.id = f.repository_id
		join project p on p.id = r.project_id
		left join branch b on b.id = (
			select y.branch_id
			from `+liveOccurrence+`
			where y.finding_id = f.id`+place+`
			order by z.is_default desc, y.branch_id
			limit 1)
		left join occurrence o on o.finding_id = f.id and o.branch_id = b.id and (o.path, o.number) in (
			select y.path, y.number
			from `+liveOccurrence+`
			where y.finding_id = f.id and y.branch_id = b.id`+place+`
			order by y.path, y.number
			limit 1)`+order, args...)
}

// List lists the findings that at least one branch has, at most limit, in the order of the filter.
func (s *Findings) List(ctx context.Context, v *scope.Visible, filter Filter, limit int) ([]Listed, error) {
	var args []any
	arg := func(value any) int {
		args = append(args, value)
		return len(args)
	}
	allowed := ""
	if filter.Counted {
		allowed = " and y.allowed = ''"
	}
	place := filter.place(s.db, arg)
	// The limit keeps PostgreSQL from joining all occurrences, where it takes a search for a rare match; q in the condition
	// makes it look at the repository first.
	where := `
			join repository q on q.id = x.repository_id
			where q.removed_at is null and ` + v.Condition("q.id", "q.project_id") + `
				and exists (select 1 from ` + liveOccurrence + " where y.finding_id = x.id and q.id = x.repository_id" + allowed + place + " limit 1 offset 0)" + filter.facts(s.db, arg) + filter.after()
	ids, few, err := s.candidates(ctx, &filter)
	if err != nil || few && len(ids) == 0 {
		return nil, err
	}
	if few {
		condition, list := s.db.InList("x.id", arg(nil), ids)
		where, args[len(args)-1] = where+" and "+condition, list
	} else if where, err = s.near(ctx, v, &filter, where); err != nil {
		return nil, err
	}
	if filter.Counted {
		where += `
				and ` + s.status.Open("x")
	}
	list, err := s.listed(ctx, where+fmt.Sprintf(`
			order by %s
			limit $%d`, filter.by("x", few), arg(limit)), place, `
		order by `+filter.by("f", false), args...)
	if filter.Backwards {
		slices.Reverse(list)
	}
	return list, err
}

// place returns the condition on the occurrence y in the branch z that the filter asks for. arg adds an argument of the
// query and returns its number.
func (f *Filter) place(d *db.DB, arg func(value any) int) (where string) {
	if f.Path != "" {
		where += " and " + d.Has("y.path", arg(db.Like(f.Path)))
	}
	if f.Author != "" {
		n := arg(db.Like(f.Author))
		where += " and (" + d.Has("y.author", n) + " or " + d.Has("y.author_email", n) + ")"
	}
	if f.DefaultBranch {
		where += " and z.is_default"
	}
	return where
}

// facts returns the conditions on the finding x itself, and on its repository q. Those that repeat themselves with <> let
// SQLite use a partial index (https://sqlite.org/partialindex.html#queries_using_partial_indexes).
func (f *Filter) facts(d *db.DB, arg func(value any) int) (where string) {
	add := func(condition string, value any) { where += fmt.Sprintf(" and "+condition, arg(value)) }
	if f.Engine != "" {
		add("x.engine = $%d", string(f.Engine))
	}
	if len(f.Severities) > 0 {
		ids := make([]int64, len(f.Severities))
		for i, severity := range f.Severities {
			ids[i] = int64(severity)
		}
		where += " and " + db.In("x.severity", ids)
	}
	x := "x"
	if f.everywhere() && !d.Postgres {
		// The candidates have been looked for by what follows. If there are many, the plus keeps SQLite from reading and sorting
		// them all (https://sqlite.org/optoverview.html#disqualifying_where_clause_terms_using_unary_).
		x = "+x"
	}
	if f.Rule != "" {
		add(ofRule(x), f.Rule)
	}
	if f.State != nil {
		where += fmt.Sprintf(" and %s.state = %d", x, *f.State)
		if *f.State != Open {
			where += fmt.Sprintf(" and %s.state <> 0", x)
		}
	}
	if f.Assignee != "" {
		// Each order has an index of what a person has, so that the list reads no more than it shows. PostgreSQL knows that the
		// person is not ''. Told so, it multiplies the two chances, expects few findings, and reads and sorts all of them.
		if !d.Postgres {
			where += " and x.assignee <> ''"
		}
		add("x.assignee = $%d", f.Assignee)
	}
	if f.Project != 0 {
		where += fmt.Sprintf(" and q.project_id = %d", f.Project)
	}
	if f.Repository != 0 {
		where += fmt.Sprintf(" and x.repository_id = %d", f.Repository)
	}
	if !f.Since.IsZero() {
		add("x.first_seen >= $%d", db.CeilMillis(f.Since))
	}
	return where
}

// ofRule is the condition that a finding x has a rule, by id or name; the argument of a number.
func ofRule(x string) string {
	return fmt.Sprintf("(%[1]s.rule = $%%[1]d or %[1]s.rule_name <> '' and lower(%[1]s.rule_name) = lower($%%[1]d))", x)
}

// everywhere reports whether the filter looks through all projects.
func (f *Filter) everywhere() bool { return f.Project == 0 && f.Repository == 0 }
