package worker

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/osv"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/pace"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// AdvisoryOptions configure [Advisories].
type AdvisoryOptions struct {
	Store *store.Store
	// Path is the file of advisories. Mode says whether it is downloaded; UpdateOff means that somebody else updates it.
	Path   string
	Mode   osv.UpdateMode
	Client *osv.Client
	Log    *slog.Logger
	// Every is the interval between checks of the file.
	Every time.Duration
	Now   func() time.Time
	// Wake is called after scans were queued.
	Wake func()
}

// updateTime limits the time for one round of downloads.
const updateTime = 10 * time.Minute

// Advisories are the advisories for all scans of a node: one file, which is updated while scans run. Newer advisories
// queue new scans of all branches with dependencies. It implements [sca.Advisories] and is safe for concurrent use.
type Advisories struct {
	o AdvisoryOptions

	mu   sync.RWMutex
	data *osv.Store
}

// NewAdvisories returns advisories that work before Run: then they download what a scan needs and does not find.
func NewAdvisories(o AdvisoryOptions) *Advisories {
	a := &Advisories{o: o}
	a.data = a.open()
	return a
}

// open opens the current file. A download that failed once is not retried by the opened file.
func (a *Advisories) open() *osv.Store {
	return &osv.Store{Path: a.o.Path, Mode: a.o.Mode, Client: a.o.Client, Timeout: updateTime, Now: a.o.Now, Log: a.o.Log}
}

// Find implements [sca.Advisories].
func (a *Advisories) Find(ctx context.Context, packages []scan.Package) (sca.Found, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.data.Find(ctx, packages)
}

// Run updates the advisories until ctx ends.
func (a *Advisories) Run(ctx context.Context) {
	pace.Loop{Every: a.o.Every, Do: a.Refresh, Problem: func(err error) {
		a.o.Log.Error("some advisories could not be updated", "error", err)
	}}.Run(ctx)
	a.mu.Lock()
	_ = a.data.Close()
	a.mu.Unlock()
}

// Refresh downloads what is older than a day, and compares it with what was there before.
func (a *Advisories) Refresh(ctx context.Context) error {
	sections, err := a.sections()
	if err != nil {
		return err
	}
	var problem error
	if due := a.due(sections); len(due) > 0 {
		bounded, cancel := context.WithTimeout(ctx, updateTime)
		problem = a.o.Client.Update(bounded, a.o.Path, due, a.o.Now(), func(what string) { a.o.Log.Info(what) })
		cancel()
		if sections, err = a.sections(); err != nil {
			return errors.Join(problem, err)
		}
	}
	a.mu.Lock()
	old := a.data
	a.data = a.open()
	a.mu.Unlock()
	return errors.Join(problem, old.Close(), a.compare(ctx, sections))
}

// sections returns the content of the file; nil if it does not exist or if the next download replaces it.
func (a *Advisories) sections() ([]advisory.Section, error) {
	db, err := advisory.Open(a.o.Path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, advisory.ErrUnusable) && a.o.Mode != osv.UpdateOff {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return db.Sections(), db.Close()
}

// due lists the ecosystems whose advisories must be downloaded again. Others are downloaded when a scan needs them.
func (a *Advisories) due(sections []advisory.Section) (due []scan.Ecosystem) {
	for i := range sections {
		if a.o.Mode != osv.UpdateOff && a.o.Now().Sub(sections[i].Fetched) > osv.Fresh {
			due = append(due, sections[i].Ecosystem)
		}
	}
	return due
}

// compare queues all branches with dependencies if there are newer advisories.
func (a *Advisories) compare(ctx context.Context, sections []advisory.Section) error {
	modified := map[string]time.Time{}
	for i := range sections {
		modified[string(sections[i].Ecosystem)] = sections[i].Modified
	}
	newer, err := a.o.Store.Policy.SeeAdvisories(ctx, modified)
	if err != nil || !newer {
		return err
	}
	done, err := a.o.Store.Queue.Enqueue(ctx, queue.Request{Name: "Everything with dependencies", Dependent: true, Force: true, Priority: queue.PrioritySchedule, By: "advisories"})
	if err != nil {
		return err
	}
	a.o.Log.Info("there are newer advisories: branches with dependencies are scanned again", "scans", done.Scheduled)
	if a.o.Wake != nil {
		a.o.Wake()
	}
	return nil
}
