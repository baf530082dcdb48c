package connections

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// The kinds of connections to a Bitbucket.
const (
	KindDataCenter Kind = "datacenter"
	KindCloud      Kind = "cloud"
)

// Remote is a connection to a Bitbucket, as people have set it up, and what its last listing told.
type Remote struct {
	ID       int64
	Name     string
	Kind     Kind
	Settings string
	// Credential is sealed for the place that [Place] names.
	Credential string
	// Revision is larger after each change by a person.
	Revision int64
	// Inactive tells people why the connection rests; empty while it works.
	Inactive string
	// Problem, Skipped and Synced are those of the last listing; see connection.Live.
	Problem string
	Skipped []Skip
	Synced  time.Time
	// Hook is about its webhooks.
	Hook Hook
	// IsDue is true when the next listing may begin. Syncing is true while a node lists.
	IsDue, Syncing bool
}

// Skip is a place that a listing left out, and why.
type Skip struct{ Name, Reason string }

// Place is the place for which the credential of a connection is sealed.
func Place(id int64) string { return "connection " + db.Key(id) }

var remoteColumns = append(db.Columns[Remote]{
	{SQL: "id", Into: func(r *Remote) any { return &r.ID }},
	{SQL: "name", Into: func(r *Remote) any { return &r.Name }},
	{SQL: "kind", Into: func(r *Remote) any { return &r.Kind }},
	{SQL: "settings", Into: func(r *Remote) any { return &r.Settings }},
	{SQL: "credential", Into: func(r *Remote) any { return &r.Credential }},
	{SQL: "revision", Into: func(r *Remote) any { return &r.Revision }},
	{SQL: "inactive", Into: func(r *Remote) any { return &r.Inactive }},
	{SQL: "problem", Into: func(r *Remote) any { return &r.Problem }},
	{SQL: "skipped", Into: func(r *Remote) any { return (*skips)(&r.Skipped) }},
	{SQL: "synced_at", Into: func(r *Remote) any { return db.Time(&r.Synced) }},
	{SQL: "due_at <= :now and held_until <= :now and inactive = ''", Into: func(r *Remote) any { return &r.IsDue }},
	{SQL: "held_until > :now", Into: func(r *Remote) any { return &r.Syncing }},
}, hookColumns...)

// skips reads a column of JSON.
type skips []Skip

// Scan implements sql.Scanner.
func (s *skips) Scan(value any) error {
	text, ok := value.(string)
	if raw, bytes := value.([]byte); bytes {
		text, ok = string(raw), true
	}
	if !ok {
		return errors.New("what a listing skipped is not a text")
	}
	return json.Unmarshal([]byte(text), (*[]Skip)(s))
}

// Remotes lists the connections to a Bitbucket, by name.
func (s *Connections) Remotes(ctx context.Context) ([]Remote, error) {
	return s.remotes(ctx, "true order by name")
}

// Remote returns one by its name; db.ErrNotFound if there is none.
func (s *Connections) Remote(ctx context.Context, name string) (*Remote, error) {
	list, err := s.remotes(ctx, "name = $2", name)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (s *Connections) remotes(ctx context.Context, where string, args ...any) (list []Remote, err error) {
	columns := terms.SQL(s.db, remoteColumns.SQL())
	return list, db.Each(ctx, s.db.Read, "select "+columns+" from connection where removed_at is null and kind <> $1 and "+where, append([]any{KindFolder}, args...), func(row *sql.Rows) error {
		var r Remote
		err := remoteColumns.Scan(row, &r)
		list = append(list, r)
		return err
	})
}

// Put adds a connection to a Bitbucket, or changes the one with its name, and makes its next listing due. seal seals the
// credential for a place; nil keeps the credential. A removed connection returns with its projects. The error is
// db.ErrExists if a connection of another kind has the name.
func (s *Connections) Put(ctx context.Context, name string, kind Kind, settings string, seal func(place string) string) (id int64, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := s.ensure(ctx, tx, name, kind)
		if err != nil {
			return err
		}
		id = c.ID
		if _, err := tx.ExecContext(ctx, `
			update connection set settings = $2, revision = revision + 1, inactive = '', problem = '', hook_problem = '', due_at = 0
			where id = $1`, id, settings); err != nil || seal == nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "update connection set credential = $2 where id = $1", id, seal(Place(id)))
		return err
	})
	return id, err
}

