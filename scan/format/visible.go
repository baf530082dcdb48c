package format

import (
	"strings"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// visibleCode is [display.Escape] for a line of code: a tab becomes four spaces.
func visibleCode(s string) string {
	return display.Escape(strings.ReplaceAll(strings.TrimSuffix(s, "\r"), "\t", "    "))
}

// visibleLines is [display.Escape] for text of several lines, which it keeps.
func visibleLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = display.Escape(strings.TrimSpace(strings.ReplaceAll(line, "\t", " "))); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// excerpt is the line of a finding in three parts: before the mark, the mark, and after it.
type excerpt struct{ before, mark, after string }

// excerptOf splits the excerpt. It moves offsets that are out of range or inside a character to a valid position.
func excerptOf(f *scan.Finding) excerpt {
	start := min(max(f.MarkStart, 0), len(f.Excerpt))
	end := min(max(f.MarkEnd, start), len(f.Excerpt))
	for start > 0 && start < len(f.Excerpt) && !utf8.RuneStart(f.Excerpt[start]) {
		start--
	}
	for end < len(f.Excerpt) && !utf8.RuneStart(f.Excerpt[end]) {
		end++
	}
	return excerpt{f.Excerpt[:start], f.Excerpt[start:end], f.Excerpt[end:]}
}

// each applies a function to the three parts.
func (e excerpt) each(change func(string) string) excerpt {
	return excerpt{change(e.before), change(e.mark), change(e.after)}
}

func (e excerpt) String() string { return e.before + e.mark + e.after }

// fit cuts the excerpt to a number of columns, around the mark.
func (e excerpt) fit(columns int) excerpt {
	if display.Width(e.String()) <= columns {
		return e
	}
	e.mark = display.CutMiddle(e.mark, columns)
	left := columns - display.Width(e.mark)
	// One side may use the room that the other does not need. The text before the mark gets more room, because it says more
	// than the text after it.
	before := min(display.Width(e.before), max(left-display.Width(e.after), left*2/3))
	e.before = display.CutStart(e.before, before)
	e.after = display.CutEnd(e.after, left-display.Width(e.before))
	return e
}
