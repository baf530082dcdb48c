package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// World says what there is and what a scan of it finds. Fill calls it from one goroutine.
type World interface {
	// Sync brings the store in step with what there is: first as it was when branches were scanned, later with the commits since then.
	Sync(ctx context.Context, later bool) error
	// Settings returns the hash of the settings of all scans; see policy.RuleSet.ConfigOf.
	Settings() (string, error)
	// Scan scans a branch. An error means that it failed. It is called again after the commits for a branch of StateError.
	Scan(ctx context.Context, j *queue.Job, state State) (*findings.Outcome, error)
}

// node is the name of the node that has scanned.
const node = "node-1"

// everything is what an administrator sees.
var everything = &scope.Visible{All: true}

// filling is the state of Fill.
type filling struct {
	st    *store.Store
	world World
	// n counts the scans, so that each has another age.
	n int
}

// Fill makes the branches of projects have their states. Scans of StateScanning are claimed by node and run until somebody ends them.
func Fill(ctx context.Context, st *store.Store, w World, projects []Project) error {
	f := &filling{st: st, world: w}
	if err := w.Sync(ctx, false); err != nil {
		return fmt.Errorf("list what there is: %w", err)
	}
	settings, err := w.Settings()
	if err != nil {
		return err
	}
	if err := st.Policy.ReviseRules(ctx, settings); err != nil {
		return err
	}
	if err := f.each(ctx, projects, f.scanned); err != nil {
		return err
	}
	if err := w.Sync(ctx, true); err != nil {
		return fmt.Errorf("list what there is after more commits: %w", err)
	}
	for _, do := range []func(ctx context.Context, b *catalog.Branch, state State) error{f.running, f.waiting} {
		if err := f.each(ctx, projects, do); err != nil {
			return err
		}
	}
	if err := st.Policy.ReviseRules(ctx, settings); err != nil {
		return err
	}
	_, err = st.Recompute(ctx)
	return err
}

// each calls do for every branch of projects.
func (f *filling) each(ctx context.Context, projects []Project, do func(ctx context.Context, b *catalog.Branch, state State) error) error {
	for i := range projects {
		p := &projects[i]
		for j := range p.Repositories {
			r := &p.Repositories[j]
			repository, err := f.st.Catalog.Repository(ctx, everything, p.Key, r.Slug)
			if err != nil {
				return fmt.Errorf("repository %s/%s: %w", p.Key, r.Slug, err)
			}
			var problem error
			r.Each(func(_ int, wanted Branch) {
				if problem != nil {
					return
				}
				b, err := f.st.Catalog.Branch(ctx, repository.ID, wanted.Name)
				if err == nil {
					err = do(ctx, b, wanted.State)
				}
				if err != nil {
					problem = fmt.Errorf("branch %s of %s/%s: %w", wanted.Name, p.Key, r.Slug, err)
				}
			})
			if problem != nil {
				return problem
			}
		}
	}
	return nil
}

// scanned gives a branch the scan that ended before the last commits.
func (f *filling) scanned(ctx context.Context, b *catalog.Branch, state State) error {
	switch state {
	case StateNew, StateQueued, StateScanning:
		return nil
	}
	return f.end(ctx, b, state)
}

// running gives a branch the scan after the last commits, which fails or runs.
func (f *filling) running(ctx context.Context, b *catalog.Branch, state State) error {
	switch state {
	case StateError:
		return f.end(ctx, b, state)
	case StateScanning:
		j, err := f.enqueue(ctx, b, true)
		if err != nil {
			return err
		}
		_, err = f.st.Queue.Beat(ctx, j, 73, j.Head)
		return err
	}
	return nil
}

// waiting gives a branch the scan that waits.
func (f *filling) waiting(ctx context.Context, b *catalog.Branch, state State) error {
	if state != StateQueued {
		return nil
	}
	_, err := f.enqueue(ctx, b, false)
	return err
}

// enqueue puts a branch into the queue, and takes it out if take is true. Nothing else may wait then.
func (f *filling) enqueue(ctx context.Context, b *catalog.Branch, take bool) (*queue.Job, error) {
	if _, err := f.st.Queue.Enqueue(ctx, queue.Rescan(queue.Scope{BranchID: b.ID}, b.Name, "admin", false)); err != nil || !take {
		return nil, err
	}
	return f.st.Queue.Claim(ctx, node, true)
}

// end scans a branch, some time ago.
func (f *filling) end(ctx context.Context, b *catalog.Branch, state State) error {
	j, err := f.enqueue(ctx, b, true)
	if err != nil {
		return err
	}
	o := &findings.Outcome{State: queue.Cancelled}
	if state != StateCancelled {
		if o, err = f.world.Scan(ctx, j, state); err != nil {
			o = &findings.Outcome{State: queue.Failed, Reason: err.Error()}
		}
	}
	if state == StateConfig && len(o.Config) > len(noRules) {
		// Another version had other rules.
		o.Config = noRules + o.Config[len(noRules):]
	}
	if err := f.st.Findings.Finish(ctx, j, o); err != nil {
		return errors.Join(ctx.Err(), err)
	}
	f.n++
	age, lasted := time.Duration(f.n*f.n*71+40)*time.Second, time.Duration(700+f.n*1730)*time.Millisecond
	if _, err := f.st.Write.ExecContext(ctx, "update scan set started_at = started_at - $2, ended_at = started_at - $2 + $3 where id = $1", j.ID, age.Milliseconds(), lasted.Milliseconds()); err != nil {
		return err
	}
	_, err = f.st.Write.ExecContext(ctx, "update repository set last_scan_at = (select max(ended_at) from scan where repository_id = $1) where id = $1", j.Repository)
	return err
}

// noRules stands where a Config has the hash of the rules, for rules that are not today's.
const noRules = "0000000000000000"
