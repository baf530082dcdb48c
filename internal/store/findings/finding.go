package findings

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
	"github.com/sluice-scan/sluice/scan"
)

// State is what people decided about a finding.
type State int

// The states. Only the first two count as open; an acceptance does again once it has expired.
const (
	Open State = iota
	InReview
	Accepted
	FalsePositive
	Fixed
)

var stateNames = [...]string{"OPEN", "IN_REVIEW", "ACCEPTED", "FALSE_POSITIVE", "FIXED"}

// String gives the upper-case name.
func (f State) String() string {
	if f < 0 || int(f) >= len(stateNames) {
		return fmt.Sprintf("FINDING_STATE(%d)", int(f))
	}
	return stateNames[f]
}

// MarshalText gives the upper-case name.
func (f State) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name in any case.
func (f *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if strings.EqualFold(name, string(text)) {
			*f = State(i)
			return nil
		}
	}
	return fmt.Errorf("a state is one of %s", strings.Join(stateNames[:], ", "))
}

// Finding is a problem of a repository, once however many branches and places have it.
type Finding struct {
	ID, RepositoryID int64
	Fingerprint      string
	Engine           scan.Engine
	// Rule is the id of the rule, RuleName what people call it.
	Rule, RuleName, Title                      string
	Severity                                   scan.Severity
	Package, Version, FixedVersion, Advisories string
	Link                                       string
	FirstSeen, LastSeen                        time.Time
	State                                      State
	Reason, Comment, Assignee                  string
	Expires                                    time.Time
	ChangedBy                                  string
	Changed                                    time.Time
	// Decided is true when people took it out of the count: by its state, or by reviewing its text.
	Decided bool
}

// findingColumns are those of a finding f that is a part of a T, with decided, the condition under which people took it out of the
// count. What has expired is told by the database's clock, as everywhere.
func findingColumns[T any](of func(t *T) *Finding, decided string) db.Columns[T] {
	return db.Columns[T]{
		{SQL: "f.id", Into: func(t *T) any { return &of(t).ID }},
		{SQL: "f.repository_id", Into: func(t *T) any { return &of(t).RepositoryID }},
		{SQL: "f.fingerprint", Into: func(t *T) any { return &of(t).Fingerprint }},
		{SQL: "f.engine", Into: func(t *T) any { return &of(t).Engine }},
		{SQL: "f.rule", Into: func(t *T) any { return &of(t).Rule }},
		{SQL: "case when f.rule_name = '' then f.rule else f.rule_name end", Into: func(t *T) any { return &of(t).RuleName }},
		{SQL: "f.title", Into: func(t *T) any { return &of(t).Title }},
		{SQL: "f.severity", Into: func(t *T) any { return &of(t).Severity }},
		{SQL: "f.package", Into: func(t *T) any { return &of(t).Package }},
		{SQL: "f.version", Into: func(t *T) any { return &of(t).Version }},
		{SQL: "f.fixed_version", Into: func(t *T) any { return &of(t).FixedVersion }},
		{SQL: "f.advisories", Into: func(t *T) any { return &of(t).Advisories }},
		{SQL: "f.link", Into: func(t *T) any { return &of(t).Link }},
		{SQL: "f.first_seen", Into: func(t *T) any { return db.Time(&of(t).FirstSeen) }},
		{SQL: "f.last_seen", Into: func(t *T) any { return db.Time(&of(t).LastSeen) }},
		{SQL: "f.state", Into: func(t *T) any { return &of(t).State }},
		{SQL: "f.reason", Into: func(t *T) any { return &of(t).Reason }},
		{SQL: "f.comment", Into: func(t *T) any { return &of(t).Comment }},
		{SQL: "f.assignee", Into: func(t *T) any { return &of(t).Assignee }},
		{SQL: "f.expires_at", Into: func(t *T) any { return db.Time(&of(t).Expires) }},
		{SQL: "f.changed_by", Into: func(t *T) any { return &of(t).ChangedBy }},
		{SQL: "f.changed_at", Into: func(t *T) any { return db.Time(&of(t).Changed) }},
		{SQL: decided, Into: func(t *T) any { return &of(t).Decided }},
	}
}

