package display

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Ellipsis replaces text that was cut. It is one column wide.
const Ellipsis = "…"

// Width is the number of terminal columns of s, which must not contain hidden characters.
func Width(s string) int {
	n := 0
	for s != "" {
		_, rest, width := first(s)
		n, s = n+width, rest
	}
	return n
}

// first returns the first character of s as a person sees it (with its marks, or an emoji with its parts), the rest of
// s, and the character's width: a grapheme cluster (https://www.unicode.org/reports/tr29/) by its East Asian width
// (https://www.unicode.org/reports/tr11/).
func first(s string) (character, rest string, width int) {
	// An ASCII character before another ASCII character is complete.
	if s[0] >= ' ' && s[0] <= '~' && (len(s) == 1 || s[1] < utf8.RuneSelf) {
		return s[:1], s[1:], 1
	}
	character, rest, width, _ = uniseg.FirstGraphemeClusterInString(s, -1)
	// Terminals show no character in more than two columns.
	return character, rest, min(width, 2)
}

// head is the longest beginning of s that fits into columns. It reads no more of s.
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

// CutEnd cuts the end of s to fit into columns, and adds an Ellipsis. Without a column the result is empty.
func CutEnd(s string, columns int) string {
	switch {
	case head(s, columns) == s:
		return s
	case columns < 1:
		return ""
	}
	return head(s, columns-1) + Ellipsis
}

// CutStart cuts the beginning of s to fit into columns. The beginning is the less useful part of a path.
func CutStart(s string, columns int) string {
	switch {
	case Width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	return Ellipsis + tail(s, columns-1)
}

// CutMiddle cuts the middle of s to fit into columns. It keeps more of the end, where a path has its file name.
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

// Wrap breaks s at spaces into lines of at most columns. It breaks a longer word, such as an address, after a
// punctuation mark in it, else at the limit: a terminal would break it at its edge and continue in the first column.
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

// breakWord returns the part of a word for its first line, of which fits is the longest possible: up to the last mark in
// the second half of fits.
func breakWord(word, fits string) string {
	if fits == "" {
		// One character is wider than the line.
		character, _, _ := first(word)
		return character
	}
	if at := strings.LastIndexAny(fits, "/?&=#-._,;"); at >= len(fits)/2 {
		return fits[:at+1]
	}
	return fits
}
