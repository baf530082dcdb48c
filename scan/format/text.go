package format

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
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

// advice is given once. A rule can have several, such as the versions that fix different packages.
type advice struct {
	engine     scan.Engine
	rule, text string
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

func (t *terminal) findings(r *scan.Result, options Options) {
	limit := cmp.Or(options.Limit, defaultLimit)
	t.compared = r.Compared()
	shown, live := 0, 0
	for _, bundle := range r.Bundles() {
		live += len(bundle)
		if limit < 0 || shown < limit {
			shown += len(bundle)
			t.finding(bundle)
		}
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; !f.Live() && options.ShowSuppressed {
			t.finding(scan.Bundle{f})
		}
	}
	if live > shown {
		words := "... and " + scan.Plural(live-shown, "more finding", "more findings") + ", none worse than these. "
		if options.More != "" {
			words += "All of them: " + display.Escape(options.More)
		} else {
			words += "All of them: --format html=report.html"
		}
		t.wrapped("  ", 2, words, bold)
		t.line()
	}
}

func (t *terminal) finding(bundle scan.Bundle) {
	f := bundle[0]
	badge := ""
	switch {
	case !f.Live():
		badge = t.paint(faint, "SUPPRESSED")
	case bundle.New() && t.compared:
		badge = t.paint(cyan, "NEW")
	}
	badgeWidth := map[bool]int{true: len("SUPPRESSED"), false: len("NEW")}[!f.Live()]
	room := t.width - gutter
	name := fmt.Sprintf("  %-10s", f.Severity)
	style := severityStyles[f.Severity]
	if !f.Live() {
		style = faint
	}
	for i, line := range display.Wrap(display.Escape(cmp.Or(bundle.Title(), f.RuleID)), room-badgeWidth-2) {
		if i == 0 {
			t.split(t.paint(style, name)+t.paint(bold, line), badge, gutter+display.Width(line), badgeWidth)
			continue
		}
		t.line(strings.Repeat(" ", gutter), t.paint(bold, line))
	}
	indent := strings.Repeat(" ", gutter)
	t.where(f)
	if f.Excerpt != "" {
		text := excerptOf(f).each(visibleCode).fit(room)
		t.line(indent, text.before, t.paint(yellow, text.mark), text.after)
		if f.Dependency != nil {
			t.some([]string{display.Escape(strings.Join(bundle.IDs(), ", "))}, 2)
		}
	} else {
		t.some(visibleLines(f.Message), 3)
	}
	if f.Suppression != nil {
		t.wrapped(indent, gutter, strings.Join(suppressionWords(f.Suppression), ", "), faint)
	} else {
		t.advise(f)
	}
	t.line()
}

// advise says what to do and where to read more, once for each rule. The link is never cut.
func (t *terminal) advise(f *scan.Finding) {
	lines, link := visibleLines(f.Remediation), display.Escape(weblink.Safe(f.Link))
	key := advice{f.Engine, f.RuleID, f.Remediation + "\x00" + link}
	if t.advised[key] {
		return
	}
	t.advised[key] = true
	if len(lines) > 2 {
		lines = append(lines[:1:1], lines[1]+display.Ellipsis)
	}
	const limit = 6
	if link != "" && len(lines) > 0 {
		joined := slices.Clone(lines)
		last := &joined[len(joined)-1]
		*last = strings.TrimRight(*last, ".: ") + ": " + link
		if t.count(joined) <= limit {
			lines, link = joined, ""
		}
	}
	t.some(lines, limit)
	if link != "" {
		t.some([]string{link}, t.count([]string{link}))
	}
}

// count returns the number of lines of paragraphs.
func (t *terminal) count(paragraphs []string) int {
	n := 0
	for _, p := range paragraphs {
		n += len(display.Wrap(p, t.width-gutter))
	}
	return n
}

// some writes wrapped paragraphs, at most limit lines of them.
func (t *terminal) some(paragraphs []string, limit int) {
	indent := strings.Repeat(" ", gutter)
	var lines []string
	for _, p := range paragraphs {
		lines = append(lines, display.Wrap(p, t.width-gutter)...)
	}
	for i, line := range lines {
		if i == limit {
			t.line(indent, display.Ellipsis)
			return
		}
		t.line(indent, line)
	}
}

// where writes the place, cut in the middle if it is long, and then everything else that is known about it.
func (t *terminal) where(f *scan.Finding) {
	var facts []string
	if f.Commit != "" {
		facts = append(facts, "in commit "+shortHash(f.Commit))
	}
	switch verified := verifiedWords(f.Verified); {
	case verified != "":
		facts = append(facts, verified)
	case f.Confidence == scan.ConfidenceCertain:
		facts = append(facts, "verified")
	case f.Confidence == scan.ConfidenceLow:
		facts = append(facts, "low confidence")
	}
	if d := f.Dependency; d != nil && d.Exploited {
		facts = append(facts, "exploited")
	}
	if f.Related != "" {
		facts = append(facts, display.Escape(f.Related))
	}
	room := t.width - gutter
	file := display.Escape(cmp.Or(f.Path, "(no file)"))
	line := strings.TrimPrefix(place(f), file)
	fact := display.CutEnd(strings.Join(facts, ", "), max(room/2, room-display.Width(file)-len(line)-2))
	if fact != "" {
		room -= display.Width(fact) + 2
	}
	file = display.CutMiddle(file, room-len(line))
	gap := ""
	if fact != "" {
		gap = strings.Repeat(" ", max(min(30, room)-display.Width(file)-len(line), 0)+2)
	}
	t.line(strings.Repeat(" ", gutter), file, line, gap, t.paint(faint, fact))
}

// verifiedWords says what the provider of a secret answered; empty if it was not asked.
func verifiedWords(v scan.VerifyState) string {
	switch v {
	case scan.VerifyActive:
		return "active"
	case scan.VerifyRevoked:
		return "revoked"
	case scan.VerifyUnknown:
		return "may be active"
	}
	return ""
}

// wrapped writes text with an indent, which the following lines have too.
func (t *terminal) wrapped(indent string, columns int, text string, s style) {
	for _, line := range display.Wrap(text, t.width-columns) {
		t.line(indent, t.paint(s, line))
	}
}

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
