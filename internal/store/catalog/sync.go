package catalog

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Moved is a new branch, or a branch whose head has changed.
type Moved struct {
	RepositoryID, BranchID int64
	Location               string
	Name, Head             string
	IsDefault              bool
	// ScannedCommit is the commit of the last successful scan; empty if there is none.
	ScannedCommit string
}

// Synced is the result of Apply.
type Synced struct {
	// Moved are the branches that moved or are new.
	Moved []Moved
	// Returned holds the project if it was gone, else those of its repositories that were.
	Returned []Place
}

// Apply stores the current content of a project. It returns what moved or returned, also if it fails halfway. Each
// changed repository is one transaction, which also updates the counters and, if ScanOnPush is set, queues scans of the
// moved branches. Deleted repositories and branches that are still kept return with their data. Apply removes nothing;
// see Missing and Remove.
//
// Transactions lock repositories first, by id, and projects last.
func (s *Sync) Apply(ctx context.Context, p *connection.Project) (done Synced, err error) {
	id, back, err := s.syncOneProject(ctx, p)
	if err != nil {
		return done, err
	}
	known, err := s.known(ctx, id)
	if err != nil {
		return done, err
	}
	var repositories []Place
	for i := range p.Repositories {
		r := &p.Repositories[i]
		if before := known[r.Slug]; before != nil && before.same(r) {
			continue
		}
		var list []Moved
		var returned bool
		if err = s.db.Tx(ctx, func(tx *sql.Tx) (err error) { list, returned, err = s.syncRepository(ctx, tx, id, r); return err }); err != nil {
			err = fmt.Errorf("repository %s/%s: %w", p.Key, r.Slug, err)
			break
		}
		if returned {
			repositories = append(repositories, Place{Name: p.Key + "/" + r.Slug})
		}
		done.Moved = append(done.Moved, list...)
	}
	if done.Returned = repositories; back {
		done.Returned = []Place{{p.Key, len(repositories)}}
	}
	return done, err
}

// syncOneProject stores a project without its repositories. returned reports whether the project was gone.
func (s *Sync) syncOneProject(ctx context.Context, p *connection.Project) (id int64, returned bool, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		var name, identity string
		var personal, removed bool
		returned = false
		err := tx.QueryRowContext(ctx, `
			select id, name, personal, identity, removed_at is not null
			from project
			where connection_id = $1 and key = $2`, s.connection, p.Key).Scan(&id, &name, &personal, &identity, &removed)
		if err == nil && name == p.Name && personal == p.Personal && identity == p.Identity && !removed {
			return nil
		}
		if returned, err = db.Changed(tx.ExecContext(ctx, `
			update project set removed_at = null
			where connection_id = $1 and key = $2 and removed_at is not null`, s.connection, p.Key)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `
			insert into project (id, connection_id, key, name, personal, identity)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (connection_id, key) do update set
				name = excluded.name,
				personal = excluded.personal,
				identity = excluded.identity,
				removed_at = null
			returning id`,
			s.db.NextIDs(1), s.connection, p.Key, p.Name, p.Personal, p.Identity).Scan(&id)
	})
	if err != nil {
		return 0, false, fmt.Errorf("project %s: %w", p.Key, err)
	}
	return id, returned, nil
}

// knownRepository is a live repository as the store has it.
type knownRepository struct {
	id                                      int64
	name, location, defaultBranch, identity string
	// troubled is true while the repository is missing or could not be read in full.
	troubled bool
	heads    map[string]string
}

// same reports whether nothing has changed.
func (k *knownRepository) same(r *connection.Repository) bool {
	if k.troubled || r.Problem != "" || k.name != r.Name || k.location != r.Location || k.defaultBranch != r.DefaultBranch || k.identity != r.Identity || len(k.heads) != len(r.Branches) {
		return false
	}
	for _, b := range r.Branches {
		if k.heads[b.Name] != b.Head {
			return false
		}
	}
	return true
}

// known returns the live repositories of a project by slug.
func (s *Sync) known(ctx context.Context, project int64) (map[string]*knownRepository, error) {
	list, byID := map[string]*knownRepository{}, map[int64]*knownRepository{}
	err := db.Each(ctx, s.db.Read, `
		select id, slug, name, location, default_branch, identity, missing_since is not null or problem <> ''
		from repository
		where project_id = $1 and removed_at is null`, []any{project}, func(row *sql.Rows) error {
		k := &knownRepository{heads: map[string]string{}}
		var slug string
		err := row.Scan(&k.id, &slug, &k.name, &k.location, &k.defaultBranch, &k.identity, &k.troubled)
		list[slug], byID[k.id] = k, k
		return err
	})
	if err != nil {
		return nil, err
	}
	return list, db.Each(ctx, s.db.Read, `
		select b.repository_id, b.name, b.head
		from branch b
		join repository r on r.id = b.repository_id
		where r.project_id = $1 and r.removed_at is null and b.removed_at is null`, []any{project}, func(row *sql.Rows) error {
		var id int64
		var name, head string
		err := row.Scan(&id, &name, &head)
		if k := byID[id]; k != nil {
			k.heads[name] = head
		}
		return err
	})
}

