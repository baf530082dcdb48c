package format

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wide are the East Asian wide and full-width characters and the emoji that terminals draw two columns wide, by the East
// Asian Width property of Unicode (UAX #11), in whole blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1},
		{Lo: 0x3041, Hi: 0x33ff, Stride: 1}, {Lo: 0x3400, Hi: 0x4dbf, Stride: 1}, {Lo: 0x4e00, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x17000, Hi: 0x18cff, Stride: 1}, {Lo: 0x1b000, Hi: 0x1b2ff, Stride: 1}, {Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1}, {Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1}, {Lo: 0x1fa70, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// width returns the number of columns that a terminal uses for s, which must be visible text.
func width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

const ellipsis = "…"

// head returns the longest beginning of s that fits into columns.
func head(s string, columns int) string {
	for i, r := range s {
		if columns -= runeWidth(r); columns < 0 {
			return s[:i]
		}
	}
	return s
}

// tail returns the longest end of s that fits into columns.
func tail(s string, columns int) string {
	skip := width(s) - columns
	if skip <= 0 {
		return s
	}
	for i, r := range s {
		if skip <= 0 && runeWidth(r) > 0 {
			return s[i:]
		}
		skip -= runeWidth(r)
	}
	return ""
}

func cutEnd(s string, columns int) string {
	switch {
	case width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	return head(s, columns-1) + ellipsis
}

func cutStart(s string, columns int) string {
	switch {
	case width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	return ellipsis + tail(s, columns-1)
}

// cutMiddle keeps more of the end, where a path has its file name.
func cutMiddle(s string, columns int) string {
	switch {
	case width(s) <= columns:
		return s
	case columns < 1:
		return ""
	}
	left := (columns - 1) / 3
	return head(s, left) + ellipsis + tail(s, columns-1-left)
}

// wrap breaks s at spaces into lines of at most columns. A longer word, such as an address, is broken after one of its
// punctuation marks, or else anywhere: a terminal would break it at its edge, and begin the rest in the first column.
func wrap(s string, columns int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(s) {
		w := width(word)
		if used > 0 && used+1+w > columns {
			lines = append(lines, line)
			line, used = "", 0
		}
		for used == 0 && w > columns && columns > 0 {
			part := breakWord(word, columns)
			lines = append(lines, part)
			word = word[len(part):]
			w = width(word)
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += w
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// breakWord returns the part of a word for its first line: up to the last punctuation mark in the second half of the
// line.
func breakWord(word string, columns int) string {
	part := head(word, columns)
	if part == "" {
		// One character is wider than the column.
		_, size := utf8.DecodeRuneInString(word)
		return word[:size]
	}
	if at := strings.LastIndexAny(part, "/?&=#-._,;"); at >= len(part)/2 {
		return part[:at+1]
	}
	return part
}
