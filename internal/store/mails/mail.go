package mails

import (
	"context"
	"database/sql"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Mail is the report of a batch to one address. Mails are independent of each other.
type Mail struct {
	Batch   int64
	Address string
	// Attempts counts the attempts that have begun.
	Attempts int
	// Next is when the mail is due. While it is being sent, Next is when the sender counts as lost. Failed is when it was
	// given up; zero if it was not.
	Next, Failed time.Time
	// Error tells people why the last attempt failed.
	Error string
	// Finished is when the batch ended, Scope what the batch scanned.
	Finished time.Time
	Scope    string
	// Title names the channel to which it goes; empty for a mail address.
	Title string
}

const (
	// mailLease is how long a mail belongs to the node that sends it.
	mailLease = 2 * time.Minute
	// MailLife is how long after the end of its batch a mail is still useful.
	MailLife = 24 * time.Hour
)

// Take leases a due mail to this node. The mail that has been due longest comes first. It returns ErrNotFound if no mail is
// due. Sent, Retry or Fail end the lease; otherwise the mail is due again after two minutes. Without addresses, it takes only
// letters to channels.
func (s *Mails) Take(ctx context.Context, addresses bool) (*Mail, error) {
	m := &Mail{}
	skip := ""
	if s.db.Postgres {
		skip = " for update of m skip locked"
	}
	which := ""
	if !addresses {
		which = " and m.address like '" + queue.ChannelPrefix + "%'"
	}
	err := s.db.Tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, terms.SQL(s.db, `
			select m.batch_id, m.address, m.attempts + 1
			from batch_mail m
			join batch b on b.id = m.batch_id
			where m.sent_at is null and m.failed_at is null and m.next_at <= :now and b.finished_at is not null`+which+`
			order by m.next_at, b.finished_at, m.address
			limit 1`)+skip).Scan(&m.Batch, &m.Address, &m.Attempts)
		if err != nil {
			return db.Found(err)
		}
		_, err = tx.ExecContext(ctx, terms.SQL(s.db, `
			update batch_mail set attempts = $3, next_at = :now + $4
			where batch_id = $1 and address = $2`), m.Batch, m.Address, m.Attempts, mailLease.Milliseconds())
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Sent records that a mail was sent.
func (s *Mails) Sent(ctx context.Context, m *Mail) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update batch_mail set sent_at = :now, error = ''
		where batch_id = $1 and address = $2`), m.Batch, m.Address)
	return err
}

// Retry makes a mail due again after some time.
func (s *Mails) Retry(ctx context.Context, m *Mail, after time.Duration, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update batch_mail set next_at = :now + $3, error = $4
		where batch_id = $1 and address = $2 and sent_at is null`), m.Batch, m.Address, after.Milliseconds(), db.ValidText(reason))
	return err
}

// Fail gives a mail up.
func (s *Mails) Fail(ctx context.Context, m *Mail, reason string) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update batch_mail set failed_at = :now, error = $3
		where batch_id = $1 and address = $2 and sent_at is null`), m.Batch, m.Address, db.ValidText(reason))
	return err
}

// Expire gives up the mails of batches that ended more than MailLife ago, and returns their number.
func (s *Mails) Expire(ctx context.Context) (int, error) {
	done, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update batch_mail set
			failed_at = :now,
			error = case when error = '' then 'it could not be sent for a day' else 'it could not be sent for a day: ' || error end
		where sent_at is null and failed_at is null and next_at <= :now
			and batch_id in (select id from batch where finished_at < :now - $1)`), MailLife.Milliseconds())
	if err != nil {
		return 0, err
	}
	return db.Affected(done)
}

// List lists the unsent mails of batches that have ended: first those that wait, by due time, then those that were given
// up.
func (s *Mails) List(ctx context.Context, page db.Page) ([]Mail, error) {
	return mailColumns.List(ctx, s.db.Read, `
		from batch_mail m
		join batch b on b.id = m.batch_id
		left join channel c on m.address = '`+queue.ChannelPrefix+`' || cast(c.id as text)
		where m.sent_at is null and b.finished_at is not null
		order by m.failed_at is not null, m.next_at, m.batch_id, m.address
		limit $1 offset $2`, page.Limit, page.Start)
}

// mailColumns are the columns of a mail m of a batch b, to a channel c.
var mailColumns = db.Columns[Mail]{
	{SQL: "m.batch_id", Into: func(m *Mail) any { return &m.Batch }},
	{SQL: "m.address", Into: func(m *Mail) any { return &m.Address }},
	{SQL: "m.attempts", Into: func(m *Mail) any { return &m.Attempts }},
	{SQL: "m.next_at", Into: func(m *Mail) any { return db.Time(&m.Next) }},
	{SQL: "m.failed_at", Into: func(m *Mail) any { return db.Time(&m.Failed) }},
	{SQL: "m.error", Into: func(m *Mail) any { return &m.Error }},
	{SQL: "b.finished_at", Into: func(m *Mail) any { return db.Time(&m.Finished) }},
	{SQL: "b.scope", Into: func(m *Mail) any { return &m.Scope }},
	{SQL: "coalesce(c.name, '')", Into: func(m *Mail) any { return &m.Title }},
}

// Drop removes the unsent mails of a batch, or only the one to an address; ErrNotFound if there is none.
func (s *Mails) Drop(ctx context.Context, batch int64, address string) (int, error) {
	return s.change(ctx, "delete from batch_mail", batch, address)
}

// Renew makes the unsent mails of a batch, or only the one to an address, due at once, also if they were given up. It
// returns ErrNotFound if there is none. A mail whose batch ended more than MailLife ago is given up again.
func (s *Mails) Renew(ctx context.Context, batch int64, address string) (int, error) {
	return s.change(ctx, "update batch_mail set next_at = 0, attempts = 0, failed_at = null", batch, address)
}

func (s *Mails) change(ctx context.Context, change string, batch int64, address string) (int, error) {
	done, err := s.db.Write.ExecContext(ctx, change+`
		where batch_id = $1 and ($2 = '' or lower(address) = lower($2)) and sent_at is null`, batch, address)
	if err != nil {
		return 0, err
	}
	n, err := db.Affected(done)
	if err == nil && n == 0 {
		err = db.ErrNotFound
	}
	return n, err
}
