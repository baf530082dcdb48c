package figure

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/store/status"
)

// Bar is a bar of statuses: what it counts, and how wide each part is.
type Bar struct {
	// Label says the numbers in a sentence.
	Label string
	// Parts are all statuses that the bar may show, also those without a number; Total adds them up.
	Parts []Part
	Total int
}

// Part is one status of a bar.
type Part struct {
	Look
	Count int
	// X and Width are in per cent, with their sign. Width is empty for a part without a number. Next is false for the first part that is shown,
	// which has no gap before it.
	X, Width string
	Next     bool
	// Fill is the paint: a colour, or a pattern over it.
	Fill string
}

// Number is the count for people.
func (p Part) Number() string { return Thousands(p.Count) }

// leastShare is the least share of a part that is shown, in per cent: three pixels and the gap of two, of the 200 pixels that the style
// gives a bar at least.
const leastShare = 2.5

// NewBar makes the bar of counts. partial is false where the status "partially scanned" is shown only when something has it.
func NewBar(of string, c status.Counts, partial bool) Bar {
	b := Bar{Total: c.Total()}
	numbers := map[status.Status]int{status.Secure: c.Secure, status.Vulnerable: c.Vulnerable, status.Outdated: c.Outdated, status.PartiallyScanned: c.PartiallyScanned, status.NotScanned: c.NotScanned}
	var counts []int
	var words []string
	for _, l := range Looks {
		n := numbers[l.Status]
		if l.Status == status.PartiallyScanned && !partial && n == 0 {
			continue
		}
		p := Part{Look: l.Look, Count: n, Fill: "var(--" + l.Class + ")"}
		if l.Status == status.Outdated || l.Status == status.NotScanned {
			p.Fill = "url(#" + l.Class + ")"
		}
		b.Parts, counts = append(b.Parts, p), append(counts, n)
		words = append(words, strings.ToLower(l.Word)+" "+Thousands(n))
	}
	b.Label = of + ": " + strings.Join(words, ", ")
	x, shown := 0.0, false
	for i, width := range shares(counts) {
		if width == 0 {
			continue
		}
		p := &b.Parts[i]
		p.X, p.Width, p.Next = percent(x), percent(width), shown
		x, shown = x+width, true
	}
	return b
}

func percent(f float64) string { return fmt.Sprintf("%.3f%%", f) }

// shares divides a hundred per cent by counts. What is above zero gets leastShare at least, and the others give that up in proportion. All
// are zero when all counts are.
func shares(counts []int) []float64 {
	list := make([]float64, len(counts))
	total := 0
	for _, n := range counts {
		total += n
	}
	if total == 0 {
		return list
	}
	rest, restTotal := 100.0, total
	// What is too small is settled first; each of them makes the rest smaller, so that more may be too small then.
	for again := true; again; {
		again = false
		for i, n := range counts {
			if n > 0 && list[i] == 0 && rest*float64(n)/float64(restTotal) < leastShare {
				list[i] = leastShare
				rest, restTotal, again = rest-leastShare, restTotal-n, true
			}
		}
	}
	for i, n := range counts {
		if n > 0 && list[i] == 0 {
			list[i] = rest * float64(n) / float64(restTotal)
		}
	}
	return list
}

// Severity is a severity as pages draw it, with a number of open findings.
type Severity struct {
	Letter, Word, Class string
	Count               int
}

// Number is the count for people.
func (s Severity) Number() string { return Thousands(s.Count) }

// Open are open findings by severity. Known is false where nothing was scanned: then nobody knows.
type Open struct {
	Known      bool
	Severities []Severity
	Label      string
}

func NewOpen(c status.OpenCounts, scanned bool) Open {
	o := Open{Known: scanned, Severities: []Severity{{"C", "critical", "critical", c.Critical}, {"H", "high", "high", c.High}, {"M", "medium", "medium", c.Medium}, {"L", "low", "low", c.Low}}}
	var words []string
	for _, s := range o.Severities {
		words = append(words, s.Number()+" "+s.Word)
	}
	o.Label = strings.Join(words, ", ")
	return o
}
