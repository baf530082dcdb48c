package installations

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// State says whether an installation is used.
type State string

// The states. Only pairing makes an installation active.
const (
	Pending  State = "PENDING"
	Active   State = "ACTIVE"
	Inactive State = "INACTIVE"
)

// Installation is one installation of the app in a workspace. It survives upgrades of the app; a new installation in the
// same workspace is another one.
type Installation struct {
	// ID is Atlassian's. Workspace is the uuid of the workspace, without braces. Installer is the account that installed it;
	// empty if it is not known.
	ID, Workspace, Environment, Installer string
	State                                 State
	// Reason tells people why it is inactive.
	Reason string
	// Secret is what the app and the server share, sealed for the place that [SecretPlace] names. TriggerURL is where the app
	// takes requests. Both are empty before the first code.
	Secret, TriggerURL string
	// CodeUntil is when its pairing code ends; zero if it has none that lives.
	CodeUntil time.Time
	// ClaimedBy is the account that has entered the code and may confirm it; 0 for none.
	ClaimedBy     int64
	Created, Seen time.Time
}

// SecretPlace is the place for which the secret of an installation is sealed.
func SecretPlace(id string) string { return "forge " + id }

var columns = db.Columns[Installation]{
	{SQL: "id", Into: func(i *Installation) any { return &i.ID }},
	{SQL: "workspace", Into: func(i *Installation) any { return &i.Workspace }},
	{SQL: "environment", Into: func(i *Installation) any { return &i.Environment }},
	{SQL: "installer", Into: func(i *Installation) any { return &i.Installer }},
	{SQL: "state", Into: func(i *Installation) any { return &i.State }},
	{SQL: "reason", Into: func(i *Installation) any { return &i.Reason }},
	{SQL: "secret", Into: func(i *Installation) any { return &i.Secret }},
	{SQL: "trigger_url", Into: func(i *Installation) any { return &i.TriggerURL }},
	{SQL: "case when code_hash <> '' and code_until > :now then code_until end", Into: func(i *Installation) any { return db.Time(&i.CodeUntil) }},
	{SQL: "case when claimed_until > :now then claimed_by else 0 end", Into: func(i *Installation) any { return &i.ClaimedBy }},
	{SQL: "created_at", Into: func(i *Installation) any { return db.Time(&i.Created) }},
	{SQL: "seen_at", Into: func(i *Installation) any { return db.Time(&i.Seen) }},
}

// maxPending limits the installations that wait for pairing: with a shared app, strangers can install it too.
const maxPending = 100

// ErrFull means that too many installations wait for pairing.
var ErrFull = errors.New("too many installations of the app wait for pairing; remove some, or wait a day")

// See stores that an installation called, and returns it. An unknown one is PENDING; others of its workspace and
// environment then become INACTIVE, because a workspace has one. The error is ErrFull if too many are PENDING.
func (s *Installations) See(ctx context.Context, from *Installation) (i Installation, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		known, err := db.Changed(tx.ExecContext(ctx, terms.SQL(s.db, `
			update forge_installation set seen_at = :now, installer = case when $2 = '' then installer else $2 end
			where id = $1 and workspace = $3 and environment = $4`), from.ID, db.ValidText(from.Installer), from.Workspace, from.Environment))
		if err == nil && !known {
			err = s.register(ctx, tx, from)
		}
		if err != nil {
			return err
		}
		i, err = s.one(ctx, tx, from.ID)
		return err
	})
	return i, err
}

func (s *Installations) register(ctx context.Context, tx *sql.Tx, from *Installation) error {
	if _, err := tx.ExecContext(ctx, terms.SQL(s.db, "delete from forge_installation where state = 'PENDING' and seen_at <= :now - 86400000")); err != nil {
		return err
	}
	done, err := db.Changed(tx.ExecContext(ctx, terms.SQL(s.db, `
		insert into forge_installation (id, workspace, environment, installer, state, created_at, seen_at)
		select $1, $2, $3, $4, 'PENDING', :now, :now
		where (select count(*) from forge_installation where state = 'PENDING') < $5
		on conflict do nothing`), from.ID, from.Workspace, from.Environment, db.ValidText(from.Installer), maxPending))
	if err == nil && !done {
		err = ErrFull
	}
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		update forge_installation set state = 'INACTIVE', reason = 'the app was installed again: pair the new installation', code_hash = '', secret = ''
		where workspace = $1 and environment = $2 and id <> $3 and state <> 'INACTIVE'`, from.Workspace, from.Environment, from.ID)
	return err
}

func (s *Installations) one(ctx context.Context, q db.Querier, id string) (i Installation, err error) {
	list, err := s.list(ctx, q, "id = $1", id)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return i, err
	}
	return list[0], nil
}

func (s *Installations) list(ctx context.Context, q db.Querier, where string, args ...any) (list []Installation, err error) {
	return list, db.Each(ctx, q, terms.SQL(s.db, "select "+columns.SQL()+" from forge_installation where ")+where, args, func(row *sql.Rows) error {
		var i Installation
		err := columns.Scan(row, &i)
		list = append(list, i)
		return err
	})
}

// One returns an installation; db.ErrNotFound if there is none.
func (s *Installations) One(ctx context.Context, id string) (Installation, error) {
	return s.one(ctx, s.db.Read, id)
}

// All lists the installations, those that were seen last first.
func (s *Installations) All(ctx context.Context) ([]Installation, error) {
	return s.list(ctx, s.db.Read, "true order by seen_at desc, id")
}

// ActiveOf returns the active installation of a workspace; db.ErrNotFound if there is none.
func (s *Installations) ActiveOf(ctx context.Context, workspace string) (i Installation, err error) {
	list, err := s.list(ctx, s.db.Read, "workspace = $1 and state = 'ACTIVE' order by seen_at desc, id", workspace)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return i, err
	}
	return list[0], nil
}

// Deactivate makes an installation INACTIVE, and forgets its secret and its code. It returns false if it was INACTIVE
// already or does not exist.
func (s *Installations) Deactivate(ctx context.Context, id, reason string) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, "update forge_installation set state = 'INACTIVE', reason = $2, code_hash = '', claimed_until = 0, secret = '' where id = $1 and state <> 'INACTIVE'", id, db.ValidText(reason)))
}

// Remove deletes an installation that is not active. It returns false if there is none.
func (s *Installations) Remove(ctx context.Context, id string) (bool, error) {
	return db.Changed(s.db.Write.ExecContext(ctx, "delete from forge_installation where id = $1 and state <> 'ACTIVE'", id))
}
