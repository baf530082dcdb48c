package match

import (
	"regexp/syntax"
	"unicode/utf8"
)

// LongestMatch returns the length in bytes of the longest text that an expression can match. It returns false for an
// expression without such a bound, and for one with an empty-width assertion: an assertion looks at a neighbour, so it
// could judge a window differently from the whole text.
func LongestMatch(expression *syntax.Regexp) (int, bool) {
	switch expression.Op {
	case syntax.OpEmptyMatch:
		return 0, true
	case syntax.OpLiteral:
		n := 0
		for _, r := range expression.Rune {
			n += longestRune(r, r, expression.Flags&syntax.FoldCase != 0)
		}
		return n, true
	case syntax.OpCharClass:
		n := 0
		for i := 0; i+1 < len(expression.Rune); i += 2 {
			n = max(n, longestRune(expression.Rune[i], expression.Rune[i+1], false))
		}
		return n, true
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return utf8.UTFMax, true
	case syntax.OpCapture, syntax.OpQuest:
		return LongestMatch(expression.Sub[0])
	case syntax.OpRepeat:
		n, ok := LongestMatch(expression.Sub[0])
		return n * expression.Max, ok && expression.Max >= 0
	case syntax.OpConcat:
		sum := 0
		for _, sub := range expression.Sub {
			n, ok := LongestMatch(sub)
			if !ok {
				return 0, false
			}
			sum += n
		}
		return sum, true
	case syntax.OpAlternate:
		longest := 0
		for _, sub := range expression.Sub {
			n, ok := LongestMatch(sub)
			if !ok {
				return 0, false
			}
			longest = max(longest, n)
		}
		return longest, true
	}
	return 0, false
}

// longestRune returns the length of the longest UTF-8 form in a range. With case folding an ASCII letter can match a
// longer character: k matches the Kelvin sign, s the long s.
func longestRune(low, high rune, fold bool) int {
	n := utf8.RuneLen(high)
	if fold {
		for _, r := range "kKsS" {
			if low <= r && r <= high {
				n = max(n, 3)
			}
		}
	}
	return max(n, 1)
}
