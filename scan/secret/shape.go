package secret

import (
	"regexp/syntax"
	"unicode/utf8"
)

// shape is what can be told about the matches of an expression without running it. Lengths are in bytes.
type shape struct {
	shortest, longest int
	// bounded is false when there is no longest match.
	bounded bool
	// assertions is true when the expression looks at its neighbours (^, $, \b); edges when that are the text's ends.
	assertions, edges bool
	// newline is true when a match may hold a line end.
	newline bool
}

// maxLength keeps the sums of nested repetitions from overflowing.
const maxLength = 1 << 24

func measure(expression *syntax.Regexp) shape {
	s := shape{bounded: true}
	switch expression.Op {
	case syntax.OpLiteral:
		for _, r := range expression.Rune {
			s.shortest += utf8.RuneLen(r)
			s.newline = s.newline || r == '\n'
			s.longest += longestRune(r, r, expression.Flags&syntax.FoldCase != 0)
		}
		if expression.Flags&syntax.FoldCase != 0 {
			s.shortest = len(expression.Rune)
		}
	case syntax.OpCharClass:
		s.shortest = 1
		for i := 0; i+1 < len(expression.Rune); i += 2 {
			s.longest = max(s.longest, longestRune(expression.Rune[i], expression.Rune[i+1], false))
			s.newline = s.newline || expression.Rune[i] <= '\n' && '\n' <= expression.Rune[i+1]
		}
		if len(expression.Rune) == 0 {
			s.longest = 1
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		s.shortest, s.longest, s.newline = 1, utf8.UTFMax, expression.Op == syntax.OpAnyChar
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		s.assertions = true
	case syntax.OpBeginText, syntax.OpEndText:
		s.assertions, s.edges = true, true
	case syntax.OpNoMatch:
		s.shortest = 1
	case syntax.OpCapture, syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		s = measure(expression.Sub[0]).repeated(expression)
	case syntax.OpConcat, syntax.OpAlternate:
		s = measureAll(expression)
	}
	s.shortest, s.longest = min(s.shortest, maxLength), min(s.longest, maxLength)
	return s
}

// repeated gives the shape of an expression around one with this shape.
func (s shape) repeated(expression *syntax.Regexp) shape {
	switch expression.Op {
	case syntax.OpStar:
		s.shortest, s.bounded = 0, s.bounded && s.longest == 0
	case syntax.OpPlus:
		s.bounded = s.bounded && s.longest == 0
	case syntax.OpQuest:
		s.shortest = 0
	case syntax.OpRepeat:
		s.shortest *= expression.Min
		if expression.Max < 0 {
			s.bounded = s.bounded && s.longest == 0
		} else {
			s.longest *= expression.Max
		}
	}
	return s
}

func measureAll(expression *syntax.Regexp) shape {
	all := shape{bounded: true}
	for i, sub := range expression.Sub {
		s := measure(sub)
		all.bounded = all.bounded && s.bounded
		all.assertions = all.assertions || s.assertions
		all.edges = all.edges || s.edges
		all.newline = all.newline || s.newline
		switch {
		case expression.Op == syntax.OpConcat:
			all.shortest += s.shortest
			all.longest += s.longest
		case i == 0:
			all.shortest, all.longest = s.shortest, s.longest
		default:
			all.shortest, all.longest = min(all.shortest, s.shortest), max(all.longest, s.longest)
		}
	}
	return all
}

// Signs that fold to ASCII letters and are none.
const (
	kelvin = '\u212a'
	longS  = '\u017f'
)

// foldASCII takes the Kelvin sign and the long s out of what stands for k and s in any case, so that the automaton, which
// folds ASCII only, sees all that the expression can match. It changes the expression and gives it back.
func foldASCII(expression *syntax.Regexp) *syntax.Regexp {
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
		expression.Sub[i] = foldASCII(sub)
	}
	return expression
}

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
