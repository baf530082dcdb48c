package db

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testpostgres"
)

// TestFrozenTransactionEnds: PostgreSQL is told to end the transactions of a frozen node, and a setting in the address
// takes precedence.
func TestFrozenTransactionEnds(t *testing.T) {
	t.Parallel()
	server := testpostgres.Given(t, os.Getenv(testpostgres.Variable))
	mark := "?"
	if strings.Contains(server, "?") {
		mark = "&"
	}
	for address, want := range map[string]string{server: "10s", server + mark + idleParameter + "=60000": "1min"} {
		s := &DB{}
		require.NoError(t, s.connect(address))
		var got string
		require.NoError(t, s.Write.QueryRowContext(t.Context(), "show "+idleParameter).Scan(&got))
		require.Equal(t, want, got)
		require.NoError(t, s.Close())
	}
}
