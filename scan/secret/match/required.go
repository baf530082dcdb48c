package match

import (
	"regexp/syntax"
	"slices"
	"strings"
)

const (
	// MinLiteral is the shortest literal in bytes. Shorter ones occur everywhere.
	MinLiteral = 3
	// maxJoined bounds a literal that is joined from two, in bytes.
	maxJoined = 512
	// maxRequired bounds the literals of one expression.
	maxRequired = 64
	// longEnough is the length in bytes from which a longer literal only makes the automaton larger.
	longEnough = 16
)

// RequiredLiterals returns lower-case texts of which every match of an expression contains at least one, in any case of
// ASCII letters. None contains another. It returns nil when there are none of at least MinLiteral bytes, or too many.
func RequiredLiterals(expression *syntax.Regexp) []string {
	best := required(expression)
	if !usable(best) {
		return nil
	}
	for i, text := range best {
		if len(text) > longEnough {
			best[i] = text[:longEnough]
		}
	}
	slices.Sort(best)
	best = slices.Compact(best)
	return slices.DeleteFunc(slices.Clone(best), func(text string) bool {
		return slices.ContainsFunc(best, func(other string) bool { return other != text && strings.Contains(text, other) })
	})
}

// usable reports whether every text is long enough to search for.
func usable(texts []string) bool { return len(texts) > 0 && shortestOf(texts) >= MinLiteral }

// shortestOf returns the length of the shortest text.
func shortestOf(texts []string) int {
	shortest := len(texts[0])
	for _, text := range texts {
		shortest = min(shortest, len(text))
	}
	return shortest
}

// richer returns the better of two sets: the one with the longer shortest text, then the smaller one.
func richer(a, b []string) []string {
	switch {
	case !usable(b):
		return a
	case !usable(a):
		return b
	}
	x, y := min(shortestOf(a), longEnough), min(shortestOf(b), longEnough)
	if y > x || y == x && len(b) < len(a) {
		return b
	}
	return a
}

// required returns the best set that an expression proves, or nil.
func required(expression *syntax.Regexp) []string {
	if texts := exact(expression); texts != nil {
		return texts
	}
	switch expression.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(expression.Sub[0])
	case syntax.OpRepeat:
		if expression.Min > 0 {
			return required(expression.Sub[0])
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range expression.Sub {
			texts := required(sub)
			if !usable(texts) {
				return nil
			}
			if all = append(all, texts...); len(all) > maxRequired {
				return nil
			}
		}
		return all
	case syntax.OpConcat:
		var best []string
		run := unknown
		for _, sub := range expression.Sub {
			texts := exact(sub)
			if texts == nil {
				best = richer(richer(best, run), required(sub))
				run = unknown
				continue
			}
			if next := product(run, texts); next != nil {
				run = next
				continue
			}
			best = richer(best, run)
			run = texts
		}
		return richer(best, run)
	}
	return nil
}

// exact returns all texts that an expression can match, in lower case; nil when there are too many.
func exact(expression *syntax.Regexp) []string {
	switch expression.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return unknown
	case syntax.OpLiteral:
		for _, r := range expression.Rune {
			if r > 0x7f && expression.Flags&syntax.FoldCase != 0 {
				return nil
			}
		}
		return []string{LowerASCII(string(expression.Rune))}
	case syntax.OpCharClass:
		texts, whole := classTexts(expression.Rune)
		if !whole {
			return nil
		}
		for i, text := range texts {
			texts[i] = LowerASCII(text)
		}
		slices.Sort(texts)
		if texts = slices.Compact(texts); len(texts) == 0 || len(texts) > 10 {
			return nil
		}
		return texts
	case syntax.OpCapture:
		return exact(expression.Sub[0])
	case syntax.OpQuest:
		if texts := exact(expression.Sub[0]); texts != nil {
			return append(slices.Clip(texts), "")
		}
	case syntax.OpRepeat:
		texts := exact(expression.Sub[0])
		if texts == nil || expression.Min != expression.Max {
			return nil
		}
		all := unknown
		for range expression.Min {
			if all = product(all, texts); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpConcat:
		all := unknown
		for _, sub := range expression.Sub {
			texts := exact(sub)
			if texts == nil {
				return nil
			}
			if all = product(all, texts); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range expression.Sub {
			texts := exact(sub)
			if all = append(all, texts...); texts == nil || len(all) > maxRequired {
				return nil
			}
		}
		return all
	}
	return nil
}

// product joins every text of a with every text of b; nil when the result has too many or too long texts.
func product(a, b []string) []string {
	if len(a)*len(b) > maxRequired {
		return nil
	}
	all := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			if len(x)+len(y) > maxJoined {
				return nil
			}
			all = append(all, x+y)
		}
	}
	return all
}

// LowerASCII turns ASCII letters into lower case, as the automaton does, and leaves every other byte alone.
func LowerASCII(text string) string {
	lower := []byte(text)
	for i, b := range lower {
		if 'A' <= b && b <= 'Z' {
			lower[i] = b + 'a' - 'A'
		}
	}
	return string(lower)
}
