package db

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
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver registers itself
)

// DB is an open database. It is safe for concurrent use, on PostgreSQL also by several processes. Its fields never
// change.
type DB struct {
	// Write changes rows; on SQLite its transactions exclude each other. Read only reads.
	Write, Read *sql.DB
	// Postgres is true on PostgreSQL, where transactions run concurrently and must lock the rows that they count.
	Postgres bool
	// Clock is an SQL expression for the database's own time in Unix milliseconds. The clocks of nodes differ.
	Clock string
	ids   idMaker
	// link guards the connections to PostgreSQL; nil on SQLite.
	link *link
}

// ErrNotFound is returned for a row that does not exist or that the caller may not see.
var ErrNotFound = errors.New("not found")

// ErrExists is returned for a name that is taken.
var ErrExists = errors.New("it exists already")

const (
	// busyTime is how long SQLite waits for another process's lock.
	busyTime = 10 * time.Second
	// scrubTime is how long others may wait while the log is emptied.
	scrubTime = 100 * time.Millisecond
	// readers is the number of SQLite connections that read. cachePages is the page cache of each in KiB, negative as
	// SQLite requires.
	readers    = 4
	cachePages = -16 << 10
	// maxConnections limits the connections of one node to PostgreSQL.
	maxConnections = 16
	// keepTime is how long a connection stays open that nobody uses.
	keepTime = 5 * time.Minute
	// idleTime is when PostgreSQL ends an idle transaction, unless the address sets another time. Without it, a node that
	// freezes within a transaction would block all others.
	idleTime = 10 * time.Second
)

// postgresParameters are those of each connection to PostgreSQL, unless the address sets others. Compiling queries costs
// more than it saves: they read few rows, of which PostgreSQL expects many (https://www.postgresql.org/docs/current/jit-decision.html).
var postgresParameters = map[string]string{
	"idle_in_transaction_session_timeout": strconv.FormatInt(idleTime.Milliseconds(), 10),
	"jit":                                 "off",
}

// Open opens the database at an address and migrates it. The address is postgres://... or the path of a SQLite file.
// Nodes that open a new PostgreSQL database at the same time wait for each other. On PostgreSQL a watchdog runs until
// Close.
func Open(ctx context.Context, address string) (*DB, error) {
	d := &DB{}
	if err := d.connect(address); err != nil {
		return nil, err
	}
	if d.link != nil {
		d.link.start(ctx)
	}
	if err := d.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("bring the database up to date: %w", err), d.Close())
	}
	return d, nil
}

// IsPostgres reports whether an address names a PostgreSQL database.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// connect prepares the connection pools. It sends nothing to the database yet.
func (d *DB) connect(address string) error {
	if d.Postgres = IsPostgres(address); d.Postgres {
		config, err := pgx.ParseConfig(address)
		if err != nil {
			// The driver's message quotes the address, which contains the password.
			return errors.New("DATABASE_URL is not a valid address of PostgreSQL")
		}
		for name, value := range postgresParameters {
			if _, set := config.RuntimeParams[name]; !set {
				config.RuntimeParams[name] = value
			}
		}
		d.link = newLink(config)
		db := stdlib.OpenDB(*config)
		pool(db, maxConnections)
		d.Write, d.Read = db, db
		d.Clock = "cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"
		return nil
	}
	path, err := filepath.Abs(address)
	if err != nil {
		return err
	}
	open := func(more string, connections int) (*sql.DB, error) {
		// The settings apply to a connection, and the driver sets them on each.
		query := url.Values{"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busyTime.Milliseconds()), "journal_mode(wal)", "secure_delete(on)", "synchronous(normal)", "foreign_keys(on)", fmt.Sprintf("cache_size(%d)", cachePages),
		}}
		db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode() + more}).String())
		if err == nil {
			pool(db, connections)
		}
		return db, err
	}
	if d.Write, err = open("&_txlock=immediate", 1); err != nil {
		return err
	}
	if d.Read, err = open("&_pragma=query_only(on)", readers); err != nil {
		return errors.Join(err, d.Write.Close())
	}
	d.Clock = "cast(unixepoch('subsec') * 1000 as integer)"
	return nil
}

// pool bounds the connections of a pool and keeps them for a while. By default, database/sql keeps two: with more callers
// at once it would open a connection for nearly every query, which costs SQLite its page cache and PostgreSQL a process.
func pool(db *sql.DB, connections int) {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(keepTime)
}

// Close closes the database.
func (d *DB) Close() error {
	err := d.Write.Close()
	if d.Read != d.Write {
		err = errors.Join(err, d.Read.Close())
	}
	if d.link != nil {
		d.link.close()
	}
	return err
}

// Scrub takes care that no deleted row is left in SQLite's log: it writes the log into the database, where deleted rows are
// overwritten with zeros, and empties it. While somebody reads, it does what it can. On PostgreSQL it does nothing: deleted
// rows leave its files by its own rules.
func (d *DB) Scrub(ctx context.Context) error {
	if d.Postgres {
		return nil
	}
	c, err := d.Write.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	// It waits for those who read, and all who write wait for it.
	for _, pragma := range []string{fmt.Sprintf("busy_timeout(%d)", scrubTime.Milliseconds()), "wal_checkpoint(truncate)", fmt.Sprintf("busy_timeout(%d)", busyTime.Milliseconds())} {
		if _, failed := c.ExecContext(ctx, "pragma "+pragma); err == nil {
			err = failed
		}
	}
	return err
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.Read.PingContext(ctx) }

// Now returns the database's own time, which all nodes share.
func (d *DB) Now(ctx context.Context) (time.Time, error) {
	var ms sql.NullInt64
	err := d.Read.QueryRowContext(ctx, "select "+d.Clock).Scan(&ms)
	return At(ms), err
}
