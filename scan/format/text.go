package format

import (
	"bufio"
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

const (
	defaultWidth = 80
	minWidth     = 40
	defaultLimit = 50
	// maxFaults is the number of unread files and failures that are named.
	maxFaults = 10
	// gutter is the column in which the text of a finding begins.
	gutter = 12
)

// style is an ANSI SGR parameter for the 16 colours of every terminal theme.
type style string

const (
	bold    style = "1"
	faint   style = "2"
	red     style = "31"
	yellow  style = "33"
	blue    style = "34"
	cyan    style = "36"
	redBold style = "1;31"
	magenta style = "1;35"
)

var severityStyles = map[scan.Severity]style{
	scan.SeverityCritical: magenta, scan.SeverityHigh: redBold, scan.SeverityMedium: yellow, scan.SeverityLow: blue,
}

var stateStyles = map[scan.VerdictState]style{scan.StateSafe: "1;32", scan.StateUnsafe: redBold, scan.StateUnknown: "1;33", scan.StateUngated: bold, scan.StateIdle: "1;33"}

// terminal writes lines of at most width columns, as far as the words allow.
type terminal struct {
	w     *bufio.Writer
	width int
	color bool
	// compared is true if new findings are known.
	compared bool
	// advised contains the rules whose advice was already given.
	advised map[advice]bool
}

// writeText writes the report for a terminal: header, findings worst first, a table of engines, notes, and the verdict
// as the last line.
func writeText(w *bufio.Writer, r *scan.Result, options Options) error {
	t := &terminal{w: w, advised: map[advice]bool{}, color: options.Color, width: max(cmp.Or(options.Width, defaultWidth), minWidth)}
	t.header(r)
	t.findings(r, options)
	t.table(r)
	t.remarks(r)
	verdict := options.Gate.Verdict(r)
	t.line("", t.paint(stateStyles[verdict.State], verdict.Headline+"."), strings.TrimPrefix(verdict.String(), verdict.Headline+"."))
	return w.Flush()
}

func (t *terminal) paint(s style, text string) string {
	if !t.color || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

func (t *terminal) line(parts ...string) {
	_, _ = t.w.WriteString(strings.TrimRight(strings.Join(parts, ""), " ") + "\n")
}

// split writes a left and a right part at the two ends of a line; the widths are without colour codes.
func (t *terminal) split(left, right string, leftWidth, rightWidth int) {
	if right == "" {
		t.line(left)
		return
	}
	t.line(left, strings.Repeat(" ", max(t.width-leftWidth-rightWidth, 2)), right)
}

func (t *terminal) header(r *scan.Result) {
	var parts []string
	for _, part := range []string{r.Repository, shortHash(r.Commit), r.Branch} {
		if part != "" {
			parts = append(parts, display.Escape(part))
		}
	}
	words := strings.Join(parts, "  ")
	if r.Target != "" {
		words += " -> " + display.Escape(r.Target)
	}
	took := ""
	if r.Duration > 0 {
		took = seconds(r.Duration)
	}
	const title = "Security scan"
	words = display.CutMiddle(words, t.width-len(title)-2-len(took)-2)
	t.split(t.paint(bold, title)+"  "+words, t.paint(faint, took), len(title)+2+display.Width(words), len(took))
	t.line()
}

// seconds formats a duration in a suitable unit.
func seconds(d time.Duration) string {
	switch {
	case d < 100*time.Millisecond:
		return fmt.Sprintf("%d ms", max(d.Milliseconds(), 1))
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
}

// remarks writes what must be known before the numbers are trusted, and what is there and not shown.
func (t *terminal) remarks(r *scan.Result) {
	wrote := false
	say := func(s style, label, text string) {
		wrote = true
		const indent = "            "
		lines := display.Wrap(text, t.width-gutter)
		for i, line := range lines {
			if i == 0 {
				t.line("  ", t.paint(s, fmt.Sprintf("%-10s", label)), line)
				continue
			}
			t.line(indent, line)
		}
	}
	for i, f := range r.Unread {
		if i == maxFaults {
			say(redBold, "NOT READ", "and "+scan.Plural(len(r.Unread)-i, "more", "more"))
			break
		}
		say(redBold, "NOT READ", t.fault(f))
	}
	for i, f := range r.Failures {
		if i == maxFaults {
			say(redBold, "PARTLY", "and "+scan.Plural(len(r.Failures)-i, "more", "more"))
			break
		}
		say(redBold, "PARTLY", t.fault(f))
	}
	if advice := r.Advice(); advice != "" {
		say(yellow, "NOTE", advice)
	}
	for _, n := range r.Notes {
		say(yellow, "NOTE", display.Escape(cmp.Or(n.Text, n.Code)))
	}
	if wrote {
		t.line()
	}
}

func (t *terminal) fault(f scan.Failure) string {
	var words []string
	if f.Path != "" {
		words = append(words, display.CutMiddle(display.Escape(f.Path), t.width-gutter-2))
	}
	if f.Engine != "" {
		words = append(words, string(f.Engine))
	}
	return strings.Join(append(words, display.Escape(faultText(f))), ": ")
}
