package db

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cutwire"
	"github.com/sluice-scan/sluice/internal/testpostgres"
	"github.com/sluice-scan/sluice/internal/testwait"
)

// behindAWire connects to PostgreSQL through a wire. It creates no tables.
func behindAWire(t *testing.T) (*DB, *cutwire.Wire) {
	t.Helper()
	u, err := url.Parse(testpostgres.Given(t, os.Getenv(testpostgres.Variable)))
	require.NoError(t, err)
	wire, err := cutwire.Start(t.Context(), u.Host)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, wire.Close()) })
	u.Host = wire.Address()
	s := &DB{}
	require.NoError(t, s.connect(u.String()))
	s.link.start(t.Context())
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s, wire
}

// sleep runs a statement whose answer takes some time.
func (d *DB) sleep(ctx context.Context, seconds int) error {
	_, err := d.Read.ExecContext(ctx, fmt.Sprintf("select pg_sleep(%d)", seconds))
	return err
}

// TestWhatWaitsForASilentDatabaseEnds: a statement, a transaction and a new connection end when no answer comes any
// more, although they have no time limit. Further statements fail at once. Everything works again when the database is
// back.
func TestWhatWaitsForASilentDatabaseEnds(t *testing.T) {
	t.Parallel()
	for name, cut := range map[string]func(w *cutwire.Wire){"cut": (*cutwire.Wire).Cut, "frozen": (*cutwire.Wire).Freeze} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, wire := behindAWire(t)
			require.NoError(t, s.sleep(t.Context(), 0))
			transaction, err := s.Write.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			ended := make(chan error, 3)
			asked := make(chan struct{})
			go func() { close(asked); ended <- s.sleep(context.WithoutCancel(t.Context()), 3600) }()
			<-asked
			cut(wire)
			go func() {
				_, err := transaction.ExecContext(context.WithoutCancel(t.Context()), "select 1")
				ended <- err
			}()
			go func() { ended <- s.sleep(context.WithoutCancel(t.Context()), 3600) }()
			for range 3 {
				err := testwait.Receive(t, ended, "a statement that does not wait for ever")
				require.Error(t, err)
				require.True(t, Unavailable(err), "%T %v", err, err)
			}
			testwait.Until(t, s.link.isSilent)
			require.ErrorIs(t, s.sleep(t.Context(), 0), ErrSilent)
			wire.Heal()
			testwait.Until(t, func() bool { return s.sleep(t.Context(), 0) == nil })
		})
	}
}

// TestAStatementMayTakeLong: a database that works on a statement for longer than the watchdog's limit is not silent.
func TestAStatementMayTakeLong(t *testing.T) {
	t.Parallel()
	s, _ := behindAWire(t)
	require.NoError(t, s.sleep(t.Context(), int((maxMissed*(askEvery+answerTime)+time.Second)/time.Second)))
	require.False(t, s.link.isSilent())
}

// TestARefusalIsAnAnswer: a server without a free connection slot still works for its open connections.
func TestARefusalIsAnAnswer(t *testing.T) {
	t.Parallel()
	require.True(t, answers(nil))
	require.True(t, answers(&pgconn.PgError{Code: "53300"}), "too many connections")
	require.True(t, answers(&pgconn.PgError{Code: "28P01"}), "a wrong password")
	require.False(t, answers(&pgconn.PgError{Code: "57P03"}), "it starts")
	require.False(t, answers(context.DeadlineExceeded))
	require.False(t, answers(lost(os.ErrDeadlineExceeded)))
}
