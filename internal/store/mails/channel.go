package mails

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// The kinds of channels.
const (
	KindWebhook = "webhook"
	KindSlack   = "slack"
	KindMail    = "mail"
)

// The news that a channel wants.
const (
	// NewsEnded is every end of scans, NewsChanged one with new findings or errors, and NewsFailed one with errors.
	NewsEnded   = "ended"
	NewsChanged = "changed"
	NewsFailed  = "failed"
)

// Channel is where news of finished scans goes without being asked for.
type Channel struct {
	ID int64
	// Name is unique, and for people.
	Name, Kind string
	// Scope is the name of a place: only scans there count; empty for the instance.
	Scope string
	// News is which ends of scans it wants.
	News string
	// Target is the address, Secret signs what a webhook gets; empty without one. Both are sealed for the place that
	// [ChannelPlace] names.
	Target, Secret string
	Enabled        bool
}

// ChannelPlace is the place for which the texts of a channel are sealed.
func ChannelPlace(id int64) string { return "channel " + db.Key(id) }

var channelColumns = db.Columns[Channel]{
	{SQL: "id", Into: func(c *Channel) any { return &c.ID }},
	{SQL: "name", Into: func(c *Channel) any { return &c.Name }},
	{SQL: "kind", Into: func(c *Channel) any { return &c.Kind }},
	{SQL: "scope", Into: func(c *Channel) any { return &c.Scope }},
	{SQL: "news", Into: func(c *Channel) any { return &c.News }},
	{SQL: "target", Into: func(c *Channel) any { return &c.Target }},
	{SQL: "secret", Into: func(c *Channel) any { return &c.Secret }},
	{SQL: "enabled", Into: func(c *Channel) any { return &c.Enabled }},
}

// Channels lists the channels by name.
func (s *Mails) Channels(ctx context.Context) ([]Channel, error) {
	return channelColumns.List(ctx, s.db.Read, "from channel order by name")
}

// Channel returns a channel by its id; db.ErrNotFound if there is none.
func (s *Mails) Channel(ctx context.Context, id int64) (*Channel, error) {
	return channelColumns.One(ctx, s.db.Read, "from channel where id = $1", id)
}

// AddChannel adds a channel; seal seals a text for a place. The error is db.ErrExists if the name is taken.
func (s *Mails) AddChannel(ctx context.Context, c *Channel, seal func(text, place string) string) (id int64, err error) {
	id = s.db.NextIDs(1)
	sealed := func(text string) string {
		if text == "" {
			return ""
		}
		return seal(text, ChannelPlace(id))
	}
	done, err := db.Changed(s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		insert into channel (id, name, kind, scope, news, target, secret, enabled, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, :now)
		on conflict (name) do nothing`), id, c.Name, c.Kind, c.Scope, c.News, sealed(c.Target), sealed(c.Secret), c.Enabled))
	if err == nil && !done {
		err = db.ErrExists
	}
	return id, err
}

// EnableChannel switches a channel on or off; db.ErrNotFound if there is none. What waits for one that is off is dropped.
func (s *Mails) EnableChannel(ctx context.Context, id int64, on bool) error {
	return s.changeChannel(ctx, id, !on, "update channel set enabled = $2 where id = $1", id, on)
}

// RemoveChannel removes a channel, and drops what waits for it; db.ErrNotFound if there is none.
func (s *Mails) RemoveChannel(ctx context.Context, id int64) error {
	return s.changeChannel(ctx, id, true, "delete from channel where id = $1", id)
}

func (s *Mails) changeChannel(ctx context.Context, id int64, drop bool, statement string, args ...any) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		done, err := db.Changed(tx.ExecContext(ctx, statement, args...))
		if err == nil && !done {
			err = db.ErrNotFound
		}
		if err != nil || !drop {
			return err
		}
		_, err = tx.ExecContext(ctx, "delete from batch_mail where address = $1 and sent_at is null", queue.ChannelAddress(id))
		return err
	})
}

// ChannelOf returns the id of the channel to which a letter goes; ok is false for a letter to a mail address.
func (m *Mail) ChannelOf() (id int64, ok bool) {
	text, ok := strings.CutPrefix(m.Address, queue.ChannelPrefix)
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil
}

// ResealChannels seals the texts of all channels again with another master key, in a transaction.
func (s *Mails) ResealChannels(ctx context.Context, tx *sql.Tx, open func(sealed, place string) (string, error), seal func(text, place string) string) error {
	list, err := channelColumns.List(ctx, tx, "from channel order by id")
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		for _, text := range []*string{&c.Target, &c.Secret} {
			if *text == "" {
				continue
			}
			plain, err := open(*text, ChannelPlace(c.ID))
			if err != nil {
				return err
			}
			*text = seal(plain, ChannelPlace(c.ID))
		}
		if _, err := tx.ExecContext(ctx, "update channel set target = $2, secret = $3 where id = $1", c.ID, c.Target, c.Secret); err != nil {
			return err
		}
	}
	return nil
}
