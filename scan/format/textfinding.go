package format

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// advice is given once. A rule can have several, such as the versions that fix different packages.
type advice struct {
	engine     scan.Engine
	rule, text string
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
