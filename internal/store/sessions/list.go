package sessions

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Session is a session that counts, as the person who has it sees it. It does not hold the text with which a browser goes on.
type Session struct {
	ID int64
	// Agent is what the browser called itself, short; Address is where it was when it signed in. Both are empty when they are not known.
	Agent, Address string
	Started        time.Time
	// Used is the last use, to a minute.
	Used time.Time
	// Current is true for the session that asks.
	Current bool
}

// List lists the sessions of an account that count, the last used first, then the youngest. current is the text of the session that asks;
// empty if none does.
func (s *Sessions) List(ctx context.Context, account int64, current string, l Limits) ([]Session, error) {
	columns := db.Columns[Session]{
		{SQL: "s.id", Into: func(x *Session) any { return &x.ID }},
		{SQL: "s.agent", Into: func(x *Session) any { return &x.Agent }},
		{SQL: "s.address", Into: func(x *Session) any { return &x.Address }},
		{SQL: "s.created_at", Into: func(x *Session) any { return db.Time(&x.Started) }},
		{SQL: "s.used_at", Into: func(x *Session) any { return db.Time(&x.Used) }},
		{SQL: "s.hash = $4", Into: func(x *Session) any { return &x.Current }},
	}
	return columns.List(ctx, s.db.Read, terms.SQL(s.db, `
		from session s
		where s.account_id = $3 and not `+expired+`
		order by s.used_at desc, s.id desc`), append(l.args(), account, accounts.HashToken(current))...)
}

// EndOne ends a session of an account by its id; db.ErrNotFound if the account has no such session.
func (s *Sessions) EndOne(ctx context.Context, account, id int64) error {
	done, err := s.db.Write.ExecContext(ctx, "delete from session where id = $1 and account_id = $2", id, account)
	if err != nil {
		return err
	}
	if n, err := db.Affected(done); err != nil || n == 0 {
		return errors.Join(err, db.ErrNotFound)
	}
	return nil
}

// EndOthers ends all sessions of an account but the one of a text, and returns how many that were. Without a text it ends all of them.
func (s *Sessions) EndOthers(ctx context.Context, account int64, current string) (ended int, err error) {
	done, err := s.db.Write.ExecContext(ctx, "delete from session where account_id = $1 and hash <> $2", account, accounts.HashToken(current))
	if err != nil {
		return 0, err
	}
	return db.Affected(done)
}
