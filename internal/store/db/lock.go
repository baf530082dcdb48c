package db

import (
	"context"
	"database/sql"
)

// Lock is an advisory lock of PostgreSQL over something that no single row stands for. SQLite has one writer at a time and needs none.
type Lock int64

// The locks. A transaction takes them before it locks rows, in this order.
const (
	// LockPolicy is over what counts for all repositories: rules, settings, reviews for all.
	LockPolicy Lock = 0x736c75696365 + iota
	// LockCluster is over the number of running scans.
	LockCluster
	// LockAudit is over the end of the audit log.
	LockAudit
	// LockPlaces is over the places of projects and repositories: one node at a time moves them.
	LockPlaces
)

// Lock takes a lock until the transaction ends.
func (d *DB) Lock(ctx context.Context, tx *sql.Tx, lock Lock) error {
	return d.advisory(ctx, tx, "select pg_advisory_xact_lock($1)", lock)
}

// LockShared takes a lock that others share and that excludes Lock.
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
