package installations

import (
	"context"
	"errors"
	"time"

	"github.com/sluice-scan/sluice/internal/store/allowance"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/terms"
)

// Use stores that an invocation token was used, until it expires. It returns false if it was used before.
func (s *Installations) Use(ctx context.Context, token string, expires time.Time) (fresh bool, err error) {
	return db.Changed(s.db.Write.ExecContext(ctx, "insert into forge_token (id, expires_at) values ($1, $2) on conflict do nothing", token, expires.UnixMilli()))
}

// Sweep deletes expired tokens, counts that are over, and installations that nobody paired within a day.
func (s *Installations) Sweep(ctx context.Context) error {
	_, tokens := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "delete from forge_token where expires_at <= :now - 3600000"))
	_, pending := s.db.Write.ExecContext(ctx, terms.SQL(s.db, "delete from forge_installation where state = 'PENDING' and seen_at <= :now - 86400000"))
	return errors.Join(tokens, pending, allowance.Sweep(ctx, s.db))
}
