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
	// connectTime limits the time to connect, unless the address sets connect_timeout.
	connectTime = 5 * time.Second
	// askEvery is how often the watchdog asks PostgreSQL whether it is there, and answerTime how long the answer may take.
	// Two unanswered questions in a row mean that it is not. One may just have met a restart, or a process that was stopped
	// for a moment.
	askEvery   = time.Second
	answerTime = 3 * time.Second
	maxMissed  = 2
	// silentTime is when the system itself gives up a connection whose packets are not acknowledged.
	silentTime = 10 * time.Second
)

// link guards the connections to PostgreSQL with a watchdog. If packets vanish, a statement that waits for its answer
// does not notice, and a time limit for every statement would have to exceed the longest one. So the watchdog keeps
// asking a question of its own, over its own connection. If it gets no answer, it closes all connections, which ends the
// statements that wait on them. It then refuses new connections until it gets an answer again.
type link struct {
	dialer net.Dialer
	// asking opens the watchdog's connection.
	asking *pgx.ConnConfig
	// stop ends the watchdog, and ended is closed once it has ended. Both are nil before start.
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

// lostError marks an error of a link's connection, to tell it from errors of other connections and of files.
type lostError struct{ err error }

func lost(err error) error {
	if err == nil {
		return nil
	}
	return &lostError{err}
}

// Error returns the text of the error.
func (l *lostError) Error() string { return l.err.Error() }

// Unwrap returns the error.
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

// Close closes the connection. The link may have closed it before.
func (l *linked) Close() error {
	l.link.mu.Lock()
	delete(l.link.open, l)
	l.link.mu.Unlock()
	return l.Conn.Close()
}

// newLink takes over the connections of a configuration. The watchdog runs only after start.
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

// start starts the watchdog, once. It runs until close, even after ctx has ended.
func (l *link) start(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	l.stop, l.ended = stop, make(chan struct{})
	go func() {
		defer close(l.ended)
		l.watch(ctx)
	}()
}

// close stops the watchdog and waits for it.
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

// say records whether PostgreSQL answers. If not, it ends the statements that wait.
func (l *link) say(silent bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if silent && !l.silent {
		for c := range l.open {
			// Statements that wait on the connection get an error.
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

// ask asks once, over the previous connection if there is one. It drops a connection that failed.
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

// answers reports whether the result of a question counts as an answer. A server that refuses another connection is
// there.
func answers(err error) bool {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code == pgTooManyConnections || !unavailableState(refused.Code)
	}
	return err == nil
}

// hangUp closes a connection without waiting for the peer.
func hangUp(ctx context.Context, conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	_ = conn.Close(ctx)
}
