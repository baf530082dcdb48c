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

// Missing is what a listing lacks of what was there: live in the store, and not listed.
type Missing struct {
	// Projects are those that are not listed at all, by key; Repositories those that are not, by key and slug.
	Projects     []MissingProject
	Repositories []MissingRepository
	// Live is how many repositories there were, those that are missing among them.
	Live int
}

// MissingProject is a project that a listing lacks.
type MissingProject struct {
	ID  int64
	Key string
}

// MissingRepository is a repository that a listing lacks.
type MissingRepository struct {
	ID         int64
	ProjectID  int64
	ProjectKey string
	Slug       string
	// Since is when a listing that lacked it was held back first, by the database's clock; zero for never.
	Since time.Time
	// Confirmed is true when a person has said that it is gone.
	Confirmed bool
}

// leastSuspicious is how many repositories a listing must lack to be suspicious.
const leastSuspicious = 3

// Suspicious reports whether so much is missing that the listing itself may be wrong, as that of a volume that is not mounted is: at
// least three repositories, and more than share percent of all; or all that there were, in a listing without any.
func (m *Missing) Suspicious(found []connection.Project, share int) bool {
	n := len(m.Repositories)
	return n > 0 && len(found) == 0 || n >= leastSuspicious && n*100 > share*m.Live
}

// missingColumns are those of a MissingRepository, with where they come from.
const missingColumns = `
		select r.id, p.id, p.key, r.slug, r.missing_since, r.missing_confirmed
		from repository r
		join project p on p.id = r.project_id`

// scan reads the next row of missingColumns.
func (r *MissingRepository) scan(row *sql.Rows) error {
	var since sql.NullInt64
	err := row.Scan(&r.ID, &r.ProjectID, &r.ProjectKey, &r.Slug, &since, &r.Confirmed)
	r.Since = db.At(since)
	return err
}

// Missing compares a listing with what is live. Of projects that are Partial nothing is missing; of a listing that is not whole, only
// repositories of the projects in it are.
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

// Due gives what of it counts as gone although the listing is suspicious: what was confirmed, and what was missing longer than delay
// ago for the first time, unless nothing at all was listed: that is for a person to say.
func (m *Missing) Due(found []connection.Project, delay time.Duration, now time.Time) *Missing {
	due := *m
	due.Repositories = slices.DeleteFunc(slices.Clone(m.Repositories), func(r MissingRepository) bool {
		late := len(found) > 0 && !r.Since.IsZero() && !now.Before(r.Since.Add(delay))
		return !r.Confirmed && !late
	})
	return &due
}

// Hold notes since when repositories are missing, for all nodes, and returns those of which nobody had noted it.
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

// Held lists the repositories that listings lack and that are kept all the same, those that are missing longest first.
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

// Confirm says that the repositories that are held are gone: the next listing that lacks them removes them. It returns how many.
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

// Place is a project or a repository that is gone or has come back: PAY, or PAY/api. Repositories is how many a project has taken
// along.
type Place struct {
	Name         string
	Repositories int
}

// Remove marks what is missing as removed: each repository in a transaction, and then the projects that have none left. What is known
// of it is kept as KeepRemovedDays says. It returns what has gone by this call, those before an error too; what another node has
// removed is told there.
func (s *Sync) Remove(ctx context.Context, m *Missing) (gone []Place, err error) {
	// Repositories go with their project when that has none left.
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

// flat gives the repositories of all projects, by name.
func flat(of map[int64][]Place) (list []Place) {
	for _, places := range of {
		list = append(list, places...)
	}
	slices.SortFunc(list, func(a, b Place) int { return cmp.Compare(a.Name, b.Name) })
	return list
}
