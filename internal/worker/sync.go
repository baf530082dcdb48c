package worker

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/scan"
)

// maxDistance bounds how many commits are counted between a head and the commit that was scanned.
const maxDistance = 10_000

// Syncer keeps the store in step with a connection.
type Syncer struct {
	Store      *store.Store
	Connection connection.Connection
	Log        *slog.Logger
	// Every is how often the connection is listed.
	Every time.Duration
	// Wake is called when something was put into the queue.
	Wake func()

	mu sync.Mutex
	// measured is true once the distances that were left unknown were looked for.
	measured bool

	stateMu sync.Mutex
	state   SyncState
	// asked holds a request to list at once.
	asked chan struct{}
}

// SyncState is how the listing of a connection stands.
type SyncState struct {
	// Last is when it was listed in full, zero for never; Problem is why the last time was not that, nil for a good one.
	Last    time.Time
	Problem error
	// Running is true while it is being listed.
	Running bool
}

// State tells how the listing stands.
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

// requests gives the channel of requests.
func (s *Syncer) requests() chan struct{} {
	s.stateMu.Lock()
	defer s.stateMu.Unlock()
	if s.asked == nil {
		s.asked = make(chan struct{}, 1)
	}
	return s.asked
}

// Request makes Run list the connection at once, or once more when it is just doing so.
func (s *Syncer) Request() {
	select {
	case s.requests() <- struct{}{}:
	default:
	}
}

// Run lists the connection at once and then every so often, until ctx ends.
func (s *Syncer) Run(ctx context.Context) {
	ticker := time.NewTicker(s.Every)
	defer ticker.Stop()
	for {
		if err := s.Sync(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("the repositories could not all be listed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.requests():
		}
	}
}

// Sync lists the connection once. What could be read counts, also with an error. Of several calls at once, one waits for
// the other.
func (s *Syncer) Sync(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setState(func(state *SyncState) { state.Running = true })
	err := s.sync(ctx)
	s.setState(func(state *SyncState) { state.Running, state.Problem = false, err })
	return err
}

func (s *Syncer) sync(ctx context.Context) error {
	list, complete, problem := s.Connection.List(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	moved, err := s.write(ctx, list, complete)
	if s.Wake != nil && len(moved) > 0 {
		s.Wake()
	}
	far := moved
	if !s.measured {
		// With what the program before this one wrote down and did not come to look at.
		var more error
		far, more = s.Store.Unmeasured(ctx)
		s.measured, err = more == nil, errors.Join(err, more)
	}
	return errors.Join(problem, err, s.rulesFiles(ctx, moved), s.measure(ctx, far))
}

// write brings the store in step with a list, and returns the branches that moved, those before an error too: they would not be
// told again.
func (s *Syncer) write(ctx context.Context, list []store.FoundProject, complete bool) (moved []store.Moved, err error) {
	if complete {
		if err := s.follow(ctx, list); err != nil {
			return nil, err
		}
	}
	keys := make([]string, len(list))
	for i := range list {
		keys[i] = list[i].Key
		m, err := s.Store.SyncProject(ctx, &list[i])
		moved = append(moved, m...)
		if err != nil {
			return moved, err
		}
	}
	if !complete {
		return moved, nil
	}
	if err := s.Store.RemoveProjects(ctx, keys); err != nil {
		return moved, err
	}
	s.setState(func(state *SyncState) { state.Last = time.Now().UTC() })
	return moved, nil
}

// follow takes along what was renamed, and writes that down: roles have gone with it.
func (s *Syncer) follow(ctx context.Context, list []store.FoundProject) error {
	renamed, err := s.Store.Follow(ctx, list)
	for _, r := range renamed {
		s.Log.Info("renamed", "from", r.From, "to", r.To)
		if err := s.Store.Audit(ctx, &store.Event{Actor: "sluice", Action: "renamed", Object: r.To, Detail: "was " + r.From}); err != nil {
			return err
		}
	}
	return err
}

// rulesFiles reads the files of rules of the default branches that moved: results of other ones are old.
func (s *Syncer) rulesFiles(ctx context.Context, moved []store.Moved) error {
	rules, err := s.Store.RuleSet(ctx)
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
		if err := s.Store.SetRulesFile(ctx, m.RepositoryID, commit, rules.HashRulesFile(data)); err != nil {
			return err
		}
	}
	return nil
}

// measure finds out how far the heads that moved are from what was scanned, repository by repository.
func (s *Syncer) measure(ctx context.Context, moved []store.Moved) error {
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

func (s *Syncer) measureRepository(ctx context.Context, moved []store.Moved) error {
	known := false
	for i := range moved {
		known = known || moved[i].ScannedCommit != ""
	}
	if !known {
		return nil
	}
	dir, release, err := s.Connection.Open(ctx, moved[0].Location)
	if err != nil {
		// It stays unknown how far; the next move asks again.
		s.Log.Warn("commits could not be counted", "repository", moved[0].Location, "error", err)
		return nil
	}
	defer release()
	repository, err := scan.OpenRepository(dir)
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
		if err := s.Store.SetDistance(ctx, m, n, rewritten); err != nil {
			return err
		}
	}
	return nil
}
