package connections

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Hook is what a connection knows of its webhooks.
type Hook struct {
	// Path is the last part of their address; empty before the first secret. It is no secret.
	Path string
	// Secret and Former are sealed for the place that [HookPlace] names. Former is empty when its time is over.
	Secret, Former string
	// Generation counts the secrets.
	Generation int64
	// Heard and Refused are when the last delivery with a right and with a wrong signature came; zero for never.
	Heard, Refused time.Time
	// Problem tells people what is wrong; empty for nothing.
	Problem string
}

// HookPlace is the place for which the secrets of the webhooks of a connection are sealed.
func HookPlace(id int64) string { return "webhook " + db.Key(id) }

// formerTime is how long a replaced secret is still accepted, in milliseconds: each webhook is changed by itself.
const formerTime = "86400000"

var hookColumns = db.Columns[Remote]{
	{SQL: "hook_path", Into: func(r *Remote) any { return &r.Hook.Path }},
	{SQL: "hook_secret", Into: func(r *Remote) any { return &r.Hook.Secret }},
	{SQL: "case when hook_rotated_at > :now - " + formerTime + " then hook_former else '' end", Into: func(r *Remote) any { return &r.Hook.Former }},
	{SQL: "hook_generation", Into: func(r *Remote) any { return &r.Hook.Generation }},
	{SQL: "hook_heard_at", Into: func(r *Remote) any { return db.Time(&r.Hook.Heard) }},
	{SQL: "hook_refused_at", Into: func(r *Remote) any { return db.Time(&r.Hook.Refused) }},
	{SQL: "hook_problem", Into: func(r *Remote) any { return &r.Hook.Problem }},
}

// NewSecret gives the webhooks of a connection another secret, sealed by seal, and makes the next listing due, which
// changes them. path is the last part of their address, if they have none yet. The former secret is accepted for a day.
func (s *Connections) NewSecret(ctx context.Context, id int64, path string, seal func(place string) string) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, `
		update connection set
			hook_path = case when hook_path = '' then $2 else hook_path end,
			hook_former = hook_secret,
			hook_secret = $3,
			hook_generation = hook_generation + 1,
			hook_rotated_at = :now,
			revision = revision + 1,
			due_at = 0
		where id = $1 and removed_at is null`), id, path, seal(HookPlace(id)))
	return err
}

// Heard stores a delivery with a right signature, and the looks that it asks for. It returns false if the delivery was
// there already: then nothing changes.
func (s *Connections) Heard(ctx context.Context, id int64, delivery string, looks []Look) (fresh bool, err error) {
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		fresh, err = db.Changed(tx.ExecContext(ctx, terms.SQL(s.db, `
			insert into webhook_delivery (connection_id, id, received_at)
			values ($1, $2, :now)
			on conflict do nothing`), id, delivery))
		if err != nil || !fresh {
			return err
		}
		for _, l := range looks {
			if err := s.Ask(ctx, tx, id, l); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, terms.SQL(s.db, "update connection set hook_heard_at = :now where id = $1"), id)
		return err
	})
	return fresh, err
}

// Refused stores that a delivery with a wrong signature came.
func (s *Connections) Refused(ctx context.Context, id int64) error {
	_, err := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "update connection set hook_refused_at = :now where id = $1"), id)
	return err
}

// Hooked stores what a check of the webhooks found, and forgets old deliveries. refused is the time of the last refused
// delivery that the check took into account.
func (s *Connections) Hooked(ctx context.Context, id int64, problem string, refused time.Time) error {
	_, err := s.db.Write.ExecContext(ctx, "update connection set hook_problem = $2, hook_refused_at = case when hook_refused_at > $3 then hook_refused_at end where id = $1", id, db.ValidText(problem), refused.UnixMilli())
	_, old := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "delete from webhook_delivery where received_at < :now - 86400000"))
	return errors.Join(err, old)
}
