package trends

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestLinesBreakAtGaps, a day between gaps is a dot, and a level stretch has two points.
func TestLinesBreakAtGaps(t *testing.T) {
	t.Parallel()
	gap := math.NaN()
	for want, values := range map[string][]float64{
		"":                                {gap, gap},
		"M0 0h0L500 160":                  {2, 0, gap},
		"M0 160h0M1000 80h0":              {0, gap, 1},
		"M0 80h0L750 80L1000 0":           {1, 1, 1, 1, 2},
		"M250 80h0L500 80M1000 160h0":     {gap, 1, 1, gap, 0},
		"M0 0h0":                          {2},
		"M0 0h0L250 160L500 0L1000 0":     {2, 0, 2, 2, 2},
		"M0 160h0L250 160M750 0h0L1000 0": {0, 0, gap, 2, 2},
	} {
		p := plot{values: values}
		require.Equal(t, want, p.path(2), "%v", values)
	}
}

func TestTicksAreRoundNumbers(t *testing.T) {
	t.Parallel()
	for top, want := range map[float64]float64{0: 2, 1: 2, 2: 2, 3: 4, 5: 6, 7: 8, 9: 10, 10: 10, 11: 20, 59: 60, 61: 80, 101: 200, 999: 1000, 123456: 200000} {
		require.InDelta(t, want, ceiling(top), 0, "%v", top)
	}
}

// TestBarsAddUp: by day, and in a long period by weeks that end with the last day. Nothing is lost.
func TestBarsAddUp(t *testing.T) {
	t.Parallel()
	b := newBars(30)
	b.set(0, 1, 0)
	b.set(29, 3, 4)
	c := b.chart(axisOf(time.Unix(0, 0), time.Unix(0, 0)))
	require.Len(t, c.Bars, 3)
	require.Equal(t, bar{"came", "3.3", "60", "26.7", "20"}, c.Bars[0])
	require.Equal(t, bar{"went", "970", "80", "26.7", "80"}, c.Bars[2])
	require.Equal(t, "New and fixed findings by day: 4 new, 4 fixed in all", c.Label)
	b = newBars(365)
	for day := range 365 {
		b.set(day, 1, 0)
	}
	c = b.chart(nil)
	require.Len(t, c.Bars, 53)
	require.Contains(t, c.Label, "by week: 365 new, 0 fixed")
}
