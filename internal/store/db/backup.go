package db

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrPostgres is returned for an operation that belongs to PostgreSQL's own tools.
var ErrPostgres = errors.New("the database is PostgreSQL: use pg_dump and pg_restore")

// Backup writes a copy of the embedded database to a new file. The database may be in use.
func (d *DB) Backup(ctx context.Context, path string) error {
	if d.Postgres {
		return ErrPostgres
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w; name a new file", path, ErrExists)
	}
	if _, err := d.Write.ExecContext(ctx, "vacuum into $1", path); err != nil {
		_ = os.Remove(path)
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}

// Check reads the whole embedded database and reports damage.
func (d *DB) Check(ctx context.Context) error {
	if d.Postgres {
		return nil
	}
	var answer string
	if err := d.Read.QueryRowContext(ctx, "pragma integrity_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("the database is damaged: %s", answer)
	}
	return nil
}
