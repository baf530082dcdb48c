package store

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testpostgres"
)

// TestFrozenTransactionEnds: PostgreSQL is told to end what a frozen node left open, and an address that says otherwise counts.
func TestFrozenTransactionEnds(t *testing.T) {
	t.Parallel()
	server := testpostgres.Given(t, os.Getenv(testpostgres.Variable))
	mark := "?"
	if strings.Contains(server, "?") {
		mark = "&"
	}
	for address, want := range map[string]string{server: "10s", server + mark + idleParameter + "=60000": "1min"} {
		s := &Store{}
		require.NoError(t, s.connect(t.Context(), address))
		var got string
		require.NoError(t, s.write.QueryRowContext(t.Context(), "show "+idleParameter).Scan(&got))
		require.Equal(t, want, got)
		require.NoError(t, s.Close())
	}
}
