package db

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxConflicts is how often a change is made again that PostgreSQL ended because another one was in its way.
const maxConflicts = 10

// Tx runs a change in one transaction. do may be called several times: it must begin anew each time.
func (d *DB) Tx(ctx context.Context, do func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := d.once(ctx, do)
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
