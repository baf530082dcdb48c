package store

import (
	"context"
	"database/sql"
	"time"
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

// TakeLetter takes a letter that is due, for this node alone, those that were tried least lately first; ErrNotFound when there is none.
// SentLetter, RetryLetter or FailLetter end that; without them it is due again after two minutes.
func (s *Store) TakeLetter(ctx context.Context) (*Letter, error) {
	l := &Letter{}
	skip := ""
	if s.postgres {
		skip = " for update of m skip locked"
	}
	err := s.tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "select m.batch_id, m.address, m.attempts + 1 from batch_mail m join batch b on b.id = m.batch_id where "+waitingLetter+
			" and m.next_at <= "+s.now+" and b.finished_at is not null order by m.next_at, b.finished_at, m.address limit 1"+skip).Scan(&l.Batch, &l.Address, &l.Attempts)
		if err != nil {
			return found(err)
		}
		_, err = tx.ExecContext(ctx, "update batch_mail set attempts = $3, next_at = "+s.now+" + $4 where batch_id = $1 and address = $2", l.Batch, l.Address, l.Attempts, letterLease.Milliseconds())
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// SentLetter notes that a letter was sent.
func (s *Store) SentLetter(ctx context.Context, l *Letter) error {
	_, err := s.write.ExecContext(ctx, "update batch_mail set sent_at = "+s.now+", error = '' where batch_id = $1 and address = $2", l.Batch, l.Address)
	return err
}

// RetryLetter makes a letter due again after a while.
func (s *Store) RetryLetter(ctx context.Context, l *Letter, after time.Duration, reason string) error {
	_, err := s.write.ExecContext(ctx, "update batch_mail set next_at = "+s.now+" + $3, error = $4 where batch_id = $1 and address = $2 and sent_at is null", l.Batch, l.Address, after.Milliseconds(), validText(reason))
	return err
}

// FailLetter gives a letter up.
func (s *Store) FailLetter(ctx context.Context, l *Letter, reason string) error {
	_, err := s.write.ExecContext(ctx, "update batch_mail set failed_at = "+s.now+", error = $3 where batch_id = $1 and address = $2 and sent_at is null", l.Batch, l.Address, validText(reason))
	return err
}

// ExpireLetters gives up the letters of batches that ended more than LetterLife ago, and returns how many.
func (s *Store) ExpireLetters(ctx context.Context) (int, error) {
	done, err := s.write.ExecContext(ctx, "update batch_mail set failed_at = "+s.now+", error = case when error = '' then 'it could not be sent for a day' else 'it could not be sent for a day: ' || error end"+
		" where sent_at is null and failed_at is null and next_at <= "+s.now+" and batch_id in (select id from batch where finished_at < "+s.now+" - $1)", LetterLife.Milliseconds())
	if err != nil {
		return 0, err
	}
	return affected(done)
}

// Letters lists the letters that are not sent although their batches have ended: those that wait, the next one first, and then those
// that were given up.
func (s *Store) Letters(ctx context.Context, page Page) (list []Letter, err error) {
	return list, each(ctx, s.read, `select m.batch_id, m.address, m.attempts, m.next_at, m.failed_at, m.error, b.finished_at, b.scope from batch_mail m join batch b on b.id = m.batch_id
		where m.sent_at is null and b.finished_at is not null order by m.failed_at is not null, m.next_at, m.batch_id, m.address limit $1 offset $2`, []any{page.Limit, page.Start}, func(row *sql.Rows) error {
		var l Letter
		var next, failed, finished sql.NullInt64
		err := row.Scan(&l.Batch, &l.Address, &l.Attempts, &next, &failed, &l.Error, &finished, &l.Scope)
		l.Next, l.Failed, l.Finished = at(next), at(failed), at(finished)
		list = append(list, l)
		return err
	})
}

// DropLetters removes the letters of a batch that are not sent, or the one to an address; ErrNotFound when there is none.
func (s *Store) DropLetters(ctx context.Context, batch int64, address string) (int, error) {
	return s.changeLetters(ctx, "delete from batch_mail", batch, address)
}

// RenewLetters makes the letters of a batch that are not sent, or the one to an address, due at once, those that were given up too;
// ErrNotFound when there is none. One whose batch ended more than LetterLife ago is given up again.
func (s *Store) RenewLetters(ctx context.Context, batch int64, address string) (int, error) {
	return s.changeLetters(ctx, "update batch_mail set next_at = 0, attempts = 0, failed_at = null", batch, address)
}

func (s *Store) changeLetters(ctx context.Context, change string, batch int64, address string) (int, error) {
	done, err := s.write.ExecContext(ctx, change+" where batch_id = $1 and ($2 = '' or lower(address) = lower($2)) and sent_at is null", batch, address)
	if err != nil {
		return 0, err
	}
	n, err := affected(done)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return n, err
}
