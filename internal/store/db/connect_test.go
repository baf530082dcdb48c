package db

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testpostgres"
)

// TestParametersOfPostgres: PostgreSQL ends the transactions of a frozen node and compiles no queries. A setting in the
// address takes precedence.
func TestParametersOfPostgres(t *testing.T) {
	t.Parallel()
	server := testpostgres.Given(t, os.Getenv(testpostgres.Variable))
	mark := "?"
	if strings.Contains(server, "?") {
		mark = "&"
	}
	const idle = "idle_in_transaction_session_timeout"
	for _, c := range []struct{ more, name, want string }{{"", idle, "10s"}, {mark + idle + "=60000", idle, "1min"}, {"", "jit", "off"}, {mark + "jit=on", "jit", "on"}} {
		s := &DB{}
		require.NoError(t, s.connect(server+c.more))
		var got string
		require.NoError(t, s.Write.QueryRowContext(t.Context(), "show "+c.name).Scan(&got))
		require.Equal(t, c.want, got)
		require.NoError(t, s.Close())
	}

}
