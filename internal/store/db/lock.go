package db

import (
	"context"
	"database/sql"
)

// Lock is an advisory lock of PostgreSQL for something that has no row of its own. SQLite has one writer at a time and
// needs no lock.
type Lock int64

// The locks. A transaction takes them in this order, before it locks rows.
const (
	// LockPolicy protects what applies to all repositories: rules, settings, global reviews.
	LockPolicy Lock = 0x736c75696365 + iota
	// LockCluster protects the number of running scans.
	LockCluster
	// LockAudit protects the end of the audit log.
	LockAudit
	// LockPlaces protects the places of projects and repositories: one node at a time moves them.
	LockPlaces
)

// Lock takes an exclusive lock until the transaction ends.
func (d *DB) Lock(ctx context.Context, tx *sql.Tx, lock Lock) error {
	return d.advisory(ctx, tx, "select pg_advisory_xact_lock($1)", lock)
}

// LockShared takes a shared lock, which excludes Lock.
func (d *DB) LockShared(ctx context.Context, tx *sql.Tx, lock Lock) error {
	return d.advisory(ctx, tx, "select pg_advisory_xact_lock_shared($1)", lock)
}

func (d *DB) advisory(ctx context.Context, tx *sql.Tx, statement string, lock Lock) error {
	if !d.Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, statement, int64(lock))
	return err
}
