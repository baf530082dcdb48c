package cache

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// The entries that this scan met or added stay, and as many of the others as there is room for.
func TestFullCache(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	full := sections{make([]byte, maxEntries*entrySize)}
	for i := range maxEntries {
		binary.BigEndian.PutUint64(full[textFiles][i*entrySize:], uint64(2*i))
	}
	first := Open(dir, "k")
	require.NoError(t, first.write(full.with(first.key, nil, func(int) bool { return true })))

	c := Open(dir, "k")
	require.Equal(t, maxEntries, c.old.len())
	for at := maxEntries / 2; at < maxEntries; at++ {
		c.met[at/32] |= 1 << (at % 32)
	}
	for i := range maxEntries / 4 {
		var e entry
		binary.BigEndian.PutUint64(e[:], uint64(2*i+1))
		c.added[e] = scan.Clean{Binary: true}
	}
	require.NoError(t, c.Save())
	c = Open(dir, "k")
	require.Equal(t, maxEntries, c.old.len())
	for _, test := range []struct {
		number, from uint64
		here         bool
	}{
		{0, textFiles, true}, {maxEntries/2 - 2, textFiles, true}, {maxEntries / 2, textFiles, false}, {maxEntries - 2, textFiles, false}, {maxEntries, textFiles, true},
		{2*maxEntries - 2, textFiles, true}, {1, binaryFiles, true}, {maxEntries/2 - 1, binaryFiles, true}, {maxEntries/2 + 1, binaryFiles, false},
	} {
		var e entry
		binary.BigEndian.PutUint64(e[:], test.number)
		clean, at := c.old.find(e)
		require.Equal(t, test.here, at >= 0, test.number)
		require.Equal(t, test.here && test.from == binaryFiles, clean.Binary, test.number)
	}
}
