package trends

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// TestFlowsEqualTheSlowCount of each day, for random lives of findings.
func TestFlowsEqualTheSlowCount(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		const first, last = int64(100), int64(130)
		var lives []status.Life
		for range random.IntN(12) {
			l := status.Life{Severity: scan.Severities[random.IntN(4)], From: 80 + random.Int64N(51), To: -1, Findings: 1 + random.IntN(4)}
			if random.IntN(2) == 0 {
				l.To = max(l.From, first) + random.Int64N(20)
			}
			lives = append(lives, l)
		}
		t1 := newTally(first, last)
		for _, l := range lives {
			t1.add(l)
		}
		got := t1.flows()
		require.Len(t, got, 31)
		for day := first; day <= last; day++ {
			want := Flow{Ages: map[scan.Severity]float64{}}
			ages := map[scan.Severity][]int64{}
			for _, l := range lives {
				for range l.Findings {
					if l.From == day {
						want.New++
					}
					if l.To == day {
						want.Fixed++
					}
					if l.From <= day && (l.To < 0 || l.To > day) {
						ages[l.Severity] = append(ages[l.Severity], day-l.From)
					}
				}
			}
			for severity, list := range ages {
				slices.Sort(list)
				want.Ages[severity] = float64(list[(len(list)-1)/2]+list[len(list)/2]) / 2
			}
			require.Equal(t, want, got[day-first], "day %d of %+v", day, lives)
		}
	}
	require.Empty(t, newTally(5, 4).flows())
}
