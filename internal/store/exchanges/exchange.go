package exchanges

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/allowance"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Request is a request for a credential.
type Request struct {
	// ID is random. Owner may answer it: an installation of the app.
	ID, Owner string
	// PublicKey is that of the node that asked.
	PublicKey string
}

const (
	// Life is how long a request can be answered and picked up. The database's clock counts.
	Life = time.Minute
	// maxPending limits the requests of one owner that wait.
	maxPending = 4
	// within is the time for which people and all together may ask at most that often. A scan of everything asks once for each
	// repository.
	within      = 10 * time.Minute
	maxByPerson = 600
	maxInAll    = 3000
)

// ErrTooMany means that too many credentials are asked for at once.
var ErrTooMany = errors.New("too many credentials are asked for at once; try again in some minutes")

// Ask stores a request. person is for whom it is asked; empty for the server itself. The error is ErrTooMany if that
// person, all together, or the owner has asked too often.
func (s *Exchanges) Ask(ctx context.Context, r *Request, person string) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		// The row for all together is locked until the end, so that the requests which wait can be counted.
		rules := []allowance.Rule{{What: "exchange", Limit: maxInAll, Within: within}}
		if person != "" {
			rules = append(rules, allowance.Rule{What: "exchange", Who: person, Limit: maxByPerson, Within: within})
		}
		for _, rule := range rules {
			allowed, err := rule.Use(ctx, s.db, tx)
			if err != nil {
				return err
			}
			if !allowed {
				return ErrTooMany
			}
		}
		if _, err := tx.ExecContext(ctx, terms.SQL(s.db, "delete from credential_exchange where expires_at <= :now")); err != nil {
			return err
		}
		done, err := db.Changed(tx.ExecContext(ctx, terms.SQL(s.db, `
			insert into credential_exchange (id, owner, public_key, expires_at)
			select $1, $2, $3, :now + $4
			where (select count(*) from credential_exchange where owner = $2) < $5`), r.ID, r.Owner, r.PublicKey, Life.Milliseconds(), maxPending))
		if err == nil && !done {
			err = ErrTooMany
		}
		return err
	})
}

// Waiting returns a request that can be answered; db.ErrNotFound if there is none for this owner.
func (s *Exchanges) Waiting(ctx context.Context, id, owner string) (r Request, err error) {
	err = s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, "select id, owner, public_key from credential_exchange where id = $1 and owner = $2 and sealed = '' and expires_at > :now"), id, owner).Scan(&r.ID, &r.Owner, &r.PublicKey)
	return r, db.Found(err)
}

// Fill stores the sealed answer of a request, once. The error is db.ErrNotFound if it was answered, picked up or has
// expired.
func (s *Exchanges) Fill(ctx context.Context, id, owner, sealed string) error {
	done, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update credential_exchange set sealed = $3 where id = $1 and owner = $2 and sealed = '' and expires_at > :now"), id, owner, sealed))
	if err == nil && !done {
		err = db.ErrNotFound
	}
	return err
}

// Filled reports whether the answer of a request can be picked up. It only reads.
func (s *Exchanges) Filled(ctx context.Context, id string) (filled bool, err error) {
	err = s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, "select exists (select 1 from credential_exchange where id = $1 and sealed <> '' and expires_at > :now)"), id).Scan(&filled)
	return filled, err
}

// Take deletes a request and returns its sealed answer: one statement, so that of two callers one gets it. The error is
// db.ErrNotFound if there is no answer, or if it has expired.
func (s *Exchanges) Take(ctx context.Context, id string) (sealed string, err error) {
	err = s.db.Write.QueryRowContext(ctx, terms.SQL(s.db, "delete from credential_exchange where id = $1 and sealed <> '' and expires_at > :now returning sealed"), id).Scan(&sealed)
	return sealed, db.Found(err)
}

// Drop deletes a request that nobody waits for any more.
func (s *Exchanges) Drop(ctx context.Context, id string) error {
	_, err := s.db.Write.ExecContext(ctx, "delete from credential_exchange where id = $1", id)
	return err
}

// Sweep deletes what has expired, and returns how many requests that were.
func (s *Exchanges) Sweep(ctx context.Context) (n int, err error) {
	var old bool
	if err := s.db.Read.QueryRowContext(ctx, terms.SQL(s.db, "select exists (select 1 from credential_exchange where expires_at <= :now)")).Scan(&old); err != nil || !old {
		return 0, err
	}
	result, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "delete from credential_exchange where expires_at <= :now"))
	if err != nil {
		return 0, err
	}
	return db.Affected(result)
}

// Scrub empties SQLite's log, so that nothing of deleted rows stays there. It does nothing on PostgreSQL.
func (s *Exchanges) Scrub(ctx context.Context) error { return s.db.Scrub(ctx) }
