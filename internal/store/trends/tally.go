package trends

import (
	"math/bits"

	"github.com/sluice-scan/sluice/internal/store/status"
	"github.com/sluice-scan/sluice/scan"
)

// tally adds lives up by day.
type tally struct {
	first, last int64
	severities  map[scan.Severity]*crowd
}

// crowd are the findings of a severity. came has a number for each day up to the last one. went has, for each day of the
// period, when those came that went on it, with their number.
type crowd struct {
	came []int
	went [][]arrival
}

type arrival struct {
	day      int64
	findings int
}

func newTally(first, last int64) *tally {
	t := &tally{first: first, last: last, severities: map[scan.Severity]*crowd{}}
	for _, severity := range scan.Severities {
		t.severities[severity] = &crowd{came: make([]int, max(0, last+1)), went: make([][]arrival, max(0, last-first+1))}
	}
	return t
}

// add adds a life. One that lies before or after the period counts nothing.
func (t *tally) add(l status.Life) {
	c := t.severities[l.Severity]
	if c == nil || l.From > t.last || l.To >= 0 && l.To < t.first {
		return
	}
	from := max(0, l.From)
	c.came[from] += l.Findings
	if l.To >= 0 && l.To <= t.last {
		c.went[l.To-t.first] = append(c.went[l.To-t.first], arrival{from, l.Findings})
	}
}

// flows returns the flow of each day of the period.
func (t *tally) flows() []Flow {
	list := make([]Flow, max(0, t.last-t.first+1))
	for i := range list {
		list[i].Ages = map[scan.Severity]float64{}
	}
	for severity, c := range t.severities {
		here := newRanks(len(c.came))
		for from := range min(t.first, int64(len(c.came))) {
			here.add(from, c.came[from])
		}
		for i := range list {
			day := t.first + int64(i)
			list[i].New += c.came[day]
			here.add(day, c.came[day])
			for _, a := range c.went[i] {
				list[i].Fixed += a.findings
				here.add(a.day, -a.findings)
			}
			if n := here.total; n > 0 {
				// The median is in the middle of the two findings in the middle.
				list[i].Ages[severity] = float64(2*day-here.nth((n-1)/2)-here.nth(n/2)) / 2
			}
		}
	}
	return list
}

// ranks finds the day on which the finding with an index came, counted from the oldest: a tree of sums of numbers by day
// (Fenwick, "A new data structure for cumulative frequency tables", 1994).
type ranks struct {
	sums  []int
	total int
}

func newRanks(days int) *ranks { return &ranks{sums: make([]int, days+1)} }

func (r *ranks) add(day int64, n int) {
	if n == 0 {
		return
	}
	r.total += n
	for i := int(day) + 1; i < len(r.sums); i += i & -i {
		r.sums[i] += n
	}
}

func (r *ranks) nth(index int) int64 {
	at := 0
	for step := 1 << bits.Len(uint(len(r.sums))); step > 0; step /= 2 {
		if next := at + step; next < len(r.sums) && r.sums[next] <= index {
			at = next
			index -= r.sums[next]
		}
	}
	return int64(at)
}
