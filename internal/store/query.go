package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// Page is a part of a list: Limit entries from Start on, counted from 0.
type Page struct{ Start, Limit int }

// Visible is what a caller may see: everything, or the repositories and projects named by their ids. It is resolved once
// a request; no list and no total holds anything else.
type Visible struct {
	All          bool
	Projects     []int64
	Repositories []int64
}

// repositories gives the condition on a column with a repository's id, and the one with its project's.
func (v *Visible) condition(repository, project string) string {
	if v.All {
		return "true"
	}
	return "(" + in(repository, v.Repositories) + " or " + in(project, v.Projects) + ")"
}

// in is a condition over numbers of ours: nothing in it comes from outside.
func in(column string, ids []int64) string {
	if len(ids) == 0 {
		return "false"
	}
	var b strings.Builder
	b.WriteString(column + " in (")
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d", id)
	}
	b.WriteByte(')')
	return b.String()
}

// OpenCounts is open findings by severity.
type OpenCounts struct{ Critical, High, Medium, Low int }

// Total adds them up.
func (o OpenCounts) Total() int { return o.Critical + o.High + o.Medium + o.Low }

// Project is a row of the list of projects.
type Project struct {
	ID        int64
	Key, Name string
	Personal  bool
	// Repositories counts those with branches by status, Empty those without.
	Repositories    Counts
	Empty           int
	Open            OpenCounts
	Queued, Running int
	LastScan        time.Time
}

// Repository is a row of the list of repositories.
type Repository struct {
	ID                      int64
	ProjectID               int64
	ProjectKey, ProjectName string
	Slug, Name, Location    string
	DefaultBranch           string
	// DefaultStatus is that of the default branch; it means nothing where there is none.
	DefaultStatus Status
	// Problem is why it, or some of its references, could not be read when it was listed last, for people; empty when all could. Missing
	// is since when listings lack it without its being taken for gone; zero when they have it.
	Problem         string
	Missing         time.Time
	Status          Status
	Branches        Counts
	Open            OpenCounts
	Queued, Running int
	LastScan        time.Time
}

// Branch is a row of the list of branches.
type Branch struct {
	ID, RepositoryID int64
	Name, Head       string
	HeadAt           time.Time
	IsDefault        bool
	Status           Status
	Knowledge        Knowledge
	Open             OpenCounts
	// Progress is that of the running scan; Waiting and Running are the keys of scans.
	Progress         int
	Waiting, Running int64
	// Dependencies are those of the last result.
	Dependencies Dependencies
	// KeptResult is the number of the first of its results whose findings are kept.
	KeptResult int
	// Incomplete says what the last result does not speak of, Warnings what is wrong with the repository's own rules: nil for nothing.
	Incomplete, Warnings []string
	// Problem is why Knowledge.Unread is true, for people; else empty.
	Problem string
	// Last is the newest attempt, Success the newest one with a result; zero ids for none.
	Last, Success Attempt
}

// Attempt is a scan that has started.
type Attempt struct {
	ID             int64
	State          State
	Commit         string
	Started, Ended time.Time
	Owner, Error   string
}

// like makes a pattern for a substring, in lower case.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
}

// Projects lists projects by name: normal ones, personal ones, or both when personal is nil. What the caller may not see
// counts for nothing.
func (s *Store) Projects(ctx context.Context, v *Visible, personal *bool, name string, page Page) ([]Project, error) {
	where := "p.removed_at is null and lower(p.name) like $1 escape '\\'"
	if personal != nil {
		where += fmt.Sprintf(" and p.personal = %t", *personal)
	}
	if !v.All {
		where += " and exists (select 1 from repository x where x.project_id = p.id and x.removed_at is null and " + v.condition("x.id", "x.project_id") + ")"
	}
	return s.projects(ctx, v, where+" order by p.name, p.id limit $2 offset $3", like(name), page.Limit, page.Start)
}

