package db

import (
	"context"
	"database/sql"
	"errors"
)

// Prepared caches the prepared statements of a transaction by their text. Close it before the transaction ends.
type Prepared struct {
	tx   *sql.Tx
	made map[string]*sql.Stmt
}

// Prepare starts the cache for a transaction.
func Prepare(tx *sql.Tx) *Prepared { return &Prepared{tx: tx, made: map[string]*sql.Stmt{}} }

// Statement returns the prepared statement for a text.
func (p *Prepared) Statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := p.made[query]; s != nil {
		return s, nil
	}
	s, err := p.tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	p.made[query] = s
	return s, nil
}

func (p *Prepared) Exec(ctx context.Context, query string, args ...any) error {
	s, err := p.Statement(ctx, query)
	if err == nil {
		_, err = s.ExecContext(ctx, args...)
	}
	return err
}

// Close closes all statements.
func (p *Prepared) Close() (err error) {
	for _, s := range p.made {
		err = errors.Join(err, s.Close())
	}
	return err
}
