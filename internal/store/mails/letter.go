package mails

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Letter is a mail: the report of a batch to an address. Letters know nothing of each other.
type Letter struct {
	Batch   int64
	Address string
	// Attempts counts those that were begun.
	Attempts int
	// Next is when it is due; while it is being sent, when it is taken for lost. Failed is when it was given up, zero for never.
	Next, Failed time.Time
	// Error is why the last attempt failed, for people.
	Error string
	// Finished is when the batch had ended, Scope what it was of.
	Finished time.Time
	Scope    string
}

const (
	// letterLease is how long a letter belongs to the node that sends it.
	letterLease = 2 * time.Minute
	// LetterLife is how long after the end of its batch a letter is of use to anybody.
	LetterLife = 24 * time.Hour
)

// waitingLetter is the condition under which a letter m is neither sent nor given up.
const waitingLetter = "m.sent_at is null and m.failed_at is null"

// Take takes a letter that is due, for this node alone, those that were tried least lately first; ErrNotFound when there is none.
// Sent, Retry or Fail end that; without them it is due again after two minutes.
func (s *Mails) Take(ctx context.Context) (*Letter, error) {
	l := &Letter{}
	skip := ""
	if s.db.Postgres {
		skip = " for update of m skip locked"
	}
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "select m.batch_id, m.address, m.attempts + 1 from batch_mail m join batch b on b.id = m.batch_id where "+waitingLetter+
			" and m.next_at <= "+s.db.Clock+" and b.finished_at is not null order by m.next_at, b.finished_at, m.address limit 1"+skip).Scan(&l.Batch, &l.Address, &l.Attempts)
		if err != nil {
			return db.Found(err)
		}
		_, err = tx.ExecContext(ctx, "update batch_mail set attempts = $3, next_at = "+s.db.Clock+" + $4 where batch_id = $1 and address = $2", l.Batch, l.Address, l.Attempts, letterLease.Milliseconds())
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Sent notes that a letter was sent.
func (s *Mails) Sent(ctx context.Context, l *Letter) error {
	_, err := s.db.Write.ExecContext(ctx, "update batch_mail set sent_at = "+s.db.Clock+", error = '' where batch_id = $1 and address = $2", l.Batch, l.Address)
	return err
}

// Retry makes a letter due again after a while.
func (s *Mails) Retry(ctx context.Context, l *Letter, after time.Duration, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, "update batch_mail set next_at = "+s.db.Clock+" + $3, error = $4 where batch_id = $1 and address = $2 and sent_at is null", l.Batch, l.Address, after.Milliseconds(), db.ValidText(reason))
	return err
}

// Fail gives a letter up.
func (s *Mails) Fail(ctx context.Context, l *Letter, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, "update batch_mail set failed_at = "+s.db.Clock+", error = $3 where batch_id = $1 and address = $2 and sent_at is null", l.Batch, l.Address, db.ValidText(reason))
	return err
}

// Expire gives up the letters of batches that ended more than LetterLife ago, and returns how many.
func (s *Mails) Expire(ctx context.Context) (int, error) {
	done, err := s.db.Write.ExecContext(ctx, "update batch_mail set failed_at = "+s.db.Clock+", error = case when error = '' then 'it could not be sent for a day' else 'it could not be sent for a day: ' || error end"+
		" where sent_at is null and failed_at is null and next_at <= "+s.db.Clock+" and batch_id in (select id from batch where finished_at < "+s.db.Clock+" - $1)", LetterLife.Milliseconds())
	if err != nil {
		return 0, err
	}
	return db.Affected(done)
}

// List lists the letters that are not sent although their batches have ended: those that wait, the next one first, and then those
// that were given up.
func (s *Mails) List(ctx context.Context, page db.Page) (list []Letter, err error) {
	return list, db.Each(ctx, s.db.Read, `select m.batch_id, m.address, m.attempts, m.next_at, m.failed_at, m.error, b.finished_at, b.scope from batch_mail m join batch b on b.id = m.batch_id
		where m.sent_at is null and b.finished_at is not null order by m.failed_at is not null, m.next_at, m.batch_id, m.address limit $1 offset $2`, []any{page.Limit, page.Start}, func(row *sql.Rows) error {
		var l Letter
		var next, failed, finished sql.NullInt64
		err := row.Scan(&l.Batch, &l.Address, &l.Attempts, &next, &failed, &l.Error, &finished, &l.Scope)
		l.Next, l.Failed, l.Finished = db.At(next), db.At(failed), db.At(finished)
		list = append(list, l)
		return err
	})
}

// Drop removes the letters of a batch that are not sent, or the one to an address; ErrNotFound when there is none.
func (s *Mails) Drop(ctx context.Context, batch int64, address string) (int, error) {
	return s.change(ctx, "delete from batch_mail", batch, address)
}

// Renew makes the letters of a batch that are not sent, or the one to an address, due at once, those that were given up too;
// ErrNotFound when there is none. One whose batch ended more than LetterLife ago is given up again.
func (s *Mails) Renew(ctx context.Context, batch int64, address string) (int, error) {
	return s.change(ctx, "update batch_mail set next_at = 0, attempts = 0, failed_at = null", batch, address)
}

func (s *Mails) change(ctx context.Context, change string, batch int64, address string) (int, error) {
	done, err := s.db.Write.ExecContext(ctx, change+" where batch_id = $1 and ($2 = '' or lower(address) = lower($2)) and sent_at is null", batch, address)
	if err != nil {
		return 0, err
	}
	n, err := db.Affected(done)
	if err == nil && n == 0 {
		err = db.ErrNotFound
	}
	return n, err
}
