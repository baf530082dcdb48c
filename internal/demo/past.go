package demo

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/internal/store/trends"
)

// pastDays is how many days the trends of the demo go back.
const pastDays = 60

// agePast gives findings the age of their lines, and repositories and projects a past: what the stores themselves date by their clock.
func agePast(ctx context.Context, st *store.Store, now time.Time) error {
	if _, err := st.Write.ExecContext(ctx, `
		update finding set first_seen = (select min(o.origin_at) from occurrence o where o.finding_id = finding.id)
		where exists (select 1 from occurrence o where o.finding_id = finding.id and o.origin_at is not null)`); err != nil {
		return err
	}
	// The trends read what is added up about the age of findings.
	if _, err := st.Recompute(ctx); err != nil {
		return err
	}
	projects, err := st.Catalog.Projects(ctx, everything, nil, "", db.Page{Limit: 1000})
	if err != nil {
		return err
	}
	return st.Tx(ctx, func(tx *sql.Tx) error {
		n := 0
		for _, p := range projects {
			repositories, err := st.Catalog.Repositories(ctx, everything, p.ID, catalog.Filter{}, db.Page{Limit: 1000})
			if err != nil {
				return err
			}
			for ago := pastDays; ago > 0; ago-- {
				day, whole := trends.Day(now.AddDate(0, 0, -ago)), snapshot{}
				for i := range repositories {
					then := before(&repositories[i], n+i, ago)
					whole.add(&then)
					if err := then.save(ctx, tx, p.ID, repositories[i].ID, day); err != nil {
						return err
					}
				}
				if err := whole.save(ctx, tx, p.ID, 0, day); err != nil {
					return err
				}
			}
			n += len(repositories)
		}
		return st.Trends.SumUp(ctx, tx)
	})
}

// snapshot is what a repository or a project was on a day.
type snapshot struct {
	status.Counts
	status.OpenCounts
}

// before is what the n-th repository was some days ago: not scanned at first, with more findings then, and fewer from week to week until it is
// as it is now.
func before(r *catalog.Repository, n, ago int) snapshot {
	total := r.Branches.Total()
	if scanned := pastDays - 4 - n*2; total == r.Branches.NotScanned || ago > scanned {
		return snapshot{Counts: status.Counts{NotScanned: total}}
	}
	weeks := ago / 7
	x := snapshot{Counts: r.Branches, OpenCounts: r.Open}
	if n%3 == 0 || r.Open.Total() > 0 {
		x.High, x.Medium, x.Low = x.High+weeks/2, x.Medium+weeks, x.Low+weeks
	}
	if n%4 == 0 {
		x.Critical += weeks / 3
	}
	if x.OpenCounts.Total() > 0 && x.Vulnerable == 0 {
		// A branch that is well now was not.
		for _, of := range []*int{&x.Secure, &x.Outdated, &x.PartiallyScanned} {
			if *of > 0 {
				*of--
				x.Vulnerable++
				break
			}
		}
	}
	return x
}

// add counts a repository in the snapshot of its project.
func (s *snapshot) add(r *snapshot) {
	s.Critical, s.High, s.Medium, s.Low = s.Critical+r.Critical, s.High+r.High, s.Medium+r.Medium, s.Low+r.Low
	if r.Counts.Total() == 0 {
		return
	}
	switch status.RepositoryStatus(r.Counts) {
	case status.Secure:
		s.Secure++
	case status.Vulnerable:
		s.Vulnerable++
	case status.NotScanned:
		s.NotScanned++
	case status.PartiallyScanned:
		s.PartiallyScanned++
	case status.Outdated:
		s.Outdated++
	}
}

func (s *snapshot) save(ctx context.Context, tx *sql.Tx, project, repository, day int64) error {
	columns := []string{"project_id", "repository_id", "day", "secure", "vulnerable", "not_scanned", "partially_scanned", "outdated", "open_critical", "open_high", "open_medium", "open_low"}
	values := []any{project, repository, day, s.Secure, s.Vulnerable, s.NotScanned, s.PartiallyScanned, s.Outdated, s.Critical, s.High, s.Medium, s.Low}
	places := make([]string, len(values))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	_, err := tx.ExecContext(ctx, "insert into snapshot ("+strings.Join(columns, ", ")+") values ("+strings.Join(places, ", ")+")", values...)
	return err
}
