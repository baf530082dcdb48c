package connections

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Kind says what a connection reads.
type Kind string

// KindFolder is a folder of git repositories.
const KindFolder Kind = "folder"

// Repos is the name of the connection for the folder of --repos.
const Repos = "repos"

// Connection is a source of projects.
type Connection struct {
	ID int64
	// Name is shown to people and is unique.
	Name string
	Kind Kind
	// Settings is JSON, without secrets.
	Settings string
	Created  time.Time
}

// Ensure returns the connection with a name and adds it if it does not exist. It restores a deleted connection with its
// projects. It returns db.ErrExists if a connection of another kind has the name.
func (s *Connections) Ensure(ctx context.Context, name string, kind Kind) (*Connection, error) {
	return s.ensure(ctx, s.db.Write, name, kind)
}

func (s *Connections) ensure(ctx context.Context, q db.Querier, name string, kind Kind) (*Connection, error) {
	if _, err := q.ExecContext(ctx, `
		insert into connection (id, name, kind, created_at)
		values ($1, $2, $3, `+s.db.Clock+`)
		on conflict (name) do update set removed_at = null`, s.db.NextIDs(1), name, kind); err != nil {
		return nil, err
	}
	c := &Connection{}
	var created sql.NullInt64
	err := q.QueryRowContext(ctx, `
		select id, name, kind, settings, created_at
		from connection
		where name = $1`, name).Scan(&c.ID, &c.Name, &c.Kind, &c.Settings, &created)
	if err != nil {
		return nil, err
	}
	if c.Kind != kind {
		return nil, fmt.Errorf("the connection %q is of the kind %s, not %s: %w", name, c.Kind, kind, db.ErrExists)
	}
	c.Created = db.At(created)
	return c, nil
}
