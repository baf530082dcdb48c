package store_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheStoreKnowsOneClock: the clocks of nodes may differ, even by an hour. Leases, schedules and expiries use the
// database's clock. The store reads another clock only for ids, which just have to be new, and for how long something took in this process.
func TestTheStoreKnowsOneClock(t *testing.T) {
	t.Parallel()
	readers := map[string]int{}
	require.NoError(t, filepath.WalkDir(".", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if n := len(regexp.MustCompile(`\btime\.(Now|Since|Until)\b`).FindAll(text, -1)); n > 0 {
			readers[filepath.ToSlash(name)] = n
		}
		return err
	}))
	require.Equal(t, map[string]int{"db/ids.go": 1, "queue/progress.go": 3}, readers)
	databases(t, func(t *testing.T, address string) {
		now, err := open(t, address).Now(t.Context())
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), now, time.Hour, "in milliseconds")
	})
}
