package catalog

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/status"
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
	// Progress is that of the running scan; Waiting and Running are the keys of scans.
	Progress         int
	Waiting, Running int64
	// Dependencies are those of the last result.
	Dependencies status.Dependencies
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
	State          queue.State
	Commit         string
	Started, Ended time.Time
	Owner, Error   string
}

const branchColumns = `select b.id, b.repository_id, b.name, b.head, b.head_at, b.is_default, b.status, b.scan_id is not null, b.scanned_commit, b.commits_behind, b.rewritten, b.stale_config,
	b.open_critical, b.open_high, b.open_medium, b.open_low, coalesce(w.id, 0), coalesce(x.id, 0), coalesce(x.progress, 0), b.attempt_state, coalesce(b.attempt_id, 0) <> coalesce(b.scan_id, 0),
	coalesce(l.id, 0), coalesce(l.state, 0), coalesce(l.commit_hash, ''), l.started_at, l.ended_at, coalesce(l.owner, ''), coalesce(l.error, ''),
	coalesce(o.id, 0), coalesce(o.state, 0), coalesce(o.commit_hash, ''), o.started_at, o.ended_at, coalesce(o.owner, ''), coalesce(o.error, ''), b.kept_result, b.packages, b.unchecked, b.advisories_at, b.unread, y.problem, b.incomplete, coalesce(o.incomplete, ''), coalesce(o.warning, '')
	from branch b left join scan w on w.branch_id = b.id and w.state = 0 left join scan x on x.branch_id = b.id and x.state = 1
	left join scan l on l.id = coalesce(x.id, b.attempt_id) left join scan o on o.id = b.scan_id join repository y on y.id = b.repository_id where b.removed_at is null and `

// Branches lists the branches of a repository, the default one first, then by name.
func (s *Catalog) Branches(ctx context.Context, repository int64, name string, page db.Page) ([]Branch, error) {
	return s.branches(ctx, branchColumns+"b.repository_id = $1 and lower(b.name) like $2 escape '\\' order by b.is_default desc, b.name limit $3 offset $4",
		repository, db.Like(name), page.Limit, page.Start)
}

// Branch gives one branch by its name; the default branch for "".
func (s *Catalog) Branch(ctx context.Context, repository int64, name string) (*Branch, error) {
	condition, args := "b.name = $2", []any{repository, name}
	if name == "" {
		condition, args = "b.is_default", args[:1]
	}
	list, err := s.branches(ctx, branchColumns+"b.repository_id = $1 and "+condition, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, db.ErrNotFound
	}
	return &list[0], nil
}

func (s *Catalog) branches(ctx context.Context, query string, args ...any) ([]Branch, error) {
	var list []Branch
	err := db.Each(ctx, s.db.Read, query, args, func(row *sql.Rows) error {
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
		b.Incomplete, b.Warnings = db.LinesOf(incomplete), db.LinesOf(warnings)
		if !k.Unread {
			b.Problem = ""
		}
		b.HeadAt, b.Dependencies.Advisories = time.UnixMilli(headAt).UTC(), db.At(advisories)
		b.Last.Started, b.Last.Ended, b.Success.Started, b.Success.Ended = db.At(times[0]), db.At(times[1]), db.At(times[2]), db.At(times[3])
		k.Head, k.Open, k.Queued, k.Running = b.Head, b.Open.Total(), b.Waiting != 0, b.Running != 0
		if behind.Valid {
			n := int(behind.Int64)
			k.Behind = &n
		}
		if attempt.Valid {
			state := queue.State(attempt.Int64)
			k.Attempt = &state
		}
		list = append(list, b)
		return err
	})
	return list, err
}