func (s *Sync) syncRepository(ctx context.Context, tx *sql.Tx, project int64, r *connection.Repository) (moved []Moved, returned bool, err error) {
	if err := s.status.LockPolicy(ctx, tx, false); err != nil {
		return nil, false, err
	}
	// Only one of several nodes restores it.
	if returned, err = db.Changed(tx.ExecContext(ctx, `
		update repository set removed_at = null
		where project_id = $1 and slug = $2 and removed_at is not null`, project, r.Slug)); err != nil {
		return nil, false, err
	}
	// A repository that could not be read does not say which branch is the default.
	var id int64
	var defaultBranch string
	err = tx.QueryRowContext(ctx, `
		insert into repository (id, project_id, slug, name, location, default_branch, identity, problem)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (project_id, slug) do update set
			name = excluded.name,
			location = excluded.location,
			default_branch = case when excluded.default_branch = '' and excluded.problem <> '' then repository.default_branch else excluded.default_branch end,
			identity = excluded.identity,
			problem = excluded.problem,
			removed_at = null,
			missing_since = null,
			missing_confirmed = false
		returning id, default_branch`, s.db.NextIDs(1), project, r.Slug, r.Name, r.Location, r.DefaultBranch, r.Identity, db.ValidText(r.Problem)).Scan(&id, &defaultBranch)
	if err != nil {
		return nil, false, err
	}
	if err := s.status.LockRepository(ctx, tx, id); err != nil {
		return nil, false, err
	}
	if moved, err = s.syncBranches(ctx, tx, id, defaultBranch, r); err != nil {
		return nil, false, err
	}
	return moved, returned, s.status.CountRepository(ctx, tx, id)
}

// syncBranches stores the branches of a locked repository.
func (s *Sync) syncBranches(ctx context.Context, tx *sql.Tx, id int64, defaultBranch string, r *connection.Repository) ([]Moved, error) {
	counting, err := s.status.Rollup(ctx, tx)
	if err != nil {
		return nil, err
	}
	type branch struct {
		id                int64
		head, scanned     string
		isDefault, unread bool
	}
	before := map[string]branch{}
	if err := db.Each(ctx, tx, `
		select name, id, head, scanned_commit, is_default, unread
		from branch
		where repository_id = $1 and removed_at is null`, []any{id}, func(row *sql.Rows) error {
		var name string
		var k branch
		err := row.Scan(&name, &k.id, &k.head, &k.scanned, &k.isDefault, &k.unread)
		before[name] = k
		return err
	}); err != nil {
		return nil, err
	}
	known := map[string]string{}
	for name, k := range before {
		known[name] = k.head
	}
	renamed := map[string]string(nil)
	if r.Problem == "" {
		renamed = renamedBranches(known, r.Branches)
	}
	for from, to := range renamed {
		if err := s.renameBranch(ctx, tx, id, before[from].id, to, counting.Counts(to, to == defaultBranch)); err != nil {
			return nil, err
		}
		before[to] = before[from]
		delete(before, from)
	}
	var moved []Moved
	for _, b := range r.Branches {
		k, ok := before[b.Name]
		delete(before, b.Name)
		isDefault := b.Name == defaultBranch
		if ok && k.head == b.Head && k.isDefault == isDefault && !k.unread {
			continue
		}
		m := Moved{RepositoryID: id, Location: r.Location, Name: b.Name, Head: b.Head, IsDefault: isDefault}
		// The distance to a new head is unknown until somebody looks into the repository.
		err := tx.QueryRowContext(ctx, `
			insert into branch (id, repository_id, name, head, head_at, is_default, counted)
			values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (repository_id, name) do update set
				head = excluded.head,
				head_at = excluded.head_at,
				is_default = excluded.is_default,
				counted = excluded.counted,
				removed_at = null,
				unread = false,
				commits_behind = case when branch.head = excluded.head then branch.commits_behind end,
				rewritten = branch.rewritten and branch.head = excluded.head
			returning id, scanned_commit`, s.db.NextIDs(1), id, b.Name, b.Head, headAt(&b), isDefault, counting.Counts(b.Name, isDefault)).Scan(&m.BranchID, &m.ScannedCommit)
		if err != nil {
			return nil, err
		}
		if !ok || k.head != b.Head {
			moved = append(moved, m)
		}
		if !ok && m.ScannedCommit != "" {
			// The branch has returned, and decisions that people made in the meantime apply to it.
			if err := s.status.CountBranch(ctx, tx, m.BranchID); err != nil {
				return nil, err
			}
		}
	}
	if err := s.enqueuePushed(ctx, tx, r, moved); err != nil {
		return nil, err
	}
	for _, k := range before {
		if r.Problem != "" {
			// The branch may still exist.
			err = db.Execute(ctx, tx, k.id, "update branch set unread = true where id = $1 and not unread")
		} else {
			err = s.removeBranch(ctx, tx, k.id)
		}
		if err != nil {
			return nil, err
		}
	}
	return moved, nil
}

// headAt is the time of a head as the store has it: 0 for one that is not known.
func headAt(b *connection.Branch) int64 {
	if b.HeadAt.IsZero() {
		return 0
	}
	return b.HeadAt.UnixMilli()
}

// enqueuePushed queues scans of the moved branches of a repository, if ScanOnPush is set for it.
func (s *Sync) enqueuePushed(ctx context.Context, tx *sql.Tx, r *connection.Repository, moved []Moved) error {
	if len(moved) == 0 {
		return nil
	}
	on, err := s.settings.AtRepository(ctx, tx, settings.ScanOnPush, moved[0].RepositoryID)
	if err != nil || on != "true" {
		return err
	}
	request := queue.Request{Name: r.Location, Outdated: true, Priority: queue.PriorityPush, By: "push"}
	for i := range moved {
		request.Scope.Branches = append(request.Scope.Branches, moved[i].BranchID)
	}
	if len(moved) == 1 {
		request.Name += " : " + moved[0].Name
	}
	_, err = s.queue.EnqueueIn(ctx, tx, &request)
	return err
}
