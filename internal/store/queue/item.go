package queue

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Item is one scan with the branch that it scans.
type Item struct {
	ID                                int64
	State                             State
	RepositoryID, ProjectID           int64
	ProjectKey, ProjectName           string
	Slug, RepositoryName, Branch      string
	Priority                          Priority
	Queued, Started, Ended            time.Time
	Progress                          int
	RequestedBy, Owner, Commit, Error string
	CancelRequested                   bool
	// Findings is the number of findings of a scan with a result. Appeared and Vanished are how many findings the branch
	// gained and lost with it. Result numbers the results of the branch from 1; 0 for a scan without one.
	Findings, Appeared, Vanished int
	Result                       int
	// Incomplete lists what a scan with a result did not cover. Warnings lists mistakes in the repository's own rules. Both
	// are nil if there are none.
	Incomplete, Warnings []string
}

// String names the scanned branch as lists show it.
func (q *Item) String() string {
	return q.ProjectName + " / " + q.RepositoryName + " : " + q.Branch
}

// itemColumns are the columns of a scan x of a branch b of a repository r of a project p.
var itemColumns = db.Columns[Item]{
	{SQL: "x.id", Into: func(i *Item) any { return &i.ID }},
	{SQL: "x.state", Into: func(i *Item) any { return &i.State }},
	{SQL: "r.id", Into: func(i *Item) any { return &i.RepositoryID }},
	{SQL: "p.id", Into: func(i *Item) any { return &i.ProjectID }},
	{SQL: "p.key", Into: func(i *Item) any { return &i.ProjectKey }},
	{SQL: "p.name", Into: func(i *Item) any { return &i.ProjectName }},
	{SQL: "r.slug", Into: func(i *Item) any { return &i.Slug }},
	{SQL: "r.name", Into: func(i *Item) any { return &i.RepositoryName }},
	{SQL: "b.name", Into: func(i *Item) any { return &i.Branch }},
	{SQL: "x.priority", Into: func(i *Item) any { return &i.Priority }},
	{SQL: "x.queued_at", Into: func(i *Item) any { return db.Time(&i.Queued) }},
	{SQL: "x.started_at", Into: func(i *Item) any { return db.Time(&i.Started) }},
	{SQL: "x.ended_at", Into: func(i *Item) any { return db.Time(&i.Ended) }},
	{SQL: "x.progress", Into: func(i *Item) any { return &i.Progress }},
	{SQL: "x.requested_by", Into: func(i *Item) any { return &i.RequestedBy }},
	{SQL: "x.owner", Into: func(i *Item) any { return &i.Owner }},
	{SQL: "x.commit_hash", Into: func(i *Item) any { return &i.Commit }},
	{SQL: "x.error", Into: func(i *Item) any { return &i.Error }},
	{SQL: "x.cancel_requested", Into: func(i *Item) any { return &i.CancelRequested }},
	{SQL: "x.findings", Into: func(i *Item) any { return &i.Findings }},
	{SQL: "x.appeared", Into: func(i *Item) any { return &i.Appeared }},
	{SQL: "x.vanished", Into: func(i *Item) any { return &i.Vanished }},
	{SQL: "x.result", Into: func(i *Item) any { return &i.Result }},
	{SQL: "x.warning", Into: func(i *Item) any { return db.Lines(&i.Warnings) }},
	{SQL: "x.incomplete", Into: func(i *Item) any { return db.Lines(&i.Incomplete) }},
}

const itemSource = `
	from scan x
	join branch b on b.id = x.branch_id
	join repository r on r.id = x.repository_id
	join project p on p.id = r.project_id
	where `

func (s *Queue) items(ctx context.Context, where string, args ...any) ([]Item, error) {
	return itemColumns.List(ctx, s.db.Read, itemSource+terms.SQL(s.db, where), args...)
}

// List lists the running scans, then the queued ones by priority and age. That is the order of the queue as far as it is
// known in advance: within a priority, Claim serves repositories in turn.
func (s *Queue) List(ctx context.Context, v *scope.Visible, page db.Page) ([]Item, error) {
	// Few scans run. Those that wait may be half a million: they are read in the order of an index.
	list, err := s.items(ctx, `
		`+terms.Runs+" and "+v.Condition("r.id", "r.project_id")+`
		order by x.priority, x.queued_at, x.id`)
	if err != nil {
		return nil, err
	}
	running := len(list)
	list = list[min(page.Start, running):min(page.Start+page.Limit, running)]
	if len(list) == page.Limit {
		return list, nil
	}
	waiting, err := s.items(ctx, `
		x.id in (`+firstWaiting(v)+`)
		order by x.priority, x.queued_at, x.id`, page.Limit-len(list), max(0, page.Start-running))
	return append(list, waiting...), err
}

// firstWaiting selects the ids of the visible scans that wait, $1 of them from $2 on in the order of the queue. The bound
// of the priority makes SQLite read the index scan_in_order instead of sorting all that waits. The scans of some
// repositories are found by their repositories.
func firstWaiting(v *scope.Visible) string {
	of := "w.priority >= 0"
	if !v.All {
		of = "w.repository_id in (select id from repository where " + v.Condition("id", "project_id") + ")"
	}
	return `
			select w.id
			from scan w
			where w.state = :queued and ` + of + `
			order by w.priority, w.queued_at, w.id
			limit $1 offset $2`
}

// Scan returns one scan; ErrNotFound if the caller may not see its repository.
func (s *Queue) Scan(ctx context.Context, v *scope.Visible, id int64) (*Item, error) {
	return itemColumns.One(ctx, s.db.Read, itemSource+`
		x.id = $1 and r.removed_at is null and p.removed_at is null and `+v.Condition("r.id", "r.project_id"), id)
}

// Activity is what the queue holds for one repository.
type Activity struct {
	RepositoryID, ProjectID int64
	Queued                  int
	// Running are its running scans.
	Running []Item
}

// Activities returns the activity of all repositories that have any. Clients poll it every second, so its cost depends
// on the number of queued and running scans, not on the number of repositories.
func (s *Queue) Activities(ctx context.Context) ([]Activity, error) {
	var list []Activity
	index := map[int64]int{}
	if err := db.Each(ctx, s.db.Read, `
		select id, project_id, queued
		from repository
		where queued > 0`, nil, func(row *sql.Rows) error {
		var a Activity
		err := row.Scan(&a.RepositoryID, &a.ProjectID, &a.Queued)
		list = append(list, a)
		return err
	}); err != nil {
		return nil, err
	}
	// The database would sort whole rows, which takes five times as long.
	slices.SortFunc(list, func(a, b Activity) int { return cmp.Compare(a.RepositoryID, b.RepositoryID) })
	for i := range list {
		index[list[i].RepositoryID] = i
	}
	running, err := s.items(ctx, terms.Runs+" order by +x.id")
	for _, q := range running {
		i, ok := index[q.RepositoryID]
		if !ok {
			i = len(list)
			index[q.RepositoryID] = i
			list = append(list, Activity{RepositoryID: q.RepositoryID, ProjectID: q.ProjectID})
		}
		list[i].Running = append(list[i].Running, q)
	}
	return list, err
}

// Counts counts all scans by state.
func (s *Queue) Counts(ctx context.Context) (map[State]int, error) {
	counts := map[State]int{}
	err := db.Each(ctx, s.db.Read, "select state, count(*) from scan group by state", nil, func(row *sql.Rows) error {
		var state State
		var n int
		err := row.Scan(&state, &n)
		counts[state] = n
		return err
	})
	return counts, err
}
