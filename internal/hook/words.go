package hook

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns is the width of every line of a message: git puts "remote: " before it.
const columns = 100

// printable makes text that somebody else has written safe for a terminal and keeps it on one line: no control character,
// none that turns the direction of the text or takes no place, and valid UTF-8.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\t':
			return ' '
		case unicode.IsControl(c), unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point):
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// runeWidth is never less than the columns that a terminal takes for c: most of what stands from Hangul on is two wide,
// but for punctuation and symbols.
func runeWidth(c rune) int {
	if c < 0x1100 || c >= 0x2000 && c < 0x2300 {
		return 1
	}
	return 2
}

func width(text string) int {
	n := 0
	for _, c := range text {
		n += runeWidth(c)
	}
	return n
}

// cut shortens text to some columns. At least one is left for the sign that something is missing.
func cut(text string, limit int) string {
	if width(text) <= limit {
		return text
	}
	n := 0
	for i, c := range text {
		if n += runeWidth(c); n > limit-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// cutStart shortens text from its beginning, where the less telling part of a path is.
func cutStart(text string, limit int) string {
	n := 0
	for i := len(text); i > 0; {
		c, size := utf8.DecodeLastRuneInString(text[:i])
		if n += runeWidth(c); n > limit-1 && width(text) > limit {
			return "…" + text[i:]
		}
		i -= size
	}
	return text
}

// wrap breaks text at spaces into lines of at most limit columns; a longer word is cut in pieces.
func wrap(text string, limit int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && width(line)+1+width(word) > limit {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for width(line) > limit {
			at := 0
			n := 0
			for i, c := range line {
				if n += runeWidth(c); n > limit {
					at = i
					break
				}
			}
			lines = append(lines, line[:at])
			line = line[at:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
