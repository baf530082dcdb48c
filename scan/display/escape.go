package display

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Escape makes s safe on one line: hidden characters, and bytes that are not UTF-8, appear as escapes ("\x1b", "\u202e",
// "\n"). Use it, or [Line], which removes them, for all text of files or other tools that goes to a terminal, a page or
// a table.
func Escape(s string) string { return EscapeBut(s, "") }

// EscapeBut is [Escape], except for the characters of keep.
func EscapeBut(s, keep string) string {
	escaped := func(r rune) bool { return Hidden(r) && !strings.ContainsRune(keep, r) }
	if isPlain(s) || utf8.ValidString(s) && !strings.ContainsFunc(s, escaped) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !escaped(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}
