package figure

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSharesOfABar leave nothing out that is above zero, and fill the bar.
func TestSharesOfABar(t *testing.T) {
	t.Parallel()
	for _, counts := range [][]int{{1}, {1, 1}, {10000, 1, 0, 1}, {1, 1, 1, 1, 1_000_000}, {0, 3, 200, 4, 0}} {
		total := 0.0
		for i, share := range shares(counts) {
			require.Equal(t, counts[i] == 0, share == 0, counts)
			require.True(t, share == 0 || share >= 2.5, "%v %v", counts, share)
			total += share
		}
		require.InDelta(t, 100, total, 1e-9)
	}
	require.Equal(t, []float64{0, 0}, shares([]int{0, 0}))
}
