package worker

import (
	"errors"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoom(t *testing.T) {
	t.Parallel()
	var free, total uint64
	var problem error
	ask := func(string) (uint64, uint64, error) { return free, total, problem }
	const mb = 1 << 20
	for _, x := range []struct {
		name               string
		least, free, total uint64
		lacks              bool
	}{
		{"a large disk keeps 256 MB", 0, 256 * mb, 1 << 40, false},
		{"and not a byte less", 0, 256*mb - 1, 1 << 40, true},
		{"a small one keeps a tenth", 0, 100 * mb, 1000 * mb, false},
		{"and not less", 0, 99 * mb, 1000 * mb, true},
		{"what is asked for", 5 * mb, 5 * mb, 1 << 40, false},
		{"and not less than that", 5 * mb, 5*mb - 1, 1 << 40, true},
	} {
		free, total = x.free, x.total
		require.Equal(t, x.lacks, (&Room{Least: x.least, Free: ask}).Lacks() != "", x.name)
	}

	// The answer does not flip with every scan that ends.
	r := &Room{Free: ask}
	total = 1 << 40
	for _, step := range []struct {
		free  uint64
		lacks bool
	}{{300, false}, {250, true}, {300, true}, {319, true}, {320, false}, {256, false}, {255, true}} {
		free = step.free * mb
		require.Equal(t, step.lacks, r.Lacks() != "", "%d MB", step.free)
	}
	free = 12 * mb
	require.Equal(t, "the disk of the data folder has 12 MB left, and 256 MB are kept free for the database: free space there, or change --min-free", r.Lacks())
	problem = errors.New("a system that does not tell")
	require.Empty(t, r.Lacks())
	require.Empty(t, (*Room)(nil).Lacks())
}

// TestRoomOfTheSystem asks the system itself.
func TestRoomOfTheSystem(t *testing.T) {
	t.Parallel()
	if _, _, err := freeSpace(t.TempDir()); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the system does not tell")
	}
	require.Empty(t, (&Room{Dir: t.TempDir(), Least: 1}).Lacks())
	require.NotEmpty(t, (&Room{Dir: t.TempDir(), Least: math.MaxInt64}).Lacks())
	require.Empty(t, (&Room{Dir: filepath.Join(t.TempDir(), "gone"), Least: math.MaxInt64}).Lacks(), "an unknown size does not stop scans")
}
