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

// AdvisoryOptions is what [Advisories] need.
type AdvisoryOptions struct {
	Store *store.Store
	// Path is the file of advisories; Mode says whether it is downloaded, UpdateOff for one that somebody else brings.
	Path   string
	Mode   osv.UpdateMode
	Client *osv.Client
	Log    *slog.Logger
	// Every is how often the file is looked at.
	Every time.Duration
	Now   func() time.Time
	// Wake is called when something was put into the queue.
	Wake func()
}

// updateTime bounds the downloads of one time.
const updateTime = 10 * time.Minute

// Advisories are those of all scans of a node: one file, which is kept fresh beside the scans. Newer ones let all branches be
// scanned again that have dependencies. It implements [sca.Advisories], and is safe for concurrent use.
type Advisories struct {
	o AdvisoryOptions

	mu   sync.RWMutex
	data *osv.Store
}

// NewAdvisories makes them. They answer before Run, and bring then what a scan needs and is missing.
func NewAdvisories(o AdvisoryOptions) *Advisories {
	a := &Advisories{o: o}
	a.data = a.open()
	return a
}

// open gives the file as it is from now on. What could not be downloaded once is not tried again by it.
func (a *Advisories) open() *osv.Store {
	return &osv.Store{Path: a.o.Path, Mode: a.o.Mode, Client: a.o.Client, Timeout: updateTime, Now: a.o.Now, Log: a.o.Log}
}

// Find implements [sca.Advisories].
func (a *Advisories) Find(ctx context.Context, packages []scan.Package) (sca.Found, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.data.Find(ctx, packages)
}

// Run keeps them fresh until ctx ends.
func (a *Advisories) Run(ctx context.Context) {
	pace.Loop{Every: a.o.Every, Do: a.Refresh, Problem: func(err error) {
		a.o.Log.Error("the advisories could not all be brought up to date", "error", err)
	}}.Run(ctx)
	a.mu.Lock()
	_ = a.data.Close()
	a.mu.Unlock()
}

// Refresh downloads what is older than a day, and compares what there is with what was there before.
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

// sections tells what is in the file; nil when there is none, or one that the next download replaces.
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

// due lists the ecosystems whose advisories are to be downloaded again. Others come when a scan needs them.
func (a *Advisories) due(sections []advisory.Section) (due []scan.Ecosystem) {
	for i := range sections {
		if a.o.Mode != osv.UpdateOff && a.o.Now().Sub(sections[i].Fetched) > osv.Fresh {
			due = append(due, sections[i].Ecosystem)
		}
	}
	return due
}

// compare puts all branches that have dependencies into the queue when there are newer advisories.
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
	a.o.Log.Info("there are newer advisories: what has dependencies is scanned again", "scans", done.Scheduled)
	if a.o.Wake != nil {
		a.o.Wake()
	}
	return nil
}
