package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Missing holds what is live in the store and absent from a listing.
type Missing struct {
	// Projects are wholly absent, by key. Repositories are absent from projects that are listed, by key and slug.
	Projects     []MissingProject
	Repositories []MissingRepository
	// Live is the number of live repositories, including the missing ones.
	Live int
}

// MissingProject is a project that is absent from a listing.
type MissingProject struct {
	ID  int64
	Key string
}

// MissingRepository is a repository that is absent from a listing.
type MissingRepository struct {
	ID         int64
	ProjectID  int64
	ProjectKey string
	Slug       string
	Location   string
	// Since is when a listing without it was first held back, by the database's clock; zero for never.
	Since time.Time
	// Confirmed is true if a person has confirmed that the repository is gone.
	Confirmed bool
}

// leastSuspicious is the smallest number of missing repositories that is suspicious.
const leastSuspicious = 3

// Suspicious reports whether so much is missing that the listing itself may be wrong, for example because a volume is
// not mounted. That is the case if at least three repositories and more than share percent of all are missing, or if an
// empty listing lacks all of them.
func (m *Missing) Suspicious(found []connection.Project, share int) bool {
	n := len(m.Repositories)
	return n > 0 && len(found) == 0 || n >= leastSuspicious && n*100 > share*m.Live
}

// missingColumns are the columns of a MissingRepository and the tables that they come from.
const missingColumns = `
		select r.id, p.id, p.key, r.slug, r.location, r.missing_since, r.missing_confirmed
		from repository r
		join project p on p.id = r.project_id`

// scan reads the next row of missingColumns.
func (r *MissingRepository) scan(row *sql.Rows) error {
	var since sql.NullInt64
	err := row.Scan(&r.ID, &r.ProjectID, &r.ProjectKey, &r.Slug, &r.Location, &since, &r.Confirmed)
	r.Since = db.At(since)
	return err
}

// Missing compares a listing with the live projects and repositories. A Partial project lacks nothing. A listing that is
// not whole lacks only repositories of the projects that it lists.
func (s *Sync) Missing(ctx context.Context, found []connection.Project, whole bool) (m *Missing, err error) {
	m = &Missing{}
	here, partial, listed := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range found {
		p := &found[i]
		listed[p.Key], partial[p.Key] = true, p.Partial
		for j := range p.Repositories {
			here[p.Key+"/"+p.Repositories[j].Slug] = true
		}
	}
	err = db.Each(ctx, s.db.Read, missingColumns+`
		where r.removed_at is null and p.connection_id = $1
		order by p.key, r.slug`, []any{s.connection}, func(row *sql.Rows) error {
		var r MissingRepository
		err := r.scan(row)
		m.Live++
		if !here[r.ProjectKey+"/"+r.Slug] && !partial[r.ProjectKey] && (whole || listed[r.ProjectKey]) {
			m.Repositories = append(m.Repositories, r)
		}
		return err
	})
	if err != nil || !whole {
		return m, err
	}
	return m, db.Each(ctx, s.db.Read, `
		select id, key
		from project
		where removed_at is null and connection_id = $1
		order by key`, []any{s.connection}, func(row *sql.Rows) error {
		var p MissingProject
		err := row.Scan(&p.ID, &p.Key)
		if !listed[p.Key] {
			m.Projects = append(m.Projects, p)
		}
		return err
	})
}

// Due returns the part of a suspicious listing's missing repositories that counts as deleted: those that a person
// confirmed, and those that have been missing for longer than delay. If the listing is empty, only a person can confirm.
func (m *Missing) Due(found []connection.Project, delay time.Duration, now time.Time) *Missing {
	due := *m
	due.Repositories = slices.DeleteFunc(slices.Clone(m.Repositories), func(r MissingRepository) bool {
		late := len(found) > 0 && !r.Since.IsZero() && !now.Before(r.Since.Add(delay))
		return !r.Confirmed && !late
	})
	return &due
}

// Hold records since when repositories are missing, for all nodes. It returns those that were not recorded before.
func (s *Sync) Hold(ctx context.Context, m *Missing) (fresh []MissingRepository, err error) {
	for _, r := range m.Repositories {
		if !r.Since.IsZero() {
			continue
		}
		first, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
			update repository set missing_since = :now
			where id = $1 and missing_since is null and removed_at is null`), r.ID))
		if err != nil {
			return fresh, err
		}
		if first {
			fresh = append(fresh, r)
		}
	}
	return fresh, nil
}

// Held lists the repositories that are kept although listings lack them, longest missing first.
func (s *Sync) Held(ctx context.Context) (list []MissingRepository, err error) {
	return list, db.Each(ctx, s.db.Read, missingColumns+`
		where r.removed_at is null and r.missing_since is not null and p.connection_id = $1
		order by r.missing_since, p.key, r.slug`, []any{s.connection}, func(row *sql.Rows) error {
		var r MissingRepository
		err := r.scan(row)
		list = append(list, r)
		return err
	})
}

// Confirm confirms that the held repositories are gone: the next listing that lacks them removes them. It returns their
// number.
func (s *Sync) Confirm(ctx context.Context) (int, error) {
	done, err := s.db.Write.ExecContext(ctx, `
		update repository set missing_confirmed = true
		where removed_at is null and missing_since is not null and not missing_confirmed
			and project_id in (select id from project where connection_id = $1)`, s.connection)
	if err != nil {
		return 0, err
	}
	return db.Affected(done)
}

// Place is a project or a repository that is gone or has returned: PAY, or PAY/api. Repositories is how many a project
// took with it.
type Place struct {
	Name         string
	Repositories int
}

// Remove marks what is missing as deleted: each repository in its own transaction, then the projects that have none
// left. KeepRemovedDays says how long their data is kept. It returns what this call removed, also if it fails halfway;
// another node reports what it removed itself.
func (s *Sync) Remove(ctx context.Context, m *Missing) (gone []Place, err error) {
	// The result names a removed project instead of its repositories.
	removed := map[int64][]Place{}
	for _, r := range m.Repositories {
		done, err := s.removeRepository(ctx, r.ID)
		if err != nil {
			return append(gone, flat(removed)...), fmt.Errorf("repository %s/%s: %w", r.ProjectKey, r.Slug, err)
		}
		if done {
			removed[r.ProjectID] = append(removed[r.ProjectID], Place{Name: r.ProjectKey + "/" + r.Slug})
		}
	}
	for _, p := range m.Projects {
		done, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
			update project set removed_at = :now
			where id = $1 and removed_at is null
				and not exists (select 1 from repository r where r.project_id = $1 and r.removed_at is null)`), p.ID))
		if err != nil {
			return append(gone, flat(removed)...), fmt.Errorf("project %s: %w", p.Key, err)
		}
		if done {
			gone = append(gone, Place{p.Key, len(removed[p.ID])})
			delete(removed, p.ID)
		}
	}
	return append(gone, flat(removed)...), nil
}

// flat returns the repositories of all projects, by name.
func flat(of map[int64][]Place) (list []Place) {
	for _, places := range of {
		list = append(list, places...)
	}
	slices.SortFunc(list, func(a, b Place) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
