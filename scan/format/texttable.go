package format

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// table writes what each engine found. An engine that did not run has no numbers, because zero would be a claim.
func (t *terminal) table(r *scan.Result) {
	ran, missing := engineTables(r)
	if len(ran) == 0 {
		return
	}
	width := minEngine
	for _, e := range slices.Concat(ran, missing) {
		width = max(width, len(e))
	}
	facts := statsWords(r.Stats)
	heading := fmt.Sprintf("  %-*s  %8s  %4s  %6s  %3s  %6s", width, "", "critical", "high", "medium", "low", "new")
	if facts != "" && len(heading)+5+len(facts) <= t.width {
		t.line(t.paint(faint, heading), "     ", t.paint(faint, facts))
		facts = ""
	} else {
		t.line(t.paint(faint, heading))
	}
	for _, e := range ran {
		c := r.Count(e)
		// If nothing could be looked up, zeros would be a claim.
		if n := r.NotChecked(); e.Info().Packages && n > 0 && r.DataDate.IsZero() && c.Total() == 0 {
			t.line(fmt.Sprintf("  %-*s  ", width, e), t.paint(yellow, "not checked: "+scan.Plural(n, "package", "packages")))
			continue
		}
		t.line(fmt.Sprintf("  %-*s", width, e), t.cell(c.Critical, 10, magenta), t.cell(c.High, 6, redBold), t.cell(c.Medium, 8, yellow),
			t.cell(c.Low, 5, blue), t.newCell(c.New, 8))
	}
	for _, e := range missing {
		t.line(fmt.Sprintf("  %-*s  ", width, e), t.paint(faint, e.Info().NotRun()))
	}
	if facts != "" {
		t.line()
		t.wrapped("  ", 2, facts+" read", faint)
	}
	t.line()
}

// newCell shows the number of new findings, or that there was no base.
const minEngine = 12

// statsWords says what was read: "1,204 files, 18.4 MB, 3 archives, 96 commits".
func (t *terminal) newCell(n, columns int) string {
	if !t.compared {
		return strings.Repeat(" ", columns-1) + t.paint(faint, "-")
	}
	return t.cell(n, columns, cyan)
}

func (t *terminal) cell(n, columns int, s style) string {
	if n == 0 {
		s = faint
	}
	digits := strconv.Itoa(n)
	return strings.Repeat(" ", max(columns-len(digits), 1)) + t.paint(s, digits)
}

// size formats bytes in decimal units.
func statsWords(s scan.Stats) string {
	if s == (scan.Stats{}) {
		return ""
	}
	words := []string{scan.Plural(s.Files, "file", "files"), size(s.Bytes)}
	if s.Archives > 0 {
		words = append(words, scan.Plural(s.Archives, "archive", "archives"))
	}
	if s.Commits > 0 {
		words = append(words, scan.Plural(s.Commits, "commit", "commits"))
	}
	return strings.Join(words, ", ")
}

// remarks writes what the reader must know before trusting the numbers, and what is not shown.
func size(bytes int64) string {
	value, unit := float64(bytes), 0
	units := [...]string{"bytes", "kB", "MB", "GB", "TB"}
	for value >= 999.95 && unit < len(units)-1 {
		value /= 1000
		unit++
	}
	if unit == 0 {
		return scan.Thousands(bytes) + " " + units[0]
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + " " + units[unit]
}
