package display

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Ellipsis stands where text was cut. It is one column wide.
const Ellipsis = "…"

// Width is the number of columns that a terminal takes for s, which holds no hidden characters.
func Width(s string) int {
	n := 0
	for s != "" {
		_, rest, width := first(s)
		n, s = n+width, rest
	}
	return n
}

// first gives the first character of s as people see one (with its marks, or an emoji with its parts), what follows it, and its
// width: a grapheme cluster (https://www.unicode.org/reports/tr29/) by its East Asian width (https://www.unicode.org/reports/tr11/).
func first(s string) (character, rest string, width int) {
	// A character that another ASCII character follows is whole.
	if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1], s[1:], 1
	}
	character, rest, width, _ = uniseg.FirstGraphemeClusterInString(s, -1)
	// A terminal has no character of more than two columns.
	return character, rest, min(width, 2)
}

// head is the longest beginning of s that fits into columns. It looks at no more of s.
func head(s string, columns int) string {
	rest := s
	for rest != "" {
		_, after, width := first(rest)
		if columns -= width; columns < 0 {
			break
		}
		rest = after
	}
	return s[:len(s)-len(rest)]
}

// tail is the longest end of s that fits into columns.
func tail(s string, columns int) string {
	skip := Width(s) - columns
	for s != "" && skip > 0 {
		_, rest, width := first(s)
		skip, s = skip-width, rest
	}
	return s
}

// CutEnd shortens s to some columns at its end, with an Ellipsis. Nothing is left where there is no column.
func CutEnd(s string, columns int) string {
	switch {
	case head(s, columns) == s:
		return s
	case columns < 1:
		return ""
	}
	return head(s, columns-1) + Ellipsis
}

// CutStart shortens s to some columns at its beginning, where the less telling part of a path is.
func CutStart(s string, columns int) string {
	switch {
	case Width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	return Ellipsis + tail(s, columns-1)
}

// CutMiddle shortens s to some columns in its middle. It keeps more of the end, where a path has its file.
func CutMiddle(s string, columns int) string {
	switch {
	case Width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	left := (columns - 1) / 3
	return head(s, left) + Ellipsis + tail(s, columns-1-left)
}

// Wrap breaks s at spaces into lines of at most columns. A word that is longer, such as an address, is broken behind one of
// its own marks, else where it has to be: a terminal would break it at its edge, and begin the rest in the first column.
func Wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		part := head(word, columns)
		if part == word && line != "" && used+1+Width(word) <= columns {
			line += " " + word
			used += 1 + Width(word)
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for part != word && columns > 0 {
			part = breakWord(word, part)
			lines = append(lines, part)
			word = word[len(part):]
			part = head(word, columns)
		}
		line, used = word, Width(word)
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// breakWord gives the part of a word that stands on its first line, into which fits goes: up to the last mark in the second half.
func breakWord(word, fits string) string {
	if fits == "" {
		// One character that is wider than the line.
		character, _, _ := first(word)
		return character
	}
	if at := strings.LastIndexAny(fits, "/?&=#-._,;"); at >= len(fits)/2 {
		return fits[:at+1]
	}
	return fits
}
