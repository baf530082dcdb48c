package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/mails"
	"github.com/sluice-scan/sluice/internal/store/queue"
)

// TestMails: the node that takes a mail has it alone for some time, a failed mail waits behind the others, and no mail
// lives longer than a day.
func TestMails(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, address string) {
		s, other := open(t, address), open(t, address)
		done, err := s.Queue.Enqueue(t.Context(), queue.Request{Force: true, Mail: []string{"a@example.com", "b@example.com"}})
		require.NoError(t, err)
		take := func(s *store.Store) *mails.Mail {
			t.Helper()
			l, err := s.Mails.Take(t.Context(), true)
			require.NoError(t, err)
			return l
		}
		first := take(s)
		require.NoError(t, s.Mails.Retry(t.Context(), first, 0, "full"))
		require.Equal(t, "b@example.com", take(other).Address, "mails without an attempt go first")
		again := take(s)
		require.Equal(t, []any{first.Address, 2}, []any{again.Address, again.Attempts})
		_, err = other.Mails.Take(t.Context(), true)
		require.ErrorIs(t, err, db.ErrNotFound, "both are being sent")

		// A node that took one and was lost.
		raw := rawly(t, address)
		_, err = raw.ExecContext(t.Context(), "update batch_mail set next_at = 0")
		require.NoError(t, err)
		n, err := s.Mails.Expire(t.Context())
		require.NoError(t, err)
		require.Zero(t, n)
		take(other)
		_, err = raw.ExecContext(t.Context(), "update batch set finished_at = $1", time.Now().Add(-mails.MailLife-time.Hour).UnixMilli())
		require.NoError(t, err)
		n, err = s.Mails.Expire(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, n, "the mail that is being sent stays")
		list, err := s.Mails.List(t.Context(), db.Page{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Contains(t, list[1].Error, "for a day")
		n, err = s.Mails.Drop(t.Context(), done.Batch, "B@example.com")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		_, err = s.Mails.Drop(t.Context(), done.Batch, "b@example.com")
		require.ErrorIs(t, err, db.ErrNotFound)
	})
}
