package demo

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Slow makes a scan take some seconds, so that people see its progress.
func Slow(scan worker.Scan) worker.Scan {
	return func(ctx context.Context, dir string, j *queue.Job, progress func(percent int, commit string)) (*findings.Outcome, error) {
		// A scan reports its progress from several goroutines.
		var head atomic.Value
		head.Store(j.Head)
		o, err := scan(ctx, dir, j, func(_ int, commit string) { head.Store(commit) })
		// Branches differ, and one branch always takes the same time.
		step := time.Duration(60+j.BranchID%7*20) * time.Millisecond
		for percent := 0; percent < 100; percent++ {
			progress(percent, head.Load().(string))
			if err := pace.Wait(ctx, step); err != nil {
				return nil, err
			}
		}
		return o, err
	}
}

const (
	// liveEvery is how often Live looks at the queue; it keeps liveWaiting scans waiting there.
	liveEvery   = time.Second
	liveWaiting = 3
)

// Live keeps the queue busy until ctx ends: it scans the repositories whose branches need it least, so that every other state stays.
func (f *Folder) Live(ctx context.Context, st *store.Store, wake func(), problem func(error)) {
	// What the node of Fill was scanning is scanned here.
	if err := st.Queue.Release(ctx, node); err != nil {
		problem(err)
	}
	next := 0
	pace.Loop{Every: liveEvery, Do: func(ctx context.Context) error {
		activities, err := st.Queue.Activities(ctx)
		if err != nil {
			return err
		}
		waiting := 0
		for _, a := range activities {
			waiting += a.Queued
		}
		steady := f.steady()
		for tries := 0; waiting < liveWaiting && tries < len(steady); tries++ {
			p := steady[next%len(steady)]
			next++
			r, err := st.Catalog.Repository(ctx, everything, p.key, p.slug)
			if err != nil {
				return err
			}
			done, err := st.Queue.Enqueue(ctx, queue.Rescan(queue.Scope{RepositoryID: r.ID}, r.ProjectName+" / "+r.Name, []string{Developer, "jdoe", "mlin"}[next%3], false))
			if err != nil {
				return err
			}
			waiting += done.Scheduled
		}
		wake()
		return nil
	}, Problem: problem}.Run(ctx)
}

// place names a repository.
type place struct{ key, slug string }

// steady are the repositories whose branches are only secure or vulnerable: another scan changes nothing.
func (f *Folder) steady() (list []place) {
	for i := range f.projects {
		p := &f.projects[i]
		for j := range p.Repositories {
			r := &p.Repositories[j]
			is := len(r.Branches) > 0
			r.Each(func(_ int, b Branch) { is = is && (b.State == StateSecure || b.State == StateVulnerable) })
			if is {
				list = append(list, place{p.Key, r.Slug})
			}
		}
	}
	return list
}
