package match

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// maxPrefixes bounds the texts that an expression may begin with. Past it nothing is concluded.
const maxPrefixes = 256

// LiteralOffset returns the one offset at which a literal stands in every match of an expression. With it a rule needs
// one anchored try for each hit, in place of a search in a window. It returns false when there is no such offset, or
// when a literal contains another one: then the hits do not come in the order of their starts.
func LiteralOffset(expression *syntax.Regexp, literals []string) (int, bool) {
	for i, a := range literals {
		for j, b := range literals {
			if i != j && strings.Contains(a, b) {
				return 0, false
			}
		}
	}
	if beginsWithLiteral(expression, literals) {
		return 0, true
	}
	if expression.Op != syntax.OpConcat {
		return 0, false
	}
	offset := 0
	for i, sub := range expression.Sub {
		width, ok := fixedWidth(sub)
		if !ok {
			return 0, false
		}
		offset += width
		rest := &syntax.Regexp{Op: syntax.OpConcat, Sub: expression.Sub[i+1:]}
		if beginsWithLiteral(rest, literals) {
			return offset, true
		}
	}
	return 0, false
}

// fixedWidth returns the length in bytes of an expression that is a class or text of ASCII, repeated or not.
func fixedWidth(expression *syntax.Regexp) (int, bool) {
	switch expression.Op {
	case syntax.OpLiteral:
		for _, r := range expression.Rune {
			if r > 0x7f {
				return 0, false
			}
		}
		return len(expression.Rune), expression.Flags&syntax.FoldCase == 0
	case syntax.OpCharClass:
		last := expression.Rune[len(expression.Rune)-1]
		return 1, last <= 0x7f
	case syntax.OpRepeat:
		width, ok := fixedWidth(expression.Sub[0])
		return width * expression.Min, ok && expression.Min == expression.Max
	}
	return 0, false
}

// beginsWithLiteral reports whether every match of an expression begins with one of the literals, in any case.
func beginsWithLiteral(expression *syntax.Regexp, literals []string) bool {
	longest := 0
	for _, literal := range literals {
		longest = max(longest, len(literal))
	}
	if longest == 0 {
		return false
	}
	begins, _ := prefixes(expression, longest)
	for _, text := range begins {
		held := false
		for _, literal := range literals {
			held = held || strings.HasPrefix(strings.ToLower(text), literal)
		}
		if !held {
			return false
		}
	}
	return true
}

// unknown is the prefix of an expression about which nothing is known.
var unknown = []string{""}

// prefixes returns texts of at most n bytes, one of which every match begins with. whole is true when each is n bytes
// long or a whole match, so that what follows in an expression can be appended.
func prefixes(expression *syntax.Regexp, n int) (begins []string, whole bool) {
	switch expression.Op {
	case syntax.OpEmptyMatch:
		return unknown, true
	case syntax.OpLiteral:
		text := string(expression.Rune)
		if expression.Flags&syntax.FoldCase != 0 {
			return unknown, false
		}
		return []string{text[:min(n, len(text))]}, true
	case syntax.OpCharClass:
		return classTexts(expression.Rune)
	case syntax.OpCapture:
		return prefixes(expression.Sub[0], n)
	case syntax.OpQuest:
		begins, whole = prefixes(expression.Sub[0], n)
		return append(begins[:len(begins):len(begins)], ""), whole
	case syntax.OpRepeat:
		subs := make([]*syntax.Regexp, min(n, expression.Min))
		for i := range subs {
			subs[i] = expression.Sub[0]
		}
		begins, whole = joined(subs, n)
		return begins, whole && (expression.Min == expression.Max || expression.Min >= n)
	case syntax.OpConcat:
		return joined(expression.Sub, n)
	case syntax.OpAlternate:
		whole = true
		for _, sub := range expression.Sub {
			more, ok := prefixes(sub, n)
			if begins = append(begins, more...); len(begins) > maxPrefixes {
				return unknown, false
			}
			whole = whole && ok
		}
		return begins, whole
	}
	return unknown, false
}

// classTexts returns the characters of a class as texts; whole is false when there are too many, or one is not ASCII.
func classTexts(ranges []rune) (texts []string, whole bool) {
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if r > 0x7f || len(texts) == maxPrefixes {
				return unknown, false
			}
			texts = append(texts, string(r))
		}
	}
	return texts, true
}

// joined multiplies the prefixes of the parts until all are n bytes long, or until one part is not known in full.
func joined(subs []*syntax.Regexp, n int) (all []string, whole bool) {
	all = unknown
	for _, sub := range subs {
		if !slices.ContainsFunc(all, func(text string) bool { return len(text) < n }) {
			return all, true
		}
		begins, ok := prefixes(sub, n)
		var next []string
		for _, text := range all {
			if len(text) >= n {
				next = append(next, text)
				continue
			}
			for _, begin := range begins {
				next = append(next, (text + begin)[:min(n, len(text)+len(begin))])
			}
			if len(next) > maxPrefixes {
				return all, false
			}
		}
		if all = next; !ok {
			return all, false
		}
	}
	return all, true
}

// ExactPrefix returns exact text with which every match of an expression begins. It may be empty.
func ExactPrefix(expression *syntax.Regexp) []byte {
	switch expression.Op {
	case syntax.OpCapture, syntax.OpConcat:
		return ExactPrefix(expression.Sub[0])
	case syntax.OpLiteral:
		if expression.Flags&syntax.FoldCase == 0 {
			return []byte(string(expression.Rune))
		}
	}
	return nil
}
