package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Event is an entry of the audit log: who did what to which object. Detail never contains a secret.
type Event struct {
	ID                            int64
	At                            time.Time
	Actor, Action, Object, Detail string
	// Seq numbers the entries from 1. Hash covers the entry and the hash of the entry before it, so that a changed or
	// deleted entry is noticed. It is empty for entries older than the chain.
	Seq  int64
	Hash string
}

// chain returns the hash of an entry that follows the entry with the hash before.
func (e *Event) chain(before string) string {
	// Numbers and texts always marshal.
	text, _ := json.Marshal([]any{before, e.Seq, e.At.UnixMilli(), e.Actor, e.Action, e.Object, e.Detail})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Add adds an entry.
func (s *Log) Add(ctx context.Context, e *Event) error { return s.AddAll(ctx, []Event{*e}) }

// AddAll adds all entries, or none.
func (s *Log) AddAll(ctx context.Context, list []Event) error {
	id := s.db.NextIDs(max(len(list), 1))
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := s.db.Lock(ctx, tx, db.LockAudit); err != nil {
			return err
		}
		seq, now, before := int64(0), int64(0), ""
		err := tx.QueryRowContext(ctx, `
			select seq, hash
			from audit
			order by seq desc
			limit 1`).Scan(&seq, &before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := tx.QueryRowContext(ctx, "select "+s.db.Clock).Scan(&now); err != nil {
			return err
		}
		for i := range list {
			x := Event{Actor: db.ValidText(list[i].Actor), Action: list[i].Action, Object: db.ValidText(list[i].Object), Detail: db.ValidText(list[i].Detail)}
			seq++
			x.Seq, x.At = seq, time.UnixMilli(now)
			before = x.chain(before)
			if _, err := tx.ExecContext(ctx, `
				insert into audit (id, at, actor, action, object, detail, seq, hash)
				values ($1, $2, $3, $4, $5, $6, $7, $8)`,
				id+int64(i), now, x.Actor, x.Action, x.Object, x.Detail, x.Seq, before); err != nil {
				return err
			}
		}
		return nil
	})
}

// Filter selects entries. An empty field matches all.
type Filter struct {
	Actor string
	// Action and Object match a part of the text, in any case.
	Action, Object string
	// From is inclusive, To is exclusive.
	From, To time.Time
	// Before selects entries with a lower number; 0 selects all.
	Before int64
}

// List lists entries, newest first.
func (s *Log) List(ctx context.Context, filter Filter, page db.Page) ([]Event, error) {
	args := []any{page.Limit, page.Start}
	where := "true"
	add := func(condition string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(" and "+condition, len(args))
	}
	has := func(column, text string) {
		args = append(args, db.Like(text))
		where += " and " + s.db.Has(column, len(args))
	}
	if filter.Actor != "" {
		add("actor = $%d", filter.Actor)
	}
	if filter.Action != "" {
		has("action", filter.Action)
	}
	if filter.Object != "" {
		has("object", filter.Object)
	}
	if !filter.From.IsZero() {
		add("at >= $%d", db.CeilMillis(filter.From))
	}
	if !filter.To.IsZero() {
		add("at < $%d", db.CeilMillis(filter.To))
	}
	if filter.Before > 0 {
		add("seq < $%d", filter.Before)
	}
	return s.events(ctx, where+`
		order by seq desc
		limit $1 offset $2`, args...)
}

var eventColumns = db.Columns[Event]{
	{SQL: "id", Into: func(e *Event) any { return &e.ID }},
	{SQL: "at", Into: func(e *Event) any { return db.Time(&e.At) }},
	{SQL: "actor", Into: func(e *Event) any { return &e.Actor }},
	{SQL: "action", Into: func(e *Event) any { return &e.Action }},
	{SQL: "object", Into: func(e *Event) any { return &e.Object }},
	{SQL: "detail", Into: func(e *Event) any { return &e.Detail }},
	{SQL: "seq", Into: func(e *Event) any { return &e.Seq }},
	{SQL: "hash", Into: func(e *Event) any { return &e.Hash }},
}

func (s *Log) events(ctx context.Context, where string, args ...any) ([]Event, error) {
	return eventColumns.List(ctx, s.db.Read, `
		from audit
		where `+where, args...)
}

// ChainCheck is the result of a check of the whole audit log.
type ChainCheck struct {
	// Entries is the number of entries. Unchained is how many of them are older than the chain.
	Entries, Unchained int
	// BrokenAt is the number of the first entry that does not follow from the one before; 0 if all do.
	BrokenAt int64
	// Head is the hash of the last entry, and HeadSeq its number. Anyone who notes them elsewhere can also tell whether the
	// end was cut off or the whole log was rewritten.
	Head    string
	HeadSeq int64
}

// Check verifies that every entry of the audit log follows from the one before it. It trusts the first entry, because
// the retention may have removed the ones before.
func (s *Log) Check(ctx context.Context) (*ChainCheck, error) {
	const piece = 1000
	c := &ChainCheck{}
	for {
		list, err := s.events(ctx, `seq > $1
		order by seq
		limit $2`, c.HeadSeq, piece)
		if err != nil {
			return nil, err
		}
		for i := range list {
			c.follow(&list[i])
		}
		if len(list) < piece {
			return c, nil
		}
	}
}

// follow checks the next entry.
func (c *ChainCheck) follow(e *Event) {
	first := c.Entries == 0
	broken := !first && e.Seq != c.HeadSeq+1
	switch {
	case e.Hash == "":
		c.Unchained++
		broken = broken || c.Head != ""
	case !first && e.Hash != e.chain(c.Head):
		broken = true
	case first && e.Seq == 1 && e.Hash != e.chain(""):
		broken = true
	}
	if broken && c.BrokenAt == 0 {
		c.BrokenAt = e.Seq
	}
	c.Entries++
	c.Head, c.HeadSeq = e.Hash, e.Seq
}
