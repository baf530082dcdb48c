package hook

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns is the maximum width of a line of a message: git puts "remote: " before it.
const columns = 100

// printable makes text of another author safe for a terminal, on one line: valid UTF-8, no control characters, no
// direction marks and no zero-width characters.
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

// runeWidth returns at least the number of columns that a terminal uses for c: most characters from Hangul on are two
// columns wide, except punctuation and symbols.
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

// cut shortens text to limit columns. It keeps room for an ellipsis.
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

// cutStart shortens text at its beginning, which is the less important end of a path.
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

// wrap breaks text at spaces into lines of at most limit columns, and cuts longer words.
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
