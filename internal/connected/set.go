package connected

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/mirror"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/scan/pace"
)

// Options configure a Set.
type Options struct {
	Admin
	// Node is the name of this node. Data is its folder.
	Node, Data string
	// Mirrors keeps the repositories; nil for a node without git, which opens none.
	Mirrors *mirror.Mirrors
	// Link is the public address of this server, with its base path; empty if it is not known.
	Link string
	// Folder is the folder of repositories; nil for none.
	Folder *Folder
	// Poll is the time between looks at the database; 0 means a second.
	Poll time.Duration
	// Consumer lets people sign in at Bitbucket Cloud; nil for none.
	Consumer *Consumer
	// Fresh is how long the rights of a user count without another question to Bitbucket, Stale how long they count when
	// Bitbucket does not answer; 0 means 5 and 15 minutes.
	Fresh, Stale time.Duration
}

// Set is the connections of a running server. It is safe for concurrent use.
type Set struct {
	o      Options
	wake   chan struct{}
	folder *folder
	// queued is called after scans were queued.
	queued func()
	// asking are the questions about the rights of users.
	asking sync.WaitGroup

	mu   sync.Mutex
	rows []connections.Remote
	// members are those that could be built, by id in the store.
	members map[int64]*member
	// broken are the problems of the others, by id.
	broken map[int64]string
	// refusedAt is when a refused delivery was last stored, by id.
	refusedAt map[int64]time.Time
}

// New returns a set. It does nothing before Run.
func New(o Options) *Set {
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	s := &Set{o: o, wake: make(chan struct{}, 1), queued: func() {}, members: map[int64]*member{}, broken: map[int64]string{}, refusedAt: map[int64]time.Time{}}
	if o.Folder != nil {
		s.folder = newFolder(s, o.Folder)
	}
	return s
}

// OnQueued makes the set call a function after it has queued scans. Call it before Run.
func (s *Set) OnQueued(f func()) { s.queued = f }

// Run runs the connections until ctx ends, and returns when all have ended.
func (s *Set) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	defer s.asking.Wait()
	if s.folder != nil {
		running.Go(func() { s.folder.Run(ctx) })
	}
	pace.Loop{Every: s.o.Poll, Wake: s.wake, Do: func(ctx context.Context) error {
		if err := s.refresh(ctx, &running); err != nil {
			return err
		}
		return s.rest(ctx)
	}, Problem: func(err error) {
		s.o.Log.Error("the connections could not be read from the database", "error", err)
	}}.Run(ctx)
}

// Wakeup makes the set look at the database now: an event has come.
func (s *Set) Wakeup() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// refresh starts new connections, and stops those that were removed or changed.
func (s *Set) refresh(ctx context.Context, running *sync.WaitGroup) error {
	rows, err := s.o.Store.Connections.Remotes(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = rows
	live := map[int64]bool{}
	for i := range rows {
		row := &rows[i]
		live[row.ID] = true
		m := s.members[row.ID]
		if m != nil && m.same(row) {
			m.update(row)
			continue
		}
		if m != nil {
			m.stop()
		}
		delete(s.members, row.ID)
		m, err := s.member(row)
		if err != nil {
			if s.broken[row.ID] != err.Error() {
				s.o.Log.Error("a connection cannot be used", "connection", row.Name, "error", err)
			}
			s.broken[row.ID] = err.Error()
			continue
		}
		delete(s.broken, row.ID)
		s.members[row.ID] = m
		mctx, stop := context.WithCancel(ctx)
		m.stop = stop
		running.Go(func() { m.list(mctx) })
		running.Go(func() { m.look(mctx) })
		if m.settings.publishes() {
			running.Go(func() { m.owe(mctx) })
		}
	}
	for id, m := range s.members {
		if !live[id] {
			m.stop()
			delete(s.members, id)
		}
	}
	return nil
}

// Connection returns the connection with an id of the store; nil if this server does not have it. It is for
// worker.Options.
func (s *Set) Connection(id int64) connection.Opener {
	if s.folder != nil && id == s.folder.ID {
		return s.folder.Connection
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.members[id]; m != nil {
		return m
	}
	return nil
}

// Any reports whether there is a connection to scan. It is for worker.Options.
func (s *Set) Any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.folder != nil || len(s.members) > 0
}

// at returns the member that a location names.
func (s *Set) at(location string) (*member, connection.Location, bool) {
	at, ok := connection.ParseLocation(location)
	if !ok {
		return nil, at, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.members {
		if m.current().Name == at.Connection {
			return m, at, true
		}
	}
	return nil, at, true
}

// Open implements connection.Opener for the locations of all connections.
func (s *Set) Open(ctx context.Context, location string) (dir string, release func(), err error) {
	m, at, ok := s.at(location)
	switch {
	case m != nil:
		return m.Open(ctx, location)
	case ok:
		return "", nil, fmt.Errorf("there is no connection %q, or it cannot be used", at.Connection)
	case s.folder != nil:
		return s.folder.Connection.Open(ctx, location)
	}
	return "", nil, errors.New("this server has no folder of repositories")
}

// Kept implements connection.Keeper.
func (s *Set) Kept(location string) (dir string, release func(), ok bool) {
	m, at, _ := s.at(location)
	if m == nil {
		return "", nil, false
	}
	return m.remote.Kept(at)
}

// typeNames are the kinds of connections in the API.
var typeNames = map[connections.Kind]string{connections.KindDataCenter: "DATACENTER", connections.KindCloud: "CLOUD"}

// Connections implements connection.Lives.
func (s *Set) Connections() (list []connection.Live) {
	if s.folder != nil {
		list = append(list, s.folder.live())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rows {
		r := &s.rows[i]
		x := connection.Live{ID: r.Name, Type: typeNames[r.Kind], Name: r.Name, Key: r.ID, Synced: r.Synced, Problem: r.Problem, Inactive: r.Inactive, Syncing: r.Syncing}
		if why := s.broken[r.ID]; why != "" {
			x.Problem = why
		}
		for _, k := range r.Skipped {
			x.Skipped = append(x.Skipped, connection.Skipped(k))
		}
		list = append(list, x)
	}
	return list
}

// Sync implements connection.Lives.
func (s *Set) Sync(id string) bool {
	if s.folder != nil && id == directoryID {
		s.folder.Request()
		return true
	}
	s.mu.Lock()
	i := slices.IndexFunc(s.rows, func(r connections.Remote) bool { return r.Name == id })
	var key int64
	if i >= 0 {
		key = s.rows[i].ID
	}
	s.mu.Unlock()
	if key == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	if err := s.o.Store.Connections.Request(ctx, key); err != nil {
		s.o.Log.Error("a listing could not be asked for", "connection", id, "error", err)
		return false
	}
	s.Wakeup()
	return true
}

// SyncAll schedules another listing of every connection.
func (s *Set) SyncAll() {
	for _, x := range s.Connections() {
		s.Sync(x.ID)
	}
}

// askTime limits a short statement.
const askTime = 10 * time.Second