// Project gives one project by its key, in any case, and in the one given before others.
func (s *Store) Project(ctx context.Context, v *Visible, key string) (*Project, error) {
	list, err := s.projects(ctx, v, "p.removed_at is null and p.key = $1", key)
	if err == nil && len(list) == 0 {
		list, err = s.projects(ctx, v, "p.removed_at is null and lower(p.key) = lower($1)", key)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 || !v.All && list[0].Repositories.Total()+list[0].Empty == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

func (s *Store) projects(ctx context.Context, v *Visible, where string, args ...any) ([]Project, error) {
	counts := "p.secure, p.vulnerable, p.not_scanned, p.partially_scanned, p.outdated, p.empty"
	if !v.All {
		counts = repositoryCounts
	}
	// The counters of a project are kept; the sums over its repositories are small, and filtered by what the caller may see.
	query := `select p.id, p.key, p.name, p.personal, ` + counts + `, coalesce(sum(r.open_critical), 0), coalesce(sum(r.open_high), 0), coalesce(sum(r.open_medium), 0),
		coalesce(sum(r.open_low), 0), coalesce(sum(r.queued), 0), max(r.last_scan_at),
		(select count(*) from scan x join repository y on y.id = x.repository_id where x.state = 1 and y.project_id = p.id and ` + v.condition("y.id", "y.project_id") + `)
		from (select * from project p where ` + where + `) p left join repository r on r.project_id = p.id and r.removed_at is null and ` + v.condition("r.id", "r.project_id") + `
		group by p.id, p.key, p.name, p.personal, p.secure, p.vulnerable, p.not_scanned, p.partially_scanned, p.outdated, p.empty order by p.name, p.id`
	var list []Project
	err := each(ctx, s.read, query, args, func(row *sql.Rows) error {
		var p Project
		var last sql.NullInt64
		err := row.Scan(&p.ID, &p.Key, &p.Name, &p.Personal, &p.Repositories.Secure, &p.Repositories.Vulnerable, &p.Repositories.NotScanned, &p.Repositories.PartiallyScanned,
			&p.Repositories.Outdated, &p.Empty, &p.Open.Critical, &p.Open.High, &p.Open.Medium, &p.Open.Low, &p.Queued, &last, &p.Running)
		p.LastScan = at(last)
		list = append(list, p)
		return err
	})
	return list, err
}

const repositoryColumns = `select r.id, r.project_id, p.key, p.name, r.slug, r.name, r.location, r.default_branch, r.status, r.secure, r.vulnerable, r.not_scanned, r.outdated, r.partially_scanned,
	r.open_critical, r.open_high, r.open_medium, r.open_low, r.queued, (select count(*) from scan x where x.repository_id = r.id and x.state = 1), r.last_scan_at,
	(select d.status from branch d where d.repository_id = r.id and d.is_default and d.removed_at is null), r.problem, r.missing_since
	from repository r join project p on p.id = r.project_id where r.removed_at is null and p.removed_at is null and `

// Repositories lists the repositories of a project by name.
func (s *Store) Repositories(ctx context.Context, v *Visible, project int64, name string, page Page) ([]Repository, error) {
	return s.repositories(ctx, repositoryColumns+v.condition("r.id", "r.project_id")+" and r.project_id = $1 and lower(r.name) like $2 escape '\\' order by r.name, r.id limit $3 offset $4",
		project, like(name), page.Limit, page.Start)
}

// Repository gives one repository by the keys of its project and itself, in any case, and in the one given before others.
func (s *Store) Repository(ctx context.Context, v *Visible, projectKey, slug string) (*Repository, error) {
	list, err := s.repositories(ctx, repositoryColumns+v.condition("r.id", "r.project_id")+" and p.key = $1 and r.slug = $2", projectKey, slug)
	if err == nil && len(list) == 0 {
		list, err = s.repositories(ctx, repositoryColumns+v.condition("r.id", "r.project_id")+" and lower(p.key) = lower($1) and lower(r.slug) = lower($2) order by case when p.key = $1 then 0 else 1 end, p.key, r.slug", projectKey, slug)
	}
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

func (s *Store) repositories(ctx context.Context, query string, args ...any) ([]Repository, error) {
	var list []Repository
	err := each(ctx, s.read, query, args, func(row *sql.Rows) error {
		var r Repository
		var last, status, missing sql.NullInt64
		err := row.Scan(&r.ID, &r.ProjectID, &r.ProjectKey, &r.ProjectName, &r.Slug, &r.Name, &r.Location, &r.DefaultBranch, &r.Status, &r.Branches.Secure, &r.Branches.Vulnerable,
			&r.Branches.NotScanned, &r.Branches.Outdated, &r.Branches.PartiallyScanned, &r.Open.Critical, &r.Open.High, &r.Open.Medium, &r.Open.Low, &r.Queued, &r.Running, &last, &status, &r.Problem, &missing)
		r.LastScan, r.DefaultStatus, r.Missing = at(last), Status(status.Int64), at(missing)
		list = append(list, r)
		return err
	})
	return list, err
}

const branchColumns = `select b.id, b.repository_id, b.name, b.head, b.head_at, b.is_default, b.status, b.scan_id is not null, b.scanned_commit, b.commits_behind, b.rewritten, b.stale_config,
	b.open_critical, b.open_high, b.open_medium, b.open_low, coalesce(w.id, 0), coalesce(x.id, 0), coalesce(x.progress, 0), b.attempt_state, coalesce(b.attempt_id, 0) <> coalesce(b.scan_id, 0),
	coalesce(l.id, 0), coalesce(l.state, 0), coalesce(l.commit_hash, ''), l.started_at, l.ended_at, coalesce(l.owner, ''), coalesce(l.error, ''),
	coalesce(o.id, 0), coalesce(o.state, 0), coalesce(o.commit_hash, ''), o.started_at, o.ended_at, coalesce(o.owner, ''), coalesce(o.error, ''), b.kept_result, b.packages, b.unchecked, b.advisories_at, b.unread, y.problem, b.incomplete, coalesce(o.incomplete, ''), coalesce(o.warning, '')
	from branch b left join scan w on w.branch_id = b.id and w.state = 0 left join scan x on x.branch_id = b.id and x.state = 1
	left join scan l on l.id = coalesce(x.id, b.attempt_id) left join scan o on o.id = b.scan_id join repository y on y.id = b.repository_id where b.removed_at is null and `

// Branches lists the branches of a repository, the default one first, then by name.
func (s *Store) Branches(ctx context.Context, repository int64, name string, page Page) ([]Branch, error) {
	return s.branches(ctx, branchColumns+"b.repository_id = $1 and lower(b.name) like $2 escape '\\' order by b.is_default desc, b.name limit $3 offset $4",
		repository, like(name), page.Limit, page.Start)
}

// Branch gives one branch by its name; the default branch for "".
func (s *Store) Branch(ctx context.Context, repository int64, name string) (*Branch, error) {
	condition, args := "b.name = $2", []any{repository, name}
	if name == "" {
		condition, args = "b.is_default", args[:1]
	}
	list, err := s.branches(ctx, branchColumns+"b.repository_id = $1 and "+condition, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

func (s *Store) branches(ctx context.Context, query string, args ...any) ([]Branch, error) {
	var list []Branch
	err := each(ctx, s.read, query, args, func(row *sql.Rows) error {
		var b Branch
		var headAt int64
		var behind, attempt sql.NullInt64
		var times [4]sql.NullInt64
		var advisories sql.NullInt64
		var incomplete, warnings string
		k := &b.Knowledge
		err := row.Scan(&b.ID, &b.RepositoryID, &b.Name, &b.Head, &headAt, &b.IsDefault, &b.Status, &k.Scanned, &k.Commit, &behind, &k.Rewritten, &k.ConfigChanged,
			&b.Open.Critical, &b.Open.High, &b.Open.Medium, &b.Open.Low, &b.Waiting, &b.Running, &b.Progress, &attempt, &k.AttemptIsNewer,
			&b.Last.ID, &b.Last.State, &b.Last.Commit, &times[0], &times[1], &b.Last.Owner, &b.Last.Error,
			&b.Success.ID, &b.Success.State, &b.Success.Commit, &times[2], &times[3], &b.Success.Owner, &b.Success.Error, &b.KeptResult,
			&b.Dependencies.Packages, &b.Dependencies.Unchecked, &advisories, &k.Unread, &b.Problem, &k.Incomplete, &incomplete, &warnings)
		b.Incomplete, b.Warnings = linesOf(incomplete), linesOf(warnings)
		if !k.Unread {
			b.Problem = ""
		}
		b.HeadAt, b.Dependencies.Advisories = time.UnixMilli(headAt).UTC(), at(advisories)
		b.Last.Started, b.Last.Ended, b.Success.Started, b.Success.Ended = at(times[0]), at(times[1]), at(times[2]), at(times[3])
		k.Head, k.Open, k.Queued, k.Running = b.Head, b.Open.Total(), b.Waiting != 0, b.Running != 0
		if behind.Valid {
			n := int(behind.Int64)
			k.Behind = &n
		}
		if attempt.Valid {
			state := State(attempt.Int64)
			k.Attempt = &state
		}
		list = append(list, b)
		return err
	})
	return list, err
}
