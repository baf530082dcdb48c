package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheStoreKnowsOneClock: the clocks of nodes differ, by an hour even. Leases, schedules and what expires go by that of the
// database: nothing in the store reads another one, but for the ids, which only have to be new.
func TestTheStoreKnowsOneClock(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	readers := map[string]int{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if n := len(regexp.MustCompile(`\btime\.(Now|Since|Until)\b`).FindAll(text, -1)); n > 0 && !strings.HasSuffix(name, "_test.go") {
			readers[name] = n
		}
	}
	require.Equal(t, map[string]int{"ids.go": 1}, readers)
	databases(t, func(t *testing.T, address string) {
		now, err := open(t, address).Now(t.Context())
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), now, time.Hour, "in milliseconds")
	})
}