// Listed is a finding with where it is.
type Listed struct {
	Finding
	ProjectKey, ProjectName, Slug, RepositoryName string
	// Branches is how many branches have it; Path, Line, Excerpt and Branch are those of one place.
	Branches              int
	Branch, Path, Excerpt string
	Line                  int
	// Allowed is true when the repository's own files allow every place, Low when its severity is too low to count.
	Allowed, Low bool
}

// Filter picks findings; what is empty leaves out nothing.
type Filter struct {
	Engine scan.Engine
	// Severities are those wanted.
	Severities []scan.Severity
	Rule       string
	// State is a state, nil for all. Counted leaves out what does not count as open.
	State      *State
	Counted    bool
	Project    int64
	Repository int64
	Assignee   string
	// Before is the id behind which the list goes on, 0 for its beginning.
	Before int64
}

// liveOccurrence joins occurrences y with their branches z, without those of branches that are gone: they are kept for when they
// come back.
const liveOccurrence = "occurrence y join branch z on z.id = y.branch_id and z.removed_at is null"

// listedColumns are those of a finding f of a repository r and a project p, with one of its branches b, one occurrence o there, and the
// numbers n of its branches and places.
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

// listed lists findings: inner picks and limits those of x that are wanted, order orders what comes out.
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

// List lists the findings that some branch has, the newest first, at most limit.
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

// Get gives one finding; ErrNotFound for one of a repository that the caller may not see.
func (s *Findings) Get(ctx context.Context, v *scope.Visible, id int64) (*Listed, error) {
	list, err := s.listed(ctx, `
			join repository q on q.id = x.repository_id
			where q.removed_at is null and x.id = $1 and `+v.Condition("q.id", "q.project_id"), "", id)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

// Triage writes down what somebody decided about a finding: its State, Reason, Comment, Assignee and Expires, by ChangedBy. The
// counters change in the same transaction.
func (s *Findings) Triage(ctx context.Context, f *Finding) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.status.LockRepository(ctx, tx, f.RepositoryID); err != nil {
			return err
		}
		done, err := tx.ExecContext(ctx, terms.SQL(s.db, `
			update finding set
				state = $3,
				reason = $4,
				comment = $5,
				assignee = $6,
				expires_at = $7,
				changed_by = $8,
				changed_at = :now
			where id = $1 and repository_id = $2`),
			f.ID, f.RepositoryID, f.State, db.ValidText(f.Reason), db.ValidText(f.Comment), db.ValidText(f.Assignee), db.NullTime(f.Expires), db.ValidText(f.ChangedBy))
		if err != nil {
			return err
		}
		if n, err := db.Affected(done); err != nil || n == 0 {
			return errors.Join(err, db.ErrNotFound)
		}
		return s.recountFinding(ctx, tx, f.ID, f.RepositoryID)
	})
}

// recountFinding counts what a finding counts for: its branches, its repository, its project.
func (s *Findings) recountFinding(ctx context.Context, tx *sql.Tx, id, repository int64) error {
	branches, err := db.IDs(ctx, tx, "select distinct branch_id from occurrence where finding_id = $1", id)
	if err != nil {
		return err
	}
	for _, b := range branches {
		if err := s.status.CountBranch(ctx, tx, b); err != nil {
			return err
		}
	}
	return s.status.CountRepository(ctx, tx, repository)
}

// RuleSeen gives the id of a rule that has findings in a repository, by that or by what people call it, in any case; ErrNotFound when
// there is none.
func (s *Findings) RuleSeen(ctx context.Context, repository int64, name string) (id string, err error) {
	err = s.db.Read.QueryRowContext(ctx, `
		select rule
		from finding
		where repository_id = $1 and lower($2) in (lower(rule), lower(rule_name))
		order by case when rule = $2 then 0 else 1 end, rule
		limit 1`, repository, name).Scan(&id)
	return id, db.Found(err)
}
