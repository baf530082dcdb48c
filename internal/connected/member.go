package connected

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/connection"
	"github.com/sluice-scan/sluice/internal/credential"
	"github.com/sluice-scan/sluice/internal/store/connections"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/worker"
	"github.com/sluice-scan/sluice/scan/pace"
)

// member is one running connection.
type member struct {
	set    *Set
	remote connection.Remote
	client *bitbucket.Client
	// credentials let the remote and the client in.
	credentials credential.Source
	// product is the remote with what its product offers besides.
	product  product
	settings *Settings
	syncer   *worker.Syncer
	log      *slog.Logger
	stop     func()
	// wakeList and wakeLook wake the two loops.
	wakeList, wakeLook chan struct{}

	mu  sync.Mutex
	row connections.Remote
	// clones end the clones under way.
	clones map[*clone]bool
	// denied is how often in a row the server refused the credential.
	denied int
	// hooksChecked is when this node last checked the webhooks, and hooksRevision the row's revision then.
	hooksChecked  time.Time
	hooksRevision int64
	// listed is the row's revision at the last listing without an error; only the loop of listings uses it.
	listed int64
	// unannounced is how many listings in a row found pushes that no webhook had announced.
	unannounced int
	// looked is when a repository was looked at, by location, so that an older listing does not take that back.
	looked map[string]time.Time
}

func (s *Set) member(row *connections.Remote) (*member, error) {
	if s.o.Mirrors == nil {
		return nil, errors.New("this server has no git program; install git and start it again")
	}
	o, err := s.o.open(row, s.o.Mirrors, s.o.Data)
	if err != nil {
		return nil, err
	}
	m := &member{
		set: s, remote: o.remote, product: o.remote, client: o.client, credentials: o.credentials, settings: o.settings, row: *row, log: s.o.Log.With("connection", row.Name), wakeList: make(chan struct{}, 1), wakeLook: make(chan struct{}, 1), looked: map[string]time.Time{}, clones: map[*clone]bool{},
	}
	m.syncer = &worker.Syncer{Store: s.o.Store, Connection: m, ID: row.ID, Log: m.log, Wake: s.queued}
	return m, nil
}

// same reports whether a row needs no other connection.
func (m *member) same(row *connections.Remote) bool {
	was := m.current()
	return was.Settings == row.Settings && was.Credential == row.Credential && was.Name == row.Name
}

