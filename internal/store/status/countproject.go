package status

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// A project counts its repositories by place. Each repository stores the place in which its project counts it
// (counted_as). A change moves one repository from place to place, so its cost does not depend on the size of the
// project.

// placesOfProject are the counters of a project, by place: the statuses of repositories in their order, then those
// without branches.
var placesOfProject = [...]string{"not_scanned", "secure", "vulnerable", "partially_scanned", "outdated", "empty"}

// standing is the place in which a repository counts; null for a deleted one. A repository that could not be read, so
// that its branches are not known, is not scanned rather than empty.
var standing = terms.Numbered(`case
		when removed_at is not null then null
		when secure + vulnerable + not_scanned + outdated + partially_scanned = 0 and problem = '' then :empty
		else status end`)

// miscounted is the condition under which a repository is counted in the wrong place.
var miscounted = "counted_as is distinct from " + standing

// CountOf counts the repositories r in a place: "secure", "empty".
func CountOf(place string) string {
	return terms.Numbered("count(case when r.counted_as = :" + place + " then 1 end)")
}

const projectColumns = "(secure, vulnerable, not_scanned, partially_scanned, outdated, empty)"

// projectCounts counts the repositories of a project, as projectColumns.
var projectCounts = "(select " + CountOf("secure") + ", " + CountOf("vulnerable") + ", " + CountOf("not_scanned") + ", " + CountOf("partially_scanned") + ", " +
	CountOf("outdated") + ", " + CountOf("empty") + `
		from repository r
		where r.project_id = project.id)`

// CountInProjects moves repositories whose status has changed to their new places in the counters of their projects. The
// repositories are locked and counted. Call it last in a transaction: from here on, other transactions that count in the
// same projects wait.
func (s *Counters) CountInProjects(ctx context.Context, tx *sql.Tx, repositories []int64) error {
	moves := map[int64]*[len(placesOfProject)]int{}
	if err := db.Chunks(repositories, db.ChunkSize, func(part []int64) error {
		where, args := db.In("id", part), []any(nil)
		if len(part) == 1 {
			// One statement for all projects, so that the database prepares it only once.
			where, args = "id = $1", []any{part[0]}
		}
		where += " and " + miscounted
		moving := false
		if err := db.Each(ctx, tx, "select project_id, counted_as, "+standing+" from repository where "+where, args, func(row *sql.Rows) error {
			var project int64
			var from, to sql.NullInt64
			err := row.Scan(&project, &from, &to)
			moving = true
			m := moves[project]
			if m == nil {
				m = new([len(placesOfProject)]int)
				moves[project] = m
			}
			if from.Valid {
				m[from.Int64]--
			}
			if to.Valid {
				m[to.Int64]++
			}
			return err
		}); err != nil || !moving {
			return err
		}
		_, err := tx.ExecContext(ctx, "update repository set counted_as = "+standing+" where "+where, args...)
		return err
	}); err != nil {
		return err
	}
	var projects []int64
	for id := range moves {
		projects = append(projects, id)
	}
	slices.Sort(projects)
	for _, id := range projects {
		set := ""
		for i, n := range moves[id] {
			if n != 0 {
				set += fmt.Sprintf(", %[1]s = %[1]s + %d", placesOfProject[i], n)
			}
		}
		if set == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, "update project set"+set[1:]+" where id = $1", id); err != nil {
			return err
		}
	}
	return nil
}

// countProject recounts the repositories of a project. A repository that another transaction is moving counts in its old
// place; that transaction moves it after this one.
func (s *Counters) countProject(ctx context.Context, id int64) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if s.db.Postgres {
			if _, err := tx.ExecContext(ctx, "select 1 from project where id = $1 for no key update", id); err != nil {
				return err
			}
		}
		return db.Execute(ctx, tx, id, "update project set "+projectColumns+" = "+projectCounts+" where id = $1")
	})
}
