package sessions

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Limits say how long a session counts, by the clock of the database.
type Limits struct {
	// Idle is how long after its last use, Absolute how long after it began.
	Idle, Absolute time.Duration
}

// expired is the condition under which a session s does not count any more. It takes the limits as $1 and $2, in milliseconds.
const expired = "(s.used_at <= :now - $1 or s.created_at <= :now - $2)"

// args are what expired takes.
func (l Limits) args() []any { return []any{l.Idle.Milliseconds(), l.Absolute.Milliseconds()} }

// Fresh is a session that starts.
type Fresh struct {
	// Account is the id of the account.
	Account int64
	// Text is random and long. The browser keeps it; the store keeps its hash alone.
	Text string
	// Replaces is the text that the browser had before; empty for none. That session ends: nobody goes on with what a browser had before it
	// signed in.
	Replaces string
	// Agent is what the browser calls itself, short; Address is where it is. Both may be empty.
	Agent, Address string
}

// Start starts a session. Sessions that have expired are removed.
func (s *Sessions) Start(ctx context.Context, n *Fresh, l Limits) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, terms.SQL(s.db, "delete from session as s where s.hash = $3 or "+expired), append(l.args(), accounts.HashToken(n.Replaces))...); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, terms.SQL(s.db, `
			insert into session (id, hash, account_id, agent, address, created_at, used_at)
			values ($1, $2, $3, $4, $5, :now, :now)`), s.db.NextIDs(1), accounts.HashToken(n.Text), n.Account, n.Agent, n.Address)
		return err
	})
}

// use is what is read when a session is used. note is true when its use must be noted, which is once a minute.
type use struct {
	id      int64
	note    bool
	account accounts.Account
}

// Use gives the account of the session of a text, without the hash of its password, and notes that the session was used, if there is space
// for that; db.ErrNotFound for a session that is unknown or has expired, and for an account that is switched off.
func (s *Sessions) Use(ctx context.Context, text string, l Limits) (*accounts.Account, error) {
	columns := db.Columns[use]{
		{SQL: "s.id", Into: func(u *use) any { return &u.id }},
		{SQL: terms.SQL(s.db, "s.used_at < :now - 60000"), Into: func(u *use) any { return &u.note }},
		{SQL: "a.id", Into: func(u *use) any { return &u.account.ID }},
		{SQL: "a.name", Into: func(u *use) any { return &u.account.Name }},
		{SQL: "a.email", Into: func(u *use) any { return &u.account.Email }},
		{SQL: "a.admin", Into: func(u *use) any { return &u.account.Admin }},
		{SQL: "a.created_at", Into: func(u *use) any { return db.Time(&u.account.Created) }},
	}
	u, err := columns.One(ctx, s.db.Read, terms.SQL(s.db, `
		from session s
		join account a on a.id = s.account_id
		where s.hash = $3 and not a.disabled and not `+expired), append(l.args(), accounts.HashToken(text))...)
	if err != nil {
		return nil, err
	}
	if u.note {
		_, err = s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update session set used_at = :now where id = $1"), u.id)
	}
	if db.Full(err) {
		// People who only read go on while the disk is full.
		err = nil
	}
	return &u.account, err
}

// End ends the session of a text; one that is unknown has ended already.
func (s *Sessions) End(ctx context.Context, text string) error {
	_, err := s.db.Write.ExecContext(ctx, "delete from session where hash = $1", accounts.HashToken(text))
	return err
}