// update takes over a row, and wakes the loops.
func (m *member) update(row *connections.Remote) {
	m.mu.Lock()
	m.row = *row
	if row.Inactive != "" {
		for c := range m.clones {
			c.ended = row.Inactive
			c.end()
		}
	}
	m.mu.Unlock()
	for _, wake := range []chan struct{}{m.wakeList, m.wakeLook} {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
}

func (m *member) current() connections.Remote {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.row
}

var _ connection.Remote = (*member)(nil)

// List implements connection.Connection. A repository that was looked at after the listing began is looked at again.
func (m *member) List(ctx context.Context) (connection.Listing, error) {
	began := time.Now()
	l, err := m.remote.List(ctx)
	for i := range l.Projects {
		for j := range l.Projects[i].Repositories {
			r := &l.Projects[i].Repositories[j]
			m.mu.Lock()
			newer := m.looked[r.Location].After(began)
			m.mu.Unlock()
			at, ok := connection.ParseLocation(r.Location)
			if !newer || !ok {
				continue
			}
			if p, err := m.remote.Look(ctx, at); err == nil {
				*r = p.Repositories[0]
			}
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for location, at := range m.looked {
		if at.Before(began) {
			delete(m.looked, location)
		}
	}
	return l, err
}

// Open implements connection.Connection.
func (m *member) Open(ctx context.Context, location string) (dir string, release func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &clone{end: cancel}
	m.mu.Lock()
	name, reason := m.row.Name, m.row.Inactive
	m.clones[c] = true
	m.mu.Unlock()
	if reason == "" {
		dir, release, err = m.remote.Open(ctx, location)
	}
	m.mu.Lock()
	delete(m.clones, c)
	if err != nil && c.ended != "" {
		reason = c.ended
	}
	m.mu.Unlock()
	if reason != "" {
		return "", nil, fmt.Errorf("the connection %q is inactive: %s", name, reason)
	}
	return dir, release, err
}

// clone is a clone or fetch under way. ended says why the connection became inactive meanwhile.
type clone struct {
	end   func()
	ended string
}

// Look implements connection.Remote.
func (m *member) Look(ctx context.Context, at connection.Location) (connection.Project, error) {
	m.mu.Lock()
	m.looked[at.String()] = time.Now()
	m.mu.Unlock()
	return m.remote.Look(ctx, at)
}

// Gone implements connection.Remote.
func (m *member) Gone(ctx context.Context, at connection.Location) (bool, error) {
	return m.remote.Gone(ctx, at)
}

// Refresh implements connection.Refresher.
func (m *member) Refresh() {
	if r, ok := m.remote.(connection.Refresher); ok {
		r.Refresh()
	}
}

// Kept implements connection.Remote.
func (m *member) Kept(at connection.Location) (string, func(), bool) { return m.remote.Kept(at) }

const (
	// lease is how long a listing belongs to a node without a sign of life.
	lease = time.Minute
	// soon is when a listing that failed is tried again.
	soon = 30 * time.Second
	// maxDenied is how often the server may refuse a token before the connection rests. A password is never tried twice,
	// because Data Center then wants a CAPTCHA.
	maxDenied = 2
)

// list lists the connection whenever that is due, until ctx ends.
func (m *member) list(ctx context.Context) {
	pace.Loop{Every: m.set.o.Poll, Wake: m.wakeList, Do: func(ctx context.Context) error {
		row := m.current()
		if !row.IsDue {
			return nil
		}
		taken, err := m.set.o.Store.Connections.Take(ctx, row.ID, m.set.o.Node, lease)
		if err != nil || !taken {
			return err
		}
		return m.listOnce(ctx, &row)
	}, Problem: func(err error) { m.log.Error("the listing of a connection could not be begun", "error", err) }}.Run(ctx)
}

// listOnce lists the connection, which this node has taken.
func (m *member) listOnce(ctx context.Context, row *connections.Remote) error {
	// A request that comes from here on is for the next listing.
	if fresh, err := m.set.o.Store.Connections.Remote(ctx, row.Name); err == nil {
		if !m.same(fresh) {
			// Somebody has just changed it, and this node does not know yet. What Bitbucket says to the former credential is no
			// longer of interest.
			_, err := m.set.o.Store.Connections.Keep(ctx, row.ID, m.set.o.Node, 0)
			return err
		}
		row = fresh
	}
	work, cancel := context.WithCancel(ctx)
	var beating sync.WaitGroup
	defer func() {
		cancel()
		beating.Wait()
	}()
	beating.Go(func() {
		pace.Loop{Every: lease / 3, Do: func(ctx context.Context) error {
			if kept, err := m.set.o.Store.Connections.Keep(ctx, row.ID, m.set.o.Node, lease); err == nil && !kept {
				cancel()
				return pace.ErrDone
			}
			return nil
		}}.Run(work)
	})
	if row.Revision != m.listed {
		// Somebody changed or asked for something.
		m.Refresh()
	}
	before := m.syncer.State().Last
	err := m.syncer.Sync(work)
	if work.Err() != nil && ctx.Err() == nil {
		m.log.Warn("the listing now belongs to another node")
		return nil
	}
	m.checkHooks(work, row, err)
	state := m.syncer.State()
	if err == nil {
		m.listed = row.Revision
	}
	done := &connections.Listed{Whole: err == nil && state.Last != before, Next: m.every()}
	for _, x := range state.Skipped {
		done.Skipped = append(done.Skipped, connections.Skip(x))
	}
	m.judge(err, done)
	cancel()
	end, stop := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer stop()
	if ctx.Err() != nil {
		// The next start lists at once.
		done.Next, done.Problem, done.Inactive = 0, row.Problem, ""
	}
	if err := m.set.o.Store.Connections.Done(end, row.ID, m.set.o.Node, row.Revision, done); err != nil {
		return err
	}
	if done.Problem != row.Problem && ctx.Err() == nil {
		if done.Problem == "" {
			m.log.Info("all repositories can be listed again")
		} else {
			m.log.Error("not all repositories could be listed", "error", done.Problem, "inactive", done.Inactive)
		}
	}
	return nil
}

// judge says what the error of a listing means for the connection.
func (m *member) judge(err error, done *connections.Listed) {
	var parked *bitbucket.ParkedError
	switch {
	case err == nil:
		m.denied = 0
		return
	case errors.As(err, &parked):
		done.Next = max(time.Until(parked.Until), time.Second)
	case errors.Is(err, credential.ErrInactive):
		done.Inactive = err.Error()
	case errors.Is(err, bitbucket.ErrCredential):
		m.denied++
		done.Next = min(m.every(), soon)
		if m.denied >= maxDenied || m.credentials.Fragile() {
			done.Inactive = "the server refuses the credential: it is wrong, expired or revoked; add the connection again with another one, or ask for a listing when it works again"
			m.denied = 0
		}
	default:
		done.Next = min(m.every(), soon)
	}
	done.Problem = err.Error()
	if hint := bitbucket.Hint(err); hint != "" && errors.Is(err, bitbucket.ErrUnreachable) {
		done.Problem += " (" + hint + ")"
	}
}

// every is the time between listings. Webhooks that are heard make them rare.
func (m *member) every() time.Duration {
	if m.settings.Every != 0 {
		return time.Duration(m.settings.Every)
	}
	row := m.current()
	usual, hooked := defaultEvery, hookedEvery
	if m.settings.Cloud() {
		usual, hooked = cloudEvery, cloudHookedEvery
	}
	if m.settings.Webhooks && row.Hook.Problem == "" && !row.Hook.Heard.IsZero() && time.Since(row.Hook.Heard) < 24*time.Hour {
		return hooked
	}
	return usual
}

// look looks at the repositories that events name, until ctx ends.
func (m *member) look(ctx context.Context) {
	row := m.current()
	store := m.set.o.Store.Connections
	pace.Loop{Every: m.set.o.Poll, Wake: m.wakeLook, Do: func(ctx context.Context) error {
		for ctx.Err() == nil && m.current().Inactive == "" {
			l, err := store.NextLook(ctx, row.ID)
			if errors.Is(err, db.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			again := m.lookOnce(ctx, &l)
			if ctx.Err() != nil {
				break
			}
			if err := store.Looked(ctx, row.ID, l, again); err != nil {
				return err
			}
		}
		return nil //nolint:nilerr // the server stops, or nothing waits
	}, Problem: func(err error) { m.log.Error("the events of a connection could not be read", "error", err) }}.Run(ctx)
}

// lookOnce looks at one repository. It returns when to look again; 0 for never.
func (m *member) lookOnce(ctx context.Context, l *connections.Look) (again time.Duration) {
	at, ok := connection.ParseLocation(l.Location)
	if !ok {
		return 0
	}
	p, err := m.Look(ctx, at)
	var parked *bitbucket.ParkedError
	switch {
	case errors.As(err, &parked):
		return max(time.Until(parked.Until), time.Second)
	case errors.Is(err, connection.ErrGone), errors.Is(err, connection.ErrLeftOut), errors.Is(err, bitbucket.ErrCredential), errors.Is(err, bitbucket.ErrNotPermitted):
		// Only a listing can tell what became of a repository that we have. Other repositories do not concern this connection.
		var known bool
		if known, err = m.set.o.Store.Catalog.Sync(m.syncer.ID).KnowsLocation(ctx, l.Location); err == nil && known {
			err = m.relist(ctx)
		}
	case err == nil:
		var known bool
		if known, err = m.syncer.Look(ctx, &p); err == nil && !known {
			err = m.relist(ctx)
		}
		if err == nil && known && l.Branch != "" {
			err = m.scanPull(ctx, &p, l.Branch)
		}
	}
	if err != nil && ctx.Err() == nil {
		m.log.Warn("a repository that changed could not be looked at; it is tried again", "repository", at.Project+"/"+at.Slug, "error", err)
		return soon
	}
	return 0
}

// relist makes a listing due now.
func (m *member) relist(ctx context.Context) error {
	return m.set.o.Store.Connections.Ask(ctx, m.set.o.Store.Write, m.current().ID, connections.Look{})
}
