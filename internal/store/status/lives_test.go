package status

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// TestLivesAreReadAsTheyWereWritten in the order of the query that adds them up.
func TestLivesAreReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(40, 1))
	for range 100 {
		var want []Life
		for severity := scan.SeverityLow; severity <= scan.SeverityCritical; severity++ {
			from := int64(0)
			for range random.IntN(5) {
				from += random.Int64N(20_000)
				for to := int64(-1); to < from+1000; to = from + random.Int64N(2000) {
					want = append(want, Life{severity, from, to, 1 + random.IntN(1000)})
				}
			}
		}
		var got []Life
		require.NoError(t, EachLife(encodeLives(want), func(l Life) { got = append(got, l) }))
		require.Equal(t, want, got)
	}
}

// TestDamagedLivesAreAnError, wherever the value breaks off.
func TestDamagedLivesAreAnError(t *testing.T) {
	t.Parallel()
	text := encodeLives([]Life{{scan.SeverityHigh, 20_000, 20_300, 1000}})
	for n := 1; n < len(text); n++ {
		require.ErrorIs(t, EachLife(text[:n], func(Life) {}), errLives, n)
	}
	require.ErrorIs(t, EachLife([]byte{3, 2, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, func(Life) {}), errLives)
}
