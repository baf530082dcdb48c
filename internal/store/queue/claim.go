package queue

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

const (
	// Lease is how long a scan belongs to a worker without a heartbeat. BeatEvery is how often a worker must send one.
	Lease     = 30 * time.Second
	BeatEvery = 5 * time.Second
	// maxAttempts is how often a scan is tried if its worker is lost or if it fails with an error that may pass.
	MaxAttempts = 3
	// maxLooked limits the repositories that one claim looks at.
	maxLooked = 50
)

// Job is a scan that a worker has claimed.
type Job struct {
	ID         int64
	Generation int64
	BranchID   int64
	// Connection is the id of the repository's connection.
	Connection int64
	Repository int64
	// Location is where the connection finds the repository. Branch is the name of the branch.
	Location, Branch string
	DefaultBranch    string
	ProjectKey, Slug string
	Head             string
	// By is who asked for the scan: an account, or what started it.
	By                    string
	Force                 bool
	Attempt               int
	ScannedCommit, Config string
	// Incomplete is true if the last result does not cover the whole branch.
	Incomplete bool
}

// Claim gives the next scan to a worker; ErrNotFound if nothing waits. The best priority goes first. Within a priority,
// the repository that was served longest ago goes first, so that a large one does not hold up the others. Within a
// repository, the oldest scan goes first. If bulk is false, only interactive scans are claimed. The same applies while
// all nodes together run as many scans as ClusterScans allows; one more place beyond that is reserved for an interactive
// scan.
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
		// One repository at a time, because other nodes skip the rows that are locked here.
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

// clusterRoom returns how many more scans all nodes together may start: 0 leaves room for one interactive scan, a
// negative number for none. No other transaction starts a scan until this one ends.
func (s *Queue) clusterRoom(ctx context.Context, tx *sql.Tx) (int, error) {
	value, err := s.settings.ValueIn(ctx, tx, settings.ClusterScans)
	if err != nil {
		return 0, err
	}
	most, _ := strconv.Atoi(value) // Value has checked it
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

// jobColumns are the columns of a job's branch b, repository r and project p.
var jobColumns = db.Columns[Job]{
	{SQL: "p.connection_id", Into: func(j *Job) any { return &j.Connection }},
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

// claimOf claims the best scan of a repository. It skips branches that are being scanned.
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
		returning id, generation, branch_id, force, attempt, requested_by`), owner, repository, limit).Scan(&j.ID, &j.Generation, &j.BranchID, &j.Force, &j.Attempt, &j.By)
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
