package db

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluice-scan/sluice/scan/pace"
)

const (
	// connectTime bounds the making of a connection, unless the address does (connect_timeout).
	connectTime = 5 * time.Second
	// askEvery is how often PostgreSQL is asked whether it is there, answerTime how long it may take to say so. Two questions in a row
	// that nobody answers mean that it is not: one alone may have met a server that restarts, or a process that was stopped for a while.
	askEvery   = time.Second
	answerTime = 3 * time.Second
	maxMissed  = 2
	// silentTime is when the system itself gives up a connection whose packets nobody confirms.
	silentTime = 10 * time.Second
)

// link is the way to PostgreSQL, with a watchdog. When packets vanish, nobody tells a statement that waits for its answer, and a time
// limit for each statement would have to be as long as the longest of them. So the watchdog asks a question of its own again and
// again, over a connection of its own. When it gets no answer, it closes all connections, which ends the statements that wait on
// them, and lets nobody make new ones until it gets an answer again.
type link struct {
	dialer net.Dialer
	// asking makes the connection over which it asks.
	asking *pgx.ConnConfig
	// stop ends the asking, and ended is closed when it has ended; nil before start.
	stop  context.CancelFunc
	ended chan struct{}

	mu     sync.Mutex
	silent bool
	open   map[*linked]struct{}
}

// linked is a connection that its link can close.
type linked struct {
	net.Conn
	link *link
}

// lostError is an error of a connection of a link, which tells it from those of other connections and files.
type lostError struct{ err error }

func lost(err error) error {
	if err == nil {
		return nil
	}
	return &lostError{err}
}

// Error gives the text of the error.
func (l *lostError) Error() string { return l.err.Error() }

// Unwrap gives the error.
func (l *lostError) Unwrap() error { return l.err }

// Timeout implements net.Error.
func (l *lostError) Timeout() bool {
	var network net.Error
	return errors.As(l.err, &network) && network.Timeout()
}

// Temporary implements net.Error.
func (l *lostError) Temporary() bool { return l.Timeout() }

// Read reads as the connection does.
func (l *linked) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	return n, lost(err)
}

// Write writes as the connection does.
func (l *linked) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	return n, lost(err)
}

// Close closes the connection, also when the link has closed it before.
func (l *linked) Close() error {
	l.link.mu.Lock()
	delete(l.link.open, l)
	l.link.mu.Unlock()
	return l.Conn.Close()
}

// newLink makes the connections of a configuration its own. The watchdog begins with start.
func newLink(config *pgx.ConnConfig) *link {
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTime
	}
	l := &link{open: map[*linked]struct{}{}}
	l.dialer = net.Dialer{
		Timeout: config.ConnectTimeout, Control: silentConnectionsEnd,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silentTime / 2, Interval: silentTime / 4, Count: 2},
	}
	lookup := config.LookupFunc
	config.LookupFunc = func(ctx context.Context, host string) ([]string, error) {
		addresses, err := lookup(ctx, host)
		return addresses, lost(err)
	}
	l.asking = config.Copy()
	l.asking.DialFunc = l.dialer.DialContext
	config.DialFunc = l.dial
	return l
}

// start starts the watchdog, once. It runs until close, longer than ctx.
func (l *link) start(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.ended = stop, make(chan struct{})
	go func() {
		defer close(l.ended)
		l.watch(ctx)
	}()
}

// close ends the watchdog and waits for its end.
func (l *link) close() {
	if l.stop == nil {
		return
	}
	l.stop()
	<-l.ended
}

func (l *link) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if l.isSilent() {
		return nil, ErrSilent
	}
	conn, err := l.dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, lost(err)
	}
	c := &linked{conn, l}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent {
		return nil, errors.Join(ErrSilent, conn.Close())
	}
	l.open[c] = struct{}{}
	return c, nil
}

func (l *link) isSilent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.silent
}

// say notes whether PostgreSQL answers. When it does not, what waits for it ends.
func (l *link) say(silent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if silent && !l.silent {
		for c := range l.open {
			// What waits on it gets an error.
			_ = c.Conn.Close()
		}
		clear(l.open)
	}
	l.silent = silent
}

// watch asks until ctx ends.
func (l *link) watch(ctx context.Context) {
	var conn *pgx.Conn
	defer func() { hangUp(ctx, conn) }()
	missed := 0
	pace.Loop{Every: askEvery, Do: func(ctx context.Context) error {
		err := ask(ctx, l.asking, &conn)
		switch {
		case ctx.Err() != nil:
		case answers(err):
			missed = 0
			l.say(false)
		default:
			if missed++; missed >= maxMissed {
				l.say(true)
			}
		}
		return err
	}}.Run(ctx)
}

// ask asks once, over the connection of last time if there is one. A connection that failed is not kept.
func ask(ctx context.Context, config *pgx.ConnConfig, conn **pgx.Conn) (err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if *conn == nil {
		if *conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			*conn = nil
			return err
		}
	}
	if err = (*conn).Ping(ctx); err != nil {
		hangUp(ctx, *conn)
		*conn = nil
	}
	return err
}

// answers reports whether the outcome of a question is an answer. A server that refuses another connection is there.
func answers(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code == pgTooManyConnections || !unavailableState(refused.Code)
	}
	return err == nil
}

// hangUp closes a connection without waiting for the other side.
func hangUp(ctx context.Context, conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_ = conn.Close(ctx)
}
