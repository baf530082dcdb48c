package queue

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

const (
	// Lease is how long a scan belongs to a worker that is not heard of; BeatEvery is how often a worker is to be heard.
	Lease     = 30 * time.Second
	BeatEvery = 5 * time.Second
	// maxAttempts is how often a scan is tried whose worker gets lost or that fails in a way that may pass.
	MaxAttempts = 3
	// maxLooked bounds the repositories that one claim looks at.
	maxLooked = 50
)

// workerLost is why a scan is given back whose worker is not heard of any more.
const workerLost = "the worker was lost"

// Job is a scan that a worker has claimed.
type Job struct {
	ID         int64
	Generation int64
	BranchID   int64
	Repository int64
	// Location is where the connection finds the repository; Branch is its name.
	Location, Branch      string
	DefaultBranch         string
	ProjectKey, Slug      string
	Head                  string
	Force                 bool
	Attempt               int
	ScannedCommit, Config string
	// Incomplete is true when the last result is not of all of the branch.
	Incomplete bool
}

// Claim gives the next scan to a worker; ErrNotFound when nothing waits. Better priorities go first; within one, the
// repository that was served longest ago, so that a large one does not hold up the others; within that, the oldest.
// bulk is false when only interactive scans may be taken; so it is when all nodes together run as many as ClusterScans allows,
// beyond which one more place is kept for interactive ones.
func (s *Queue) Claim(ctx context.Context, owner string, bulk bool) (job *Job, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		job = nil
		room, err := s.clusterRoom(ctx, tx)
		if err != nil {
			return err
		}
		if room < 0 {
			return db.ErrNotFound
		}
		limit := int(PrioritySchedule)
		if !bulk || room == 0 {
			limit = int(PriorityInteractive)
		}
		skip := ""
		if s.db.Postgres {
			skip = " for no key update skip locked"
		}
		// One at a time: what is locked here, other nodes pass over.
		for looked := []int64(nil); len(looked) < maxLooked; {
			var repository int64
			if err := tx.QueryRowContext(ctx, `
				select id
				from repository
				where queued > 0 and best_priority <= $1 and not `+db.In("id", looked)+`
				order by best_priority, served_at
				limit 1`+skip, limit).Scan(&repository); err != nil {
				return db.Found(err)
			}
			looked = append(looked, repository)
			if job, err = s.claimOf(ctx, tx, repository, owner, limit); !errors.Is(err, db.ErrNotFound) {
				return err
			}
		}
		return db.ErrNotFound
	})
	return job, err
}

// clusterRoom is how many more scans all nodes together may start: 0 leaves room for an interactive one, less for none. While the
// transaction lasts no other one starts any.
func (s *Queue) clusterRoom(ctx context.Context, tx *sql.Tx) (int, error) {
	value, err := s.settings.ValueIn(ctx, tx, settings.ClusterScans)
	if err != nil {
		return 0, err
	}
	most, _ := strconv.Atoi(value) // value has checked it
	if most == 0 {
		return 1, nil
	}
	if err := s.db.Lock(ctx, tx, db.LockCluster); err != nil {
		return 0, err
	}
	running := 0
	err = tx.QueryRowContext(ctx, terms.SQL(s.db, "select count(*) from scan where state = :running")).Scan(&running)
	return most - running, err
}

// jobColumns are what a job says of its branch b, its repository r and its project p.
var jobColumns = db.Columns[Job]{
	{SQL: "r.location", Into: func(j *Job) any { return &j.Location }},
	{SQL: "r.default_branch", Into: func(j *Job) any { return &j.DefaultBranch }},
	{SQL: "b.name", Into: func(j *Job) any { return &j.Branch }},
	{SQL: "p.key", Into: func(j *Job) any { return &j.ProjectKey }},
	{SQL: "r.slug", Into: func(j *Job) any { return &j.Slug }},
	{SQL: "b.head", Into: func(j *Job) any { return &j.Head }},
	{SQL: "b.scanned_commit", Into: func(j *Job) any { return &j.ScannedCommit }},
	{SQL: "b.scanned_config", Into: func(j *Job) any { return &j.Config }},
	{SQL: "b.incomplete", Into: func(j *Job) any { return &j.Incomplete }},
}