// Request makes the next listing of a connection due now, also of one that rests. It returns db.ErrNotFound if there is no
// such connection.
func (s *Connections) Request(ctx context.Context, id int64) error {
	done, err := db.Changed(s.db.Write.ExecContext(ctx, "update connection set due_at = 0, inactive = '', revision = revision + 1 where id = $1 and removed_at is null", id))
	if err == nil && !done {
		err = db.ErrNotFound
	}
	return err
}

// Rest makes a connection inactive, for a reason that people read. It returns false if it is inactive or removed already, or
// if somebody changed it since a revision.
func (s *Connections) Rest(ctx context.Context, id, revision int64, reason string) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, "update connection set inactive = $3 where id = $1 and revision = $2 and inactive = '' and removed_at is null", id, revision, db.ValidText(reason)))
}

// Drop removes a connection and its credential. Remove its projects with catalog.Sync.
func (s *Connections) Drop(ctx context.Context, id int64) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		return db.Execute(ctx, tx, id,
			terms.SQL(s.db, "update connection set removed_at = :now, credential = '', hook_path = '', hook_secret = '', hook_former = '', hook_problem = '', revision = revision + 1, inactive = '', problem = '', skipped = '[]' where id = $1"),
			"delete from remote_right where connection_id = $1",
			"delete from remote_account where connection_id = $1",
			"delete from look where connection_id = $1",
			"delete from unreported where connection_id = $1",
			"delete from webhook_delivery where connection_id = $1")
	})
}

// Take gives a connection whose listing is due to a node, for as long as lease. It returns false if nothing is due, or if
// another node has it.
func (s *Connections) Take(ctx context.Context, id int64, node string, lease time.Duration) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update connection set held_by = $2, held_until = :now + $3
		where id = $1 and removed_at is null and inactive = '' and due_at <= :now and held_until <= :now`), id, node, lease.Milliseconds()))
}

// Keep makes the lease of a node longer. It returns false if the node has lost it.
func (s *Connections) Keep(ctx context.Context, id int64, node string, lease time.Duration) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update connection set held_until = :now + $3 where id = $1 and held_by = $2 and held_until > :now"), id, node, lease.Milliseconds()))
}

// Listed is the outcome of a listing.
type Listed struct {
	// Problem tells people what went wrong; empty for nothing. Inactive, if not empty, makes the connection rest.
	Problem, Inactive string
	Skipped           []Skip
	// Whole is true if everything was listed and stored.
	Whole bool
	// Next is when the next listing is due, from now.
	Next time.Duration
}

// maxSkipped limits how many skipped places are kept.
const maxSkipped = 10_000

// Done stores the outcome of a listing and gives the connection back. A request that came meanwhile stays.
func (s *Connections) Done(ctx context.Context, id int64, node string, revision int64, l *Listed) error {
	text, err := json.Marshal(append([]Skip{}, l.Skipped[:min(len(l.Skipped), maxSkipped)]...))
	if err != nil {
		return err
	}
	if _, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "delete from api_call where connection_id = $1 and minute < :now / 60000 - "+window), id); err != nil {
		return err
	}
	_, err = s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update connection set
			held_by = '',
			held_until = 0,
			problem = $3,
			skipped = $4,
			inactive = case when revision = $5 then $6 else inactive end,
			due_at = case when revision = $5 then :now + $7 else due_at end,
			synced_at = case when $8 then :now else synced_at end
		where id = $1 and held_by = $2`), id, node, db.ValidText(l.Problem), db.ValidText(string(text)), revision, db.ValidText(l.Inactive), l.Next.Milliseconds(), l.Whole)
	return err
}
