package match

import (
	"regexp/syntax"
	"unicode/utf8"
)

// Characters beyond ASCII that fold to ASCII letters.
const (
	kelvin = '\u212a'
	longS  = '\u017f'
)

// Shape is what an expression tells about its matches without running it. Lengths are in bytes.
type Shape struct {
	Shortest, Longest int
	// Bounded is false when there is no longest match.
	Bounded bool
	// Assertions is true when the expression looks at its neighbours (^, $, \b), Edges when it looks at the ends of the text.
	Assertions, Edges bool
	// Newline is true when a match may hold a line end.
	Newline bool
}

// maxLength keeps the sums of nested repetitions from overflowing.
const maxLength = 1 << 24

// Measure returns the shape of an expression's matches.
func Measure(expression *syntax.Regexp) Shape {
	s := Shape{Bounded: true}
	switch expression.Op {
	case syntax.OpLiteral:
		for _, r := range expression.Rune {
			s.Shortest += utf8.RuneLen(r)
			s.Newline = s.Newline || r == '\n'
			s.Longest += longestRune(r, r, expression.Flags&syntax.FoldCase != 0)
		}
		if expression.Flags&syntax.FoldCase != 0 {
			s.Shortest = len(expression.Rune)
		}
	case syntax.OpCharClass:
		s.Shortest = 1
		for i := 0; i+1 < len(expression.Rune); i += 2 {
			s.Longest = max(s.Longest, longestRune(expression.Rune[i], expression.Rune[i+1], false))
			s.Newline = s.Newline || expression.Rune[i] <= '\n' && '\n' <= expression.Rune[i+1]
		}
		if len(expression.Rune) == 0 {
			s.Longest = 1
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		s.Shortest, s.Longest, s.Newline = 1, utf8.UTFMax, expression.Op == syntax.OpAnyChar
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		s.Assertions = true
	case syntax.OpBeginText, syntax.OpEndText:
		s.Assertions, s.Edges = true, true
	case syntax.OpNoMatch:
		s.Shortest = 1
	case syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		s = Measure(expression.Sub[0]).repeated(expression)
	case syntax.OpConcat, syntax.OpAlternate:
		s = measureAll(expression)
	}
	s.Shortest, s.Longest = min(s.Shortest, maxLength), min(s.Longest, maxLength)
	return s
}

// repeated returns the shape of an expression around one with this shape.
func (s Shape) repeated(expression *syntax.Regexp) Shape {
	switch expression.Op {
	case syntax.OpStar:
		s.Shortest, s.Bounded = 0, s.Bounded && s.Longest == 0
	case syntax.OpPlus:
		s.Bounded = s.Bounded && s.Longest == 0
	case syntax.OpQuest:
		s.Shortest = 0
	case syntax.OpRepeat:
		s.Shortest *= expression.Min
		if expression.Max < 0 {
			s.Bounded = s.Bounded && s.Longest == 0
		} else {
			s.Longest *= expression.Max
		}
	}
	return s
}

// measureAll returns the shape of a sequence or of alternatives.
func measureAll(expression *syntax.Regexp) Shape {
	all := Shape{Bounded: true}
	for i, sub := range expression.Sub {
		s := Measure(sub)
		all.Bounded = all.Bounded && s.Bounded
		all.Assertions = all.Assertions || s.Assertions
		all.Edges = all.Edges || s.Edges
		all.Newline = all.Newline || s.Newline
		switch {
		case expression.Op == syntax.OpConcat:
			all.Shortest += s.Shortest
			all.Longest += s.Longest
		case i == 0:
			all.Shortest, all.Longest = s.Shortest, s.Longest
		default:
			all.Shortest, all.Longest = min(all.Shortest, s.Shortest), max(all.Longest, s.Longest)
		}
	}
	return all
}

// FoldASCII removes the Kelvin sign and the long s where they stand for k and s in any case, so that the automaton,
// which folds ASCII only, finds everything that the expression can match. It changes the expression and returns it.
func FoldASCII(expression *syntax.Regexp) *syntax.Regexp {
	switch expression.Op {
	case syntax.OpLiteral:
		if expression.Flags&syntax.FoldCase != 0 {
			return foldLiteral(expression)
		}
	case syntax.OpCharClass:
		kept := expression.Rune[:0:0]
		for i := 0; i+1 < len(expression.Rune); i += 2 {
			low, high := expression.Rune[i], expression.Rune[i+1]
			if low == high && (low == kelvin || low == longS) && len(expression.Rune) > 2 {
				continue
			}
			kept = append(kept, low, high)
		}
		expression.Rune = kept
	}
	for i, sub := range expression.Sub {
		expression.Sub[i] = FoldASCII(sub)
	}
	return expression
}

// foldLiteral splits a literal in any case around its k and s, which become classes.
func foldLiteral(expression *syntax.Regexp) *syntax.Regexp {
	var parts []*syntax.Regexp
	rest := expression.Rune
	for i := 0; i <= len(rest); i++ {
		if i < len(rest) && rest[i]|0x20 != 'k' && rest[i]|0x20 != 's' && rest[i] != kelvin && rest[i] != longS {
			continue
		}
		if i > 0 {
			parts = append(parts, &syntax.Regexp{Op: syntax.OpLiteral, Flags: expression.Flags, Rune: rest[:i]})
		}
		if i == len(rest) {
			break
		}
		lower := rune('k')
		if r := rest[i]; r|0x20 == 's' || r == longS {
			lower = 's'
		}
		parts = append(parts, &syntax.Regexp{Op: syntax.OpCharClass, Rune: []rune{lower - 0x20, lower - 0x20, lower, lower}})
		rest, i = rest[i+1:], -1
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Flags: expression.Flags, Sub: parts}
}
