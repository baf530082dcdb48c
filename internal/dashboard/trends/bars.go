package trends

import (
	"fmt"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
)

// longest is the number of bars that a chart shows at most; longer periods are added up by week.
const longest = 90

// bars are what came and what went, by day.
type bars struct {
	came, went []int
	// known is false for a day that nobody knows.
	known []bool
}

func newBars(days int) *bars {
	return &bars{make([]int, days), make([]int, days), make([]bool, days)}
}

func (b *bars) set(day, came, went int) { b.came[day], b.went[day], b.known[day] = came, went, true }

// chart draws what came upwards and what went downwards. Weeks end with the last day.
func (b *bars) chart(days []string) chart {
	step, of := 1, "day"
	if len(b.came) > longest {
		step, of = 7, "week"
	}
	type sum struct{ from, to, came, went int }
	var sums []sum
	most, came, went := 0, 0, 0
	for to := len(b.came); to > 0; to -= step {
		s := sum{from: max(0, to-step), to: to}
		for i := s.from; i < to; i++ {
			s.came, s.went = s.came+b.came[i], s.went+b.went[i]
		}
		most, came, went = max(most, s.came, s.went), came+s.came, went+s.went
		sums = append(sums, s)
	}
	top := ceiling(float64(most))
	half := planeHeight / 2
	c := chart{Days: days, Ticks: []string{figure.Thousands(int(top)), "0", figure.Thousands(int(top))}, Zero: number(half), Label: fmt.Sprintf("New and fixed findings by %s: %s new, %s fixed in all", of, figure.Thousands(came), figure.Thousands(went))}
	c.Series = []series{{Word: "new", Class: "came", Last: figure.Thousands(came)}, {Word: "fixed", Class: "went", Last: figure.Thousands(went)}}
	unit := planeWidth / float64(len(b.came))
	for i := len(sums) - 1; i >= 0; i-- {
		s := sums[i]
		x, width := number(float64(s.from)*unit+unit*.1), number(float64(s.to-s.from)*unit-unit*.2)
		if s.came > 0 {
			height := float64(s.came) / top * half
			c.Bars = append(c.Bars, bar{Class: "came", X: x, Y: number(half - height), Width: width, Height: number(height)})
		}
		if s.went > 0 {
			c.Bars = append(c.Bars, bar{Class: "went", X: x, Y: number(half), Width: width, Height: number(float64(s.went) / top * half)})
		}
	}
	return c
}
