package match

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// Relax rewrites an expression of the backtracking engine as RE2 that matches at least the same texts: it removes
// look-around, and turns back-references into any text, atomic groups and possessive quantifiers into plain ones. The
// result may be invalid; then nothing is known. It only serves to find the literals that a match must contain.
func Relax(expression string) string {
	var b strings.Builder
	for i := 0; i < len(expression); {
		rest := expression[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			text, n := relaxEscape(rest)
			b.WriteString(text)
			i += n
		case rest[0] == '[':
			n := classLength(rest)
			b.WriteString(rest[:n])
			i += n
		case lookaround(rest):
			i += groupLength(rest)
			// A quantifier behind it repeats nothing.
			b.WriteString("(?:)")
		case strings.HasPrefix(rest, "(?>"):
			b.WriteString("(?:")
			i += 3
		case strings.HasPrefix(rest, "(?#"):
			i += groupLength(rest)
		case countLength(rest) > 0:
			i += countLength(rest)
			b.WriteString("*")
		case rest[0] == '+' && i > 0 && strings.IndexByte("*+?}", expression[i-1]) >= 0 && !(i > 1 && expression[i-2] == '\\'):
			i++
		default:
			b.WriteByte(rest[0])
			i++
		}
	}
	return b.String()
}

// countLength returns the length of the repetition at the beginning of rest when it is above the limit of RE2; else 0.
func countLength(rest string) int {
	end := strings.IndexByte(rest, '}')
	if rest[0] != '{' || end < 2 || strings.Trim(rest[1:end], ascii.Decimals+",") != "" {
		return 0
	}
	for count := range strings.SplitSeq(rest[1:end], ",") {
		if len(strings.TrimLeft(count, "0")) > 3 {
			return end + 1
		}
	}
	return 0
}

// lookaround reports whether rest begins with a look-around group.
func lookaround(rest string) bool {
	for _, opening := range [...]string{"(?=", "(?!", "(?<=", "(?<!"} {
		if strings.HasPrefix(rest, opening) {
			return true
		}
	}
	return false
}

// relaxEscape rewrites the escape at the beginning of rest, and returns the escape's length n.
func relaxEscape(rest string) (text string, n int) {
	switch c := rest[1]; {
	case '1' <= c && c <= '9':
		for n = 2; n < len(rest) && '0' <= rest[n] && rest[n] <= '9'; n++ {
		}
		return `(?s:.*)`, n
	case c == 'k' && len(rest) > 2 && (rest[2] == '<' || rest[2] == '\'' || rest[2] == '{'):
		if end := strings.IndexAny(rest[3:], ">'}"); end >= 0 {
			return `(?s:.*)`, 3 + end + 1
		}
	case c == 'Z' || c == 'G' || c == 'K':
		return "(?:)", 2
	case c == 'h':
		return `[\t ]`, 2
	case c == 'R' || c == 'X':
		return `(?s:.*)`, 2
	}
	return rest[:2], 2
}

// classLength returns the length of the bracketed class at the beginning of rest.
func classLength(rest string) int {
	i := 1
	if i < len(rest) && rest[i] == '^' {
		i++
	}
	if i < len(rest) && rest[i] == ']' {
		i++
	}
	for ; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case ']':
			return i + 1
		}
	}
	return len(rest)
}

// groupLength returns the length of the group at the beginning of rest, with the groups inside it.
func groupLength(rest string) int {
	depth := 0
	for i := 0; i < len(rest); {
		switch rest[i] {
		case '\\':
			i++
		case '[':
			i += classLength(rest[i:])
			continue
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(rest)
}
