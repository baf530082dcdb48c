package catalog

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Branch is a row of the list of branches.
type Branch struct {
	ID, RepositoryID int64
	Name, Head       string
	HeadAt           time.Time
	IsDefault        bool
	Status           status.Status
	Knowledge        Knowledge
	Open             status.OpenCounts
	// Progress belongs to the running scan. Waiting and Running are the keys of scans.
	Progress         int
	Waiting, Running int64
	// Dependencies belong to the last result.
	Dependencies status.Dependencies
	// KeptResult is the number of the oldest result whose findings are kept.
	KeptResult int
	// Incomplete lists what the last result does not cover. Warnings lists mistakes in the repository's own rules. Both are
	// nil if there are none.
	Incomplete, Warnings []string
	// Problem explains to people why Knowledge.Unread is true; empty otherwise.
	Problem string
	// Last is the newest attempt, Success the newest one with a result. Their ids are zero if there was none.
	Last, Success Attempt
}

// Attempt is a scan that has started.
type Attempt struct {
	ID             int64
	State          queue.State
	Commit         string
	Started, Ended time.Time
	Owner, Error   string
}

// branchColumns are the columns of a branch b of a repository y, with its waiting scan w, its running scan x, its newest
// attempt l, and the scan o of its last result.
var branchColumns = db.Columns[Branch]{
	{SQL: "b.id", Into: func(b *Branch) any { return &b.ID }},
	{SQL: "b.repository_id", Into: func(b *Branch) any { return &b.RepositoryID }},
	{SQL: "b.name", Into: func(b *Branch) any { return &b.Name }},
	{SQL: "b.head", Into: func(b *Branch) any { return &b.Head }},
	{SQL: "nullif(b.head_at, 0)", Into: func(b *Branch) any { return db.Time(&b.HeadAt) }},
	{SQL: "b.is_default", Into: func(b *Branch) any { return &b.IsDefault }},
	{SQL: "b.status", Into: func(b *Branch) any { return &b.Status }},
	{SQL: "b.scan_id is not null", Into: func(b *Branch) any { return &b.Knowledge.Scanned }},
	{SQL: "b.scanned_commit", Into: func(b *Branch) any { return &b.Knowledge.Commit }},
	{SQL: "b.commits_behind", Into: func(b *Branch) any { return &b.Knowledge.Behind }},
	{SQL: "b.rewritten", Into: func(b *Branch) any { return &b.Knowledge.Rewritten }},
	{SQL: "b.stale_config", Into: func(b *Branch) any { return &b.Knowledge.ConfigChanged }},
	{SQL: "b.open_critical", Into: func(b *Branch) any { return &b.Open.Critical }},
	{SQL: "b.open_high", Into: func(b *Branch) any { return &b.Open.High }},
	{SQL: "b.open_medium", Into: func(b *Branch) any { return &b.Open.Medium }},
	{SQL: "b.open_low", Into: func(b *Branch) any { return &b.Open.Low }},
	{SQL: "coalesce(w.id, 0)", Into: func(b *Branch) any { return &b.Waiting }},
	{SQL: "coalesce(x.id, 0)", Into: func(b *Branch) any { return &b.Running }},
	{SQL: "coalesce(x.progress, 0)", Into: func(b *Branch) any { return &b.Progress }},
	{SQL: "b.attempt_state", Into: func(b *Branch) any { return &b.Knowledge.Attempt }},
	{SQL: "coalesce(b.attempt_id, 0) <> coalesce(b.scan_id, 0)", Into: func(b *Branch) any { return &b.Knowledge.AttemptIsNewer }},
	{SQL: "coalesce(l.id, 0)", Into: func(b *Branch) any { return &b.Last.ID }},
	{SQL: "coalesce(l.state, 0)", Into: func(b *Branch) any { return &b.Last.State }},
	{SQL: "coalesce(l.commit_hash, '')", Into: func(b *Branch) any { return &b.Last.Commit }},
	{SQL: "l.started_at", Into: func(b *Branch) any { return db.Time(&b.Last.Started) }},
	{SQL: "l.ended_at", Into: func(b *Branch) any { return db.Time(&b.Last.Ended) }},
	{SQL: "coalesce(l.owner, '')", Into: func(b *Branch) any { return &b.Last.Owner }},
	{SQL: "coalesce(l.error, '')", Into: func(b *Branch) any { return &b.Last.Error }},
	{SQL: "coalesce(o.id, 0)", Into: func(b *Branch) any { return &b.Success.ID }},
	{SQL: "coalesce(o.state, 0)", Into: func(b *Branch) any { return &b.Success.State }},
	{SQL: "coalesce(o.commit_hash, '')", Into: func(b *Branch) any { return &b.Success.Commit }},
	{SQL: "o.started_at", Into: func(b *Branch) any { return db.Time(&b.Success.Started) }},
	{SQL: "o.ended_at", Into: func(b *Branch) any { return db.Time(&b.Success.Ended) }},
	{SQL: "coalesce(o.owner, '')", Into: func(b *Branch) any { return &b.Success.Owner }},
	{SQL: "coalesce(o.error, '')", Into: func(b *Branch) any { return &b.Success.Error }},
	{SQL: "b.kept_result", Into: func(b *Branch) any { return &b.KeptResult }},
	{SQL: "b.packages", Into: func(b *Branch) any { return &b.Dependencies.Packages }},
	{SQL: "b.unchecked", Into: func(b *Branch) any { return &b.Dependencies.Unchecked }},
	{SQL: "b.advisories_at", Into: func(b *Branch) any { return db.Time(&b.Dependencies.Advisories) }},
	{SQL: "b.unread", Into: func(b *Branch) any { return &b.Knowledge.Unread }},
	{SQL: "case when b.unread then y.problem else '' end", Into: func(b *Branch) any { return &b.Problem }},
	{SQL: "b.incomplete", Into: func(b *Branch) any { return &b.Knowledge.Incomplete }},
	{SQL: "coalesce(o.incomplete, '')", Into: func(b *Branch) any { return db.Lines(&b.Incomplete) }},
	{SQL: "coalesce(o.warning, '')", Into: func(b *Branch) any { return db.Lines(&b.Warnings) }},
}

