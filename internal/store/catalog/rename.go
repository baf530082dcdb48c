package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Renamed is a project or a repository whose key changed: PAY, or PAY/api.
type Renamed struct{ From, To string }

// Follow finds the projects and repositories of a whole listing that were renamed or moved since the listing before, by
// their identities. It moves their data with them: results, triage, reviews, roles, settings and schedules. It returns
// what it moved, also if it fails halfway. Call Apply after it.
//
// Each move is one transaction. If a project or repository stands in a place that now belongs to another one, it first
// gets a temporary name. Then Follow moves it to its own place, if the listing has one for it.
func (s *Sync) Follow(ctx context.Context, found []connection.Project) (renamed []Renamed, err error) {
	at := map[string]string{}
	for i := range found {
		at[found[i].Key] = found[i].Identity
	}
	known, err := s.places(ctx, `
		select id, key, identity, removed_at is null
		from project
		where connection_id = $1`)
	if err != nil {
		return nil, err
	}
	moves := planMoves(known, at)
	for _, m := range moves {
		moved, err := s.moveProject(ctx, m, moves)
		if err != nil {
			return renamed, fmt.Errorf("project %s, which was %s: %w", m.to, m.from, err)
		}
		if moved {
			renamed = append(renamed, Renamed{m.from, m.to})
		}
	}

	clear(at)
	for i := range found {
		for j := range found[i].Repositories {
			r := &found[i].Repositories[j]
			at[found[i].Key+"/"+r.Slug] = r.Identity
		}
	}
	if known, err = s.places(ctx, `
		select r.id, p.key || '/' || r.slug, r.identity, r.removed_at is null
		from repository r
		join project p on p.id = r.project_id
		where p.connection_id = $1`); err != nil {
		return renamed, err
	}
	moves = planMoves(known, at)
	for i := range found {
		for j := range found[i].Repositories {
			r := &found[i].Repositories[j]
			place := found[i].Key + "/" + r.Slug
			k := slices.IndexFunc(moves, func(m move) bool { return m.to == place })
			if k < 0 {
				continue
			}
			moved, err := s.moveRepository(ctx, moves[k], &found[i], r, moves)
			if err != nil {
				return renamed, fmt.Errorf("repository %s, which was %s: %w", place, moves[k].from, err)
			}
			if moved {
				renamed = append(renamed, Renamed{moves[k].from, place})
			}
		}
	}
	return renamed, nil
}

// knownPlace is a place with known data: a project by its key, a repository by key and slug.
type knownPlace struct {
	id             int64
	name, identity string
	live           bool
}

// move is something that was found in another place.
type move struct {
	id       int64
	from, to string
}

// planMoves compares the known places with the identities that were found. It also finds what was deleted, unless
// something live has the same identity. It plans no move where it cannot be sure: if an identity is found twice, or if
// something without a known identity stands in the old place.
func planMoves(known []knownPlace, found map[string]string) (moves []move) {
	to := map[string]string{}
	for name, identity := range found {
		if _, twice := to[identity]; twice {
			name = ""
		}
		to[identity] = name
	}
	best := map[string]knownPlace{}
	for _, k := range known {
		if other, ok := best[k.identity]; !ok || k.live && !other.live || k.live == other.live && k.id > other.id {
			best[k.identity] = k
		}
	}
	for _, k := range best {
		instead, occupied := found[k.name]
		if name := to[k.identity]; k.identity != "" && name != "" && name != k.name && (!occupied || instead != "") {
			moves = append(moves, move{k.id, k.name, name})
		}
	}
	slices.SortFunc(moves, func(a, b move) int { return cmp.Compare(a.id, b.id) })
	return moves
}

func (s *Sync) places(ctx context.Context, query string) (list []knownPlace, err error) {
	return list, db.Each(ctx, s.db.Read, query, []any{s.connection}, func(row *sql.Rows) error {
		var p knownPlace
		err := row.Scan(&p.id, &p.name, &p.identity, &p.live)
		list = append(list, p)
		return err
	})
}

// aside is a place whose occupant must leave.
func aside(name string, id int64) string { return fmt.Sprintf("%s~%d", name, id) }

func moving(id int64, moves []move) bool {
	return slices.ContainsFunc(moves, func(m move) bool { return m.id == id })
}

// moveScopes moves the roles and settings of a place, in the project with a key, to another place. They stay if another
// connection now has a live project with that key, because they belong to that project.
func (s *Sync) moveScopes(ctx context.Context, tx *sql.Tx, key, from, to string) error {
	ours, err := s.owns(ctx, tx, key)
	if err != nil || !ours {
		return err
	}
	return scope.Move(ctx, tx, from, to)
}

