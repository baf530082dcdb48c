package worker

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/pace"
)

// maxDistance limits how many commits are counted between a head and the scanned commit.
const maxDistance = 10_000

// Syncer keeps the store in step with a connection.
type Syncer struct {
	Store      *store.Store
	Connection connection.Connection
	// ID is the store's id of the connection.
	ID  int64
	Log *slog.Logger
	// Every is the interval between listings.
	Every time.Duration
	// Wake is called after scans were queued.
	Wake func()

	mu sync.Mutex
	// told is what was logged about skipped places, by name, so that each is logged once.
	told map[string]string
	// holding is true while something is held back. kept is what the last listing of everything lacked and the server has.
	holding bool
	kept    []connection.Skipped
	// measured is true once the unknown distances of an earlier process were computed.
	measured bool

	stateMu sync.Mutex
	state   SyncState
	// asked holds a request to list at once.
	asked chan struct{}
}

// SyncState is the state of the listing of a connection.
type SyncState struct {
	// Last is the time of the last complete listing; zero for never. Problem is the error of the last attempt; nil if it
	// succeeded.
	Last    time.Time
	Problem error
	// Running is true during a listing.
	Running bool
	// Skipped is what the last listing left out, Moved how many branches it found new or with another head.
	Skipped []connection.Skipped
	Moved   int
}

// State returns the state of the listing.
func (s *Syncer) State() SyncState {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	return s.state
}

func (s *Syncer) setState(change func(state *SyncState)) {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	change(&s.state)
}

// requests returns the channel of requests.
func (s *Syncer) requests() chan struct{} {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	if s.asked == nil {
		s.asked = make(chan struct{}, 1)
	}
	return s.asked
}

// Request makes Run list the connection at once, or once more after the current listing.
func (s *Syncer) Request() {
	select {
	case s.requests() <- struct{}{}:
	default:
	}
}

// Run lists the connection at once and then at regular intervals, until ctx ends.
func (s *Syncer) Run(ctx context.Context) {
	said := ""
	pace.Loop{Every: s.Every, Wake: s.requests(), Do: func(ctx context.Context) error {
		problem := ""
		err := s.Sync(ctx)
		if err != nil {
			problem = err.Error()
		}
		// Log a lasting state once.
		switch {
		case ctx.Err() != nil || problem == said:
		case err != nil:
			s.Log.Error("not all repositories could be listed", "error", err)
			said = problem
		default:
			s.Log.Info("all repositories can be listed again")
			said = ""
		}
		return err
	}}.Run(ctx)
}

// Sync lists the connection once. It stores what could be read, also after an error. Concurrent calls run one after the
// other.
func (s *Syncer) Sync(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setState(func(state *SyncState) { state.Running = true })
	err := s.sync(ctx)
	s.setState(func(state *SyncState) { state.Running, state.Problem = false, err })
	return err
}

func (s *Syncer) sync(ctx context.Context) error {
	list, problem, err := s.list(ctx)
	if err != nil {
		return err
	}
	admitted, refused, err := s.Store.Catalog.Sync(s.ID).Admit(ctx, list.Projects)
	if err != nil {
		return errors.Join(problem, err)
	}
	list.Projects = admitted
	list.Skipped = append(list.Skipped, refused...)
	if list.Changes {
		list.Skipped = append(list.Skipped, s.kept...)
	}
	slices.SortStableFunc(list.Skipped, func(a, b connection.Skipped) int { return cmp.Compare(a.Name, b.Name) })
	s.name(&list)
	s.setState(func(state *SyncState) { state.Skipped = list.Skipped })
	moved, err := s.write(ctx, &list)
	if err == nil && problem == nil && (list.Whole || list.Changes) {
		s.setState(func(state *SyncState) { state.Last = time.Now().UTC() })
	}
	s.setState(func(state *SyncState) { state.Moved = len(moved) })
	if s.Wake != nil && len(moved) > 0 {
		s.Wake()
	}
	far := moved
	if !s.measured {
		// An earlier process may have stored moves without measuring them.
		var more error
		far, more = s.Store.Catalog.Sync(s.ID).Unmeasured(ctx)
		s.measured, err = more == nil, errors.Join(err, more)
	}
	return errors.Join(problem, err, s.rulesFiles(ctx, moved), s.measure(ctx, far))
}

// Look stores one repository of a project, as an event made somebody look at it. known is false if the store does not have
// it under this name: then only a whole listing can tell whether it is new or was renamed, and nothing is stored.
func (s *Syncer) Look(ctx context.Context, p *connection.Project) (known bool, err error) {
	sync := s.Store.Catalog.Sync(s.ID)
	for i := range p.Repositories {
		if known, err = sync.Knows(ctx, p.Key, &p.Repositories[i]); err != nil || !known {
			return false, err
		}
	}
	done, err := sync.Apply(ctx, p)
	if s.Wake != nil && len(done.Moved) > 0 {
		s.Wake()
	}
	return true, errors.Join(err, s.tell(ctx, "returned", done.Returned), s.rulesFiles(ctx, done.Moved), s.measure(ctx, done.Moved))
}

// name logs what a listing skipped, and why: each place once, and again if the reason changes.
func (s *Syncer) name(list *connection.Listing) {
	now := map[string]string{}
	if list.Changes {
		// It tells nothing about the others.
		maps.Copy(now, s.told)
	}
	for i := range list.Projects {
		for j := range list.Projects[i].Repositories {
			if r := &list.Projects[i].Repositories[j]; r.Problem != "" {
				name := list.Projects[i].Key + "/" + r.Slug
				if now[name] = r.Problem; s.told[name] != r.Problem {
					s.Log.Error("a repository could not be read in full; its data is kept", "repository", name, "error", r.Problem)
				}
			}
		}
	}
	for _, x := range list.Skipped {
		if now[x.Name] = x.Reason; s.told[x.Name] != x.Reason {
			s.Log.Warn("skipped", "place", x.Name, "reason", x.Reason)
		}
	}
	s.told = now
}