// claimOf claims the best scan of a repository whose branch is not being scanned.
func (s *Queue) claimOf(ctx context.Context, tx *sql.Tx, repository int64, owner string, limit int) (*Job, error) {
	j := &Job{Repository: repository}
	err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
		update scan set
			state = :running,
			owner = $1,
			heartbeat_at = :now,
			started_at = :now,
			generation = generation + 1,
			attempt = attempt + 1,
			progress = 0,
			cancel_requested = false
		where id = (
			select w.id
			from scan w
			where w.repository_id = $2 and w.state = :queued and w.priority <= $3 and w.not_before <= :now
				and not exists (select 1 from scan x where x.branch_id = w.branch_id and x.state = :running)
			order by w.priority, w.queued_at, w.id
			limit 1)
		returning id, generation, branch_id, force, attempt`), owner, repository, limit).Scan(&j.ID, &j.Generation, &j.BranchID, &j.Force, &j.Attempt)
	if err != nil {
		return nil, db.Found(err)
	}
	if err := jobColumns.Scan(tx.QueryRowContext(ctx, "select "+jobColumns.SQL()+`
		from branch b
		join repository r on r.id = b.repository_id
		join project p on p.id = r.project_id
		where b.id = $1`, j.BranchID), j); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "update repository set served_at = "+s.db.Clock+" where id = $1", repository); err != nil {
		return nil, err
	}
	return j, s.status.CountQueued(ctx, tx, repository)
}

// ErrLost is returned to a worker whose scan belongs to another one by now: what it found must be thrown away.
var ErrLost = errors.New("the scan belongs to another worker")

// Beat says that a worker is alive and how far it is, and learns whether it is to stop. ErrLost ends the work.
func (s *Queue) Beat(ctx context.Context, j *Job, progress int, commit string) (cancel bool, err error) {
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, `
		update scan set
			heartbeat_at = :now,
			progress = case when progress < $1 then $1 else progress end,
			commit_hash = case when $2 = '' then commit_hash else $2 end
		where id = $3 and generation = $4 and state = :running
		returning cancel_requested`),
		min(max(progress, 0), 99), commit, j.ID, j.Generation).Scan(&cancel)
	if errors.Is(err, sql.ErrNoRows) {
		return false, ErrLost
	}
	return cancel, err
}

// Reap takes back the scans whose workers were not heard of for longer than Lease: they go back to the queue, or fail when
// they had their attempts. It returns how many.
func (s *Queue) Reap(ctx context.Context) (taken int, err error) {
	var ended []int64
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		lost, err := db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and heartbeat_at < :now - $1"), Lease.Milliseconds())
		if err != nil {
			return err
		}
		taken, ended = len(lost), lost
		for _, id := range lost {
			if err := s.GiveBack(ctx, tx, id, workerLost); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.EndedAfter(ctx, ended...)
		err = s.endIdleBatches(ctx)
	}
	return taken, err
}

// Release gives back what a worker holds, when it stops in an orderly way: no attempt is lost.
func (s *Queue) Release(ctx context.Context, owner string) error {
	var held []int64
	err := s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		held, err = db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and owner = $1"), owner)
		if err != nil {
			return err
		}
		for _, id := range held {
			if _, err := tx.ExecContext(ctx, "update scan set attempt = attempt - 1 where id = $1", id); err != nil {
				return err
			}
			if err := s.GiveBack(ctx, tx, id, "the server stopped"); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.EndedAfter(ctx, held...)
	}
	return err
}

// Recover gives back what a worker of this name was running when it was lost: whoever has the name now was not there then. Its
// attempts count, for it may be the scans that end it. It returns how many.
func (s *Queue) Recover(ctx context.Context, owner string) (taken int, err error) {
	var held []int64
	err = s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		if held, err = db.IDs(ctx, tx, terms.SQL(s.db, "select id from scan where state = :running and owner = $1"), owner); err != nil {
			return err
		}
		for _, id := range held {
			if err := s.GiveBack(ctx, tx, id, workerLost); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	s.EndedAfter(ctx, held...)
	return len(held), nil
}

// GiveBack puts a running scan back into the queue. Where another one waits for its branch already, that one stands for it;
// where it was to be cancelled, it is; where it had its attempts, it fails.
func (s *Queue) GiveBack(ctx context.Context, tx *sql.Tx, id int64, reason string) error {
	var branch, repository int64
	var attempt int
	var cancel, waits bool
	err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
		select branch_id, repository_id, attempt, cancel_requested,
			exists (select 1 from scan w where w.branch_id = scan.branch_id and w.state = :queued)
		from scan
		where id = $1 and state = :running`), id).Scan(&branch, &repository, &attempt, &cancel, &waits)
	if err != nil {
		return db.Found(err)
	}
	switch {
	case cancel:
		return s.End(ctx, tx, id, branch, Cancelled, "")
	case attempt >= MaxAttempts:
		if reason == workerLost {
			reason = fmt.Sprintf("the worker was lost %d times while it scanned this: its log may tell more", attempt)
		}
		return s.End(ctx, tx, id, branch, Failed, reason)
	case waits:
		return s.End(ctx, tx, id, branch, Dropped, reason)
	}
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update scan set
			state = :queued,
			owner = '',
			heartbeat_at = null,
			started_at = null,
			generation = generation + 1,
			error = $2
		where id = $1`), id, reason); err != nil {
		return err
	}
	return s.status.CountQueued(ctx, tx, repository)
}

// End puts a scan into a state that it does not leave, and tells the branch and the batches.
func (s *Queue) End(ctx context.Context, tx *sql.Tx, id, branch int64, state State, reason string) error {
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, `
		update scan set
			state = cast($2 as smallint),
			ended_at = :now,
			error = $3,
			generation = generation + 1,
			progress = case when cast($2 as smallint) = :succeeded then 100 else progress end
		where id = $1`),
		id, state, reason); err != nil {
		return err
	}
	if state != Dropped {
		if _, err := tx.ExecContext(ctx, "update branch set attempt_id = $2, attempt_state = $3 where id = $1", branch, id, state); err != nil {
			return err
		}
	}
	if s.db.Postgres {
		return nil // whoever ends it ends its batches afterwards
	}
	return s.EndBatches(ctx, tx, id)
}