// moveProject gives a project its new key, unless another node has done so already.
func (s *Sync) moveProject(ctx context.Context, m move, moves []move) (moved bool, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		moved = false
		if err := s.db.Lock(ctx, tx, db.LockPlaces); err != nil {
			return err
		}
		var from string
		if err := tx.QueryRowContext(ctx, "select key from project where id = $1", m.id).Scan(&from); err != nil {
			return err
		}
		var other int64
		err := tx.QueryRowContext(ctx, "select id from project where connection_id = $1 and key = $2", s.connection, m.to).Scan(&other)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if other == m.id {
			return nil
		}
		moved = true
		if err == nil {
			if _, err := tx.ExecContext(ctx, "update project set key = $2 where id = $1", other, aside(m.to, other)); err != nil {
				return err
			}
			if !moving(other, moves) {
				if err := scope.Drop(ctx, tx, m.to); err != nil {
					return err
				}
			}
			// The roles and settings of its repositories stay: those repositories may have moved elsewhere.
			if err := scope.Move(ctx, tx, m.to, aside(m.to, other)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "update project set key = $2 where id = $1", m.id, m.to); err != nil {
			return err
		}
		return s.moveScopes(ctx, tx, from, from, m.to)
	})
	return moved && err == nil, err
}

// moveRepository moves a repository to its new place in the project p, unless another node has done so already.
func (s *Sync) moveRepository(ctx context.Context, m move, p *connection.Project, r *connection.Repository, moves []move) (moved bool, err error) {
	target, _, err := s.syncOneProject(ctx, p)
	if err != nil {
		return false, err
	}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		moved = false
		if err := s.db.Lock(ctx, tx, db.LockPlaces); err != nil {
			return err
		}
		var other int64
		err := tx.QueryRowContext(ctx, "select id from repository where project_id = $1 and slug = $2", target, r.Slug).Scan(&other)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if other == m.id {
			return nil
		}
		moved = true
		if err := s.status.LockRepositories(ctx, tx, []int64{m.id, other}); err != nil {
			return err
		}
		var project int64
		var projectKey, from string
		var removed sql.NullInt64
		if err := tx.QueryRowContext(ctx, `
			select r.project_id, p.key, p.key || '/' || r.slug, r.removed_at
			from repository r
			join project p on p.id = r.project_id
			where r.id = $1`, m.id).Scan(&project, &projectKey, &from, &removed); err != nil {
			return err
		}
		if s.db.Postgres {
			// Two moves in opposite directions must lock in the same order.
			if _, err := tx.ExecContext(ctx, `
				select 1
				from project
				where `+db.In("id", []int64{project, target})+`
				order by id
				for no key update`); err != nil {
				return err
			}
		}
		if other != 0 {
			if err := s.displace(ctx, tx, other, m.to, r.Slug, moving(other, moves)); err != nil {
				return err
			}
		}
		if err := s.moveScopes(ctx, tx, projectKey, from, m.to); err != nil {
			return err
		}
		if project != target {
			// The counters of the old project drop the repository before those of the new one take it in.
			if err := db.Execute(ctx, tx, m.id, terms.SQL(s.db, "update repository set removed_at = :now where id = $1")); err != nil {
				return err
			}
			if err := s.status.CountInProjects(ctx, tx, []int64{m.id}); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "update snapshot set project_id = $2 where repository_id = $1", m.id, target); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `
			update repository set
				removed_at = $2,
				project_id = $3,
				slug = $4,
				location = $5
			where id = $1`, m.id, removed, target, r.Slug, r.Location); err != nil {
			return err
		}
		return s.status.CountInProjects(ctx, tx, []int64{m.id})
	})
	return moved && err == nil, err
}

// displace moves a repository out of a place that another one needs. It counts as deleted unless Follow moves it to its
// own place later.
func (s *Sync) displace(ctx context.Context, tx *sql.Tx, id int64, place, slug string, follows bool) error {
	if _, err := tx.ExecContext(ctx, "update repository set slug = $2 where id = $1", id, aside(slug, id)); err != nil {
		return err
	}
	if follows {
		return scope.Move(ctx, tx, place, aside(place, id))
	}
	if err := scope.Drop(ctx, tx, place); err != nil {
		return err
	}
	return s.removeLocked(ctx, tx, id)
}
