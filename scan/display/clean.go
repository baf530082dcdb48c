package display

import (
	"strings"
	"unicode/utf8"
)

// Line puts s on one line: it replaces each tab and line end by one blank, removes other hidden characters, and replaces
// bytes that are not UTF-8 by U+FFFD. Terminal colours lose their escape character, and their digits stay as text.
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

// Words is [Line] with single blanks between words and none at the ends.
func Words(s string) string { return strings.Join(strings.Fields(Line(s)), " ") }

// Text keeps the lines of s. It normalises line ends to "\n", replaces tabs by blanks, removes other hidden characters,
// replaces bytes that are not UTF-8 by U+FFFD, and trims white space.
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

// Code makes one line of a file safe to show and keeps its appearance: tabs become four blanks, and characters that move
// the cursor or change the direction of text are removed. Other hidden characters stay; the format that shows the line
// escapes them.
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
