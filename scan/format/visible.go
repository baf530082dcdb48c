package format

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan"
)

// visible makes s safe and unambiguous on one line: it escapes control characters, characters that reorder or hide text,
// and invalid UTF-8 ("\x1b", "\u202e", "\n"). All text of a file or of another tool must pass through it before it
// reaches a terminal, a page or a table.
func visible(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80 && unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		case hidden(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case hidden(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, hidden)
}

// hidden reports characters that move the cursor, reorder text, have no width, or have no common meaning; these include
// the characters that XML 1.0 does not have.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point)
}

// visibleCode is visible for a line of code: a tab becomes four spaces.
func visibleCode(s string) string {
	return visible(strings.ReplaceAll(strings.TrimSuffix(s, "\r"), "\t", "    "))
}

// visibleLines is visible for text of several lines, which it keeps.
func visibleLines(s string) []string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = visible(strings.TrimSpace(strings.ReplaceAll(line, "\t", " "))); line != "" {
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
	if width(e.String()) <= columns {
		return e
	}
	e.mark = cutMiddle(e.mark, columns)
	left := columns - width(e.mark)
	// One side may use the room that the other does not need. The text before the mark gets more room, because it says more
	// than the text after it.
	before := min(width(e.before), max(left-width(e.after), left*2/3))
	e.before = cutStart(e.before, before)
	e.after = cutEnd(e.after, left-width(e.before))
	return e
}
