package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxConflicts is how often a transaction is retried that PostgreSQL aborted because of a conflict.
const maxConflicts = 10

// Tx runs do in one transaction. It may call do several times, so do must start afresh each time.
func (d *DB) Tx(ctx context.Context, do func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := d.once(ctx, do)
		var conflict *pgconn.PgError
		if err == nil || attempt == maxConflicts || !errors.As(err, &conflict) || conflict.Code != pgDeadlock && conflict.Code != pgSerialization {
			return err
		}
	}
}

// The PostgreSQL codes for transactions to retry, and others that the program knows (PostgreSQL manual, appendix A).
const (
	pgDeadlock      = "40P01"
	pgSerialization = "40001"
	// pgTooManyConnections means that the server accepts no more connections.
	pgTooManyConnections = "53300"
)

func (d *DB) once(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := d.Write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

// Querier is a database or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}
