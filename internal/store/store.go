package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver registers itself
)

// Store is an open database. It is safe for concurrent use, by several processes on PostgreSQL.
type Store struct {
	// write changes things, in transactions that exclude each other on SQLite; read only looks.
	write, read *sql.DB
	postgres    bool
	// now is the database's own time in Unix milliseconds, as an expression: the clocks of nodes differ.
	now string
	ids *idMaker
	// link is the way to PostgreSQL; nil on SQLite.
	link *link
}

// ErrNotFound is returned for what is not there.
var ErrNotFound = errors.New("not found")

const (
	// busyTime is how long SQLite waits for another process's lock.
	busyTime = 10 * time.Second
	// readers is how many SQLite connections look at once; cachePages their page cache each, in KiB, negative as SQLite has it.
	readers    = 4
	cachePages = -16 << 10
	// maxConnections bounds the connections to PostgreSQL of one node.
	maxConnections = 16
	// idleTime is when PostgreSQL ends a transaction that says nothing any more, unless the address sets it: a node that was frozen in
	// the middle of one would hold up all others.
	idleTime      = 10 * time.Second
	idleParameter = "idle_in_transaction_session_timeout"
)

// Open opens the database at an address, postgres://... or the path of a SQLite file, and brings its tables up to date. Nodes
// that open a new PostgreSQL database together wait for each other.
func Open(ctx context.Context, address string) (*Store, error) {
	s := &Store{ids: newIDMaker()}
	if err := s.connect(ctx, address); err != nil {
		return nil, err
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database up to date: %w", err), s.Close())
	}
	return s, nil
}

// Postgres reports whether an address is one of PostgreSQL.
func Postgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

func (s *Store) connect(ctx context.Context, address string) error {
	if s.postgres = Postgres(address); s.postgres {
		config, err := pgx.ParseConfig(address)
		if err != nil {
			// The driver's message quotes the address, which holds the password.
			return errors.New("DATABASE_URL is not a valid address of PostgreSQL")
		}
		if _, set := config.RuntimeParams[idleParameter]; !set {
			config.RuntimeParams[idleParameter] = strconv.FormatInt(idleTime.Milliseconds(), 10)
		}
		s.link = newLink(config)
		s.link.begin(ctx)
		db := stdlib.OpenDB(*config)
		db.SetMaxOpenConns(maxConnections)
		s.write, s.read = db, db
		s.now = "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
		return nil
	}
	path, err := filepath.Abs(address)
	if err != nil {
		return err
	}
	open := func(more string, connections int) (*sql.DB, error) {
		// Settings are per connection: the driver sets them on each.
		query := url.Values{"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busyTime.Milliseconds()), "journal_mode(wal)", "synchronous(normal)", "foreign_keys(on)", fmt.Sprintf("cache_size(%d)", cachePages),
		}}
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode() + more}).String())
		if err == nil {
			db.SetMaxOpenConns(connections)
		}
		return db, err
	}
	if s.write, err = open("&_txlock=immediate", 1); err != nil {
		return err
	}
	if s.read, err = open("&_pragma=query_only(on)", readers); err != nil {
		return errors.Join(err, s.write.Close())
	}
	s.now = "cast(unixepoch('subsec') * 1000 as integer)"
	return nil
}

// Close closes the database.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	if s.link != nil {
		s.link.close()
	}
	return err
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.read.PingContext(ctx) }

// Now is the database's own time, which all nodes share.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	var ms sql.NullInt64
	err := s.read.QueryRowContext(ctx, "select "+s.now).Scan(&ms)
	return at(ms), err
}

// maxConflicts is how often a change is made again that PostgreSQL ended because another one was in its way.
const maxConflicts = 10

// tx runs a change in one transaction. do may be called several times: it must begin anew each time.
func (s *Store) tx(ctx context.Context, do func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := s.once(ctx, do)
		var conflict *pgconn.PgError
		if err == nil || attempt == maxConflicts || !errors.As(err, &conflict) || conflict.Code != pgDeadlock && conflict.Code != pgSerialization {
			return err
		}
	}
}

// The codes of PostgreSQL for transactions that are to be tried again, and others that the program knows (its manual, appendix A).
const (
	pgDeadlock      = "40P01"
	pgSerialization = "40001"
	// pgTooManyConnections is the server's word for: not another one.
	pgTooManyConnections = "53300"
)

func (s *Store) once(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// prepared is a transaction that parses each of its texts once. It is closed before the transaction ends.
type prepared struct {
	tx   *sql.Tx
	made map[string]*sql.Stmt
}

func (p *prepared) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.made[query]; s != nil {
		return s, nil
	}
	s, err := p.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if p.made == nil {
		p.made = map[string]*sql.Stmt{}
	}
	p.made[query] = s
	return s, nil
}

func (p *prepared) exec(ctx context.Context, query string, args ...any) error {
	s, err := p.statement(ctx, query)
	if err == nil {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

func (p *prepared) close() (err error) {
	for _, s := range p.made {
		err = errors.Join(err, s.Close())
	}
	return err
}

// each calls scan for every row of a query.
func each(ctx context.Context, q querier, query string, args []any, scan func(row *sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// found turns "no rows" into ErrNotFound.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// at gives a time that is stored as Unix milliseconds; null is the zero time.
func at(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}