// Branches lists the branches of a repository: the default branch first, then by name.
func (s *Catalog) Branches(ctx context.Context, repository int64, f Filter, page db.Page) ([]Branch, error) {
	return s.branches(ctx, "b.repository_id = $1 and "+s.db.Has("b.name", 2)+f.where("b")+`
		order by `+f.by("b", "b.is_default desc, b.name", "l.started_at")+`
		limit $3 offset $4`, repository, db.Like(f.Name), page.Limit, page.Start)
}

// Branch returns one branch by its name; the default branch for "".
func (s *Catalog) Branch(ctx context.Context, repository int64, name string) (*Branch, error) {
	condition, args := "b.name = $2", []any{repository, name}
	if name == "" {
		condition, args = "b.is_default", args[:1]
	}
	list, err := s.branches(ctx, "b.repository_id = $1 and "+condition, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

// branches lists the branches b that match a condition.
func (s *Catalog) branches(ctx context.Context, where string, args ...any) ([]Branch, error) {
	list, err := branchColumns.List(ctx, s.db.Read, terms.Numbered(`
		from branch b
		left join scan w on w.branch_id = b.id and w.state = :queued
		left join scan x on x.branch_id = b.id and x.state = :running
		left join scan l on l.id = coalesce(x.id, b.attempt_id)
		left join scan o on o.id = b.scan_id
		join repository y on y.id = b.repository_id
		where b.removed_at is null and `)+where, args...)
	for i := range list {
		b := &list[i]
		k := &b.Knowledge
		k.Head, k.Open, k.Queued, k.Running = b.Head, b.Open.Total(), b.Waiting != 0, b.Running != 0
	}
	return list, err
}
