package display

import (
	"strings"
	"unicode/utf8"
)

// Line puts s on one line: a tab and each end of a line become one blank, other hidden characters are left out, and bytes that
// are no UTF-8 become U+FFFD. The colours of a terminal lose their escape character, so that their digits stay as text.
func Line(s string) string {
	if isPlain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\t', r == '\u2028', r == '\u2029':
			return ' '
		case Hidden(r) && r != joiner:
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n"))
}

// Words is [Line] with one blank between two words, and none around them.
func Words(s string) string { return strings.Join(strings.Fields(Line(s)), " ") }

// Text keeps the lines of s: their ends become "\n", a tab becomes a blank, other hidden characters are left out, bytes that are
// no UTF-8 become U+FFFD, and no space is left around the whole.
func Text(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			return '\n'
		case r == '\t':
			return ' '
		case Hidden(r) && r != joiner:
			return -1
		}
		return r
	}, s))
}

// Code makes one line of a file safe to show and keeps what it looks like: tabs become four blanks, and what would move the
// cursor or turn the direction of text is left out. Characters that only hide stay; a form that shows the line escapes them.
func Code(line []byte) string {
	if isPlain(line) {
		return string(line)
	}
	var b strings.Builder
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		switch {
		case r == '\t':
			b.WriteString("    ")
		case !turns(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
