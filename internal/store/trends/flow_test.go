package trends

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
)

// TestFlowsEqualTheSlowCount of each day, for random lives of findings.
func TestFlowsEqualTheSlowCount(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		const first, last = int64(100), int64(130)
		var lives []life
		for range random.IntN(12) {
			l := life{severity: scan.Severities[random.IntN(4)], from: 80 + random.Int64N(51), to: -1, findings: 1 + random.IntN(4)}
			if random.IntN(2) == 0 {
				l.to = max(l.from, first) + random.Int64N(20)
			}
			lives = append(lives, l)
		}
		got := flows(lives, first, last)
		require.Len(t, got, 31)
		for day := first; day <= last; day++ {
			want := Flow{Ages: map[scan.Severity]float64{}}
			ages := map[scan.Severity][]int64{}
			for _, l := range lives {
				for range l.findings {
					if l.from == day {
						want.New++
					}
					if l.to == day {
						want.Fixed++
					}
					if l.from <= day && (l.to < 0 || l.to > day) {
						ages[l.severity] = append(ages[l.severity], day-l.from)
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
	require.Empty(t, flows(nil, 5, 4))
}
