package db

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"path"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrations are the steps that make the tables. Most have one text for both databases; a step that needs a text for each has two
// files, *.sqlite.sql and *.postgres.sql.
//
//go:embed migrations/*.sql
var migrations embed.FS

// Migrations returns the steps that migrate a database; there are no steps back. On PostgreSQL, nodes that migrate at
// the same time wait for each other.
func Migrations(db *sql.DB, postgres bool) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect, others := goose.DialectSQLite3, "*.postgres.sql"
	var options []goose.ProviderOption
	if postgres {
		dialect, others = goose.DialectPostgres, "*.sqlite.sql"
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	excluded, err := fs.Glob(files, others)
	if err != nil {
		return nil, err
	}
	for i, name := range excluded {
		excluded[i] = path.Base(name)
	}
	return goose.NewProvider(dialect, db, files, append(options, goose.WithExcludeNames(excluded))...)
}

func (d *DB) migrate(ctx context.Context) error {
	provider, err := Migrations(d.Write, d.Postgres)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}
