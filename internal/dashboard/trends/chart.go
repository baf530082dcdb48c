package trends

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/scan"
)

// Charts are drawn on a plane of these units, which the style stretches to the width of the page.
const (
	planeWidth  = 1000.0
	planeHeight = 160.0
)

// chart is a picture of numbers by day, from the left to the right.
type chart struct {
	// Label says in a sentence what the picture shows.
	Label  string
	Series []series
	// Ticks are the numbers at the top, in the middle and at the bottom. Days are those at the left, in the middle and at
	// the right.
	Ticks, Days []string
	// Bars are rectangles; none in a chart of lines.
	Bars []bar
	// Zero is where the line of zero is.
	Zero string
}

// series is a line of a chart with its entry in the legend, or the entry of one kind of bars.
type series struct {
	Word, Class string
	// Path is the line in the words of SVG; empty for bars, and if no day has a number.
	Path string
	// Last is the last number, Change how it differs from the first one; empty if it does not, or is not known.
	Last, Change string
}

// bar is a rectangle; all but its class are units of the plane.
type bar struct{ Class, X, Y, Width, Height string }

// plot are the numbers of one line by day. A day without a number is a gap.
type plot struct {
	class  string
	word   string
	values []float64
}

// newLines gives a line for each severity, worst first.
func newLines(days int) []plot {
	list := make([]plot, len(scan.Severities))
	for i, severity := range scan.Severities {
		s := figure.SeverityOf(severity)
		list[i] = plot{class: s.Class, word: s.Word, values: make([]float64, days)}
		for day := range list[i].values {
			list[i].values[day] = math.NaN()
		}
	}
	return list
}

func (p *plot) set(day int, value float64) { p.values[day] = value }

// axisOf names the days below a chart.
func axisOf(from, to time.Time) []string {
	middle := from.Add(to.Sub(from) / 2)
	return []string{from.Format(time.DateOnly), middle.Format(time.DateOnly), to.Format(time.DateOnly)}
}

// lineChart draws lines from zero to the largest number. none is what the label says of a line without numbers.
func lineChart(label string, lines []plot, days []string, word func(float64) string, none string) chart {
	top := 0.0
	for i := range lines {
		for _, v := range lines[i].values {
			if v > top {
				top = v
			}
		}
	}
	top = ceiling(top)
	c := chart{Days: days, Ticks: []string{word(top), word(top / 2), "0"}, Zero: number(planeHeight)}
	var said []string
	for i := range lines {
		s := series{Word: lines[i].word, Class: lines[i].class, Path: lines[i].path(top)}
		first, last := lines[i].ends()
		if math.IsNaN(last) {
			said = append(said, s.Word+" "+none)
		} else {
			s.Last = word(last)
			said = append(said, s.Word+" "+s.Last)
			if change := last - first; change != 0 {
				s.Change = fmt.Sprintf("%+g", change)
			}
		}
		c.Series = append(c.Series, s)
	}
	c.Label = label + ". On the last day: " + strings.Join(said, ", ")
	return c
}

// ceiling is a round number at or above the largest one.
func ceiling(top float64) float64 {
	if top <= 2 {
		return 2
	}
	step := math.Pow(10, math.Floor(math.Log10(top)))
	for _, n := range []float64{1, 2, 4, 6, 8, 10} {
		if n*step >= top {
			return n * step
		}
	}
	return 10 * step
}

// ends are the first and the last number; NaN if there is none.
func (p *plot) ends() (first, last float64) {
	first, last = math.NaN(), math.NaN()
	for _, v := range p.values {
		if math.IsNaN(v) {
			continue
		}
		if math.IsNaN(first) {
			first = v
		}
		last = v
	}
	return first, last
}

// path is the line in the words of SVG. It breaks at gaps, and leaves out the days within a stretch that stays level.
func (p *plot) path(top float64) string {
	var b strings.Builder
	within := false
	for i, v := range p.values {
		if math.IsNaN(v) {
			within = false
			continue
		}
		x, y := number(across(i, len(p.values))), number(planeHeight-v/top*planeHeight)
		switch {
		case !within:
			// The stroke without a length is a dot, for a day between gaps.
			fmt.Fprintf(&b, "M%s %sh0", x, y)
		case i+1 < len(p.values) && p.values[i-1] == v && p.values[i+1] == v:
			continue
		default:
			fmt.Fprintf(&b, "L%s %s", x, y)
		}
		within = true
	}
	return b.String()
}

// across is where a day is.
func across(day, days int) float64 { return float64(day) / float64(max(1, days-1)) * planeWidth }

func number(f float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0") }