// write stores a listing and returns the branches that moved, also if it fails halfway, because the next listing would
// not report them again.
func (s *Syncer) write(ctx context.Context, list *connection.Listing) (moved []catalog.Moved, err error) {
	if list.Whole {
		if err := s.follow(ctx, list.Projects); err != nil {
			return nil, err
		}
	}
	for i := range list.Projects {
		done, err := s.Store.Catalog.Sync(s.ID).Apply(ctx, &list.Projects[i])
		moved = append(moved, done.Moved...)
		if err := errors.Join(err, s.tell(ctx, "returned", done.Returned)); err != nil {
			return moved, err
		}
	}
	if list.Changes {
		return moved, nil
	}
	return moved, s.remove(ctx, list)
}

// list lists the connection. If a listing of changes holds a repository that the store does not have under its name, only
// a listing of everything can tell whether it is new or was renamed: it follows at once, or later if the connection cannot
// have one now. Until then that repository is left out.
func (s *Syncer) list(ctx context.Context) (list connection.Listing, problem, err error) {
	for range 2 {
		list, problem = s.Connection.List(ctx)
		if ctx.Err() != nil {
			return list, nil, ctx.Err()
		}
		refresher, ok := s.Connection.(connection.Refresher)
		if !ok || !list.Changes {
			return list, problem, nil
		}
		unknown, err := s.cutUnknown(ctx, &list)
		if err != nil || !unknown {
			return list, problem, err
		}
		refresher.Refresh()
	}
	return list, problem, nil
}

// cutUnknown removes the repositories from a listing that the store does not have under their names.
func (s *Syncer) cutUnknown(ctx context.Context, list *connection.Listing) (unknown bool, err error) {
	sync := s.Store.Catalog.Sync(s.ID)
	for i := range list.Projects {
		p := &list.Projects[i]
		p.Repositories = slices.DeleteFunc(p.Repositories, func(r connection.Repository) bool {
			known, asked := sync.Knows(ctx, p.Key, &r)
			err = errors.Join(err, asked)
			unknown = unknown || !known
			return !known
		})
	}
	list.Projects = slices.DeleteFunc(list.Projects, func(p connection.Project) bool { return len(p.Repositories) == 0 })
	return unknown, err
}

// follow handles renames and audits them, because roles move with them.
func (s *Syncer) follow(ctx context.Context, list []connection.Project) error {
	renamed, err := s.Store.Catalog.Sync(s.ID).Follow(ctx, list)
	for _, r := range renamed {
		s.Log.Info("renamed", "from", r.From, "to", r.To)
		if err := s.Store.Audit.Add(ctx, &audit.Event{Actor: "sluice", Action: "renamed", Object: r.To, Detail: "was " + r.From}); err != nil {
			return err
		}
	}
	return err
}

// rulesFiles reads the files of rules of the default branches that moved. A changed file makes results out of date.
func (s *Syncer) rulesFiles(ctx context.Context, moved []catalog.Moved) error {
	rules, err := s.Store.Policy.RuleSet(ctx)
	if err != nil || !rules.RepositoryRules {
		return err
	}
	for i := range moved {
		m := &moved[i]
		if !m.IsDefault {
			continue
		}
		dir, release, err := s.Connection.Open(ctx, m.Location)
		if err != nil {
			// The next scan reads it.
			s.Log.Warn("the rules of a repository could not be read", "repository", m.Location, "error", err)
			continue
		}
		data, commit, err := rulesFile(ctx, dir, m.Name, true)
		release()
		if err != nil {
			s.Log.Warn("the rules of a repository could not be read", "repository", m.Location, "error", err)
			continue
		}
		if err := s.Store.Policy.SetRulesFile(ctx, m.RepositoryID, commit, rules.HashRulesFile(data)); err != nil {
			return err
		}
	}
	return nil
}

// measure computes the distance of the moved heads from the scanned commits, repository by repository.
func (s *Syncer) measure(ctx context.Context, moved []catalog.Moved) error {
	for start := 0; start < len(moved); {
		stop := start + 1
		for stop < len(moved) && moved[stop].RepositoryID == moved[start].RepositoryID {
			stop++
		}
		if err := s.measureRepository(ctx, moved[start:stop]); err != nil {
			return err
		}
		start = stop
	}
	return nil
}

func (s *Syncer) measureRepository(ctx context.Context, moved []catalog.Moved) error {
	known := false
	for i := range moved {
		known = known || moved[i].ScannedCommit != ""
	}
	if !known {
		return nil
	}
	dir, release, err := s.Connection.Open(ctx, moved[0].Location)
	if err != nil {
		// The distance stays unknown until the next move.
		s.Log.Warn("commits could not be counted", "repository", moved[0].Location, "error", err)
		return nil
	}
	defer release()
	repository, err := git.Open(dir)
	if err != nil {
		s.Log.Warn("commits could not be counted", "repository", moved[0].Location, "error", err)
		return nil
	}
	defer func() { _ = repository.Close() }()
	for i := range moved {
		m := &moved[i]
		if m.ScannedCommit == "" {
			continue
		}
		n, rewritten, err := repository.Distance(ctx, m.Head, m.ScannedCommit, maxDistance)
		if err != nil {
			s.Log.Warn("commits could not be counted", "repository", m.Location, "branch", m.Name, "error", err)
			continue
		}
		if err := s.Store.Catalog.Sync(s.ID).SetDistance(ctx, m, n, rewritten); err != nil {
			return err
		}
	}
	return nil
}
