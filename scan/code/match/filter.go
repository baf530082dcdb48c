package match

import (
	"slices"
	"strings"

	literals "github.com/sluice-scan/sluice/scan/secret/match"
)

// Filter says which sets of literals a file contains, in one pass over its bytes. It is immutable and safe for concurrent
// use.
type Filter struct {
	automaton *literals.Automaton
	// textNumbers are the numbers of the literals of the automaton.
	textNumbers []int
	// words are the literals that stand alone: no letter, digit or sign of a name is beside them.
	words map[string]int
	// sets holds the numbers of the literals of each set.
	sets [][]int
	size int
}

// NewFilter compiles sets of literals. A set holds what a file must contain as a whole, in any case. The error says that
// there are too many.
func NewFilter(sets [][]string) (*Filter, error) { return newFilter(sets, false) }

// NewNameFilter compiles sets of names of a programming language, which a file must contain as they are.
func NewNameFilter(sets [][]string) (*Filter, error) { return newFilter(sets, true) }

func newFilter(sets [][]string, names bool) (*Filter, error) {
	f := &Filter{sets: make([][]int, len(sets)), words: map[string]int{}}
	numbers := map[string]int{}
	var texts []string
	var textNumbers []int
	for i, set := range sets {
		for _, literal := range set {
			isWord := names && isWord(literal)
			if !isWord {
				literal = literals.LowerASCII(literal)
			}
			number, ok := numbers[literal]
			if !ok && literal != "" {
				number = f.size
				f.size++
				numbers[literal] = number
				if isWord {
					f.words[literal] = number
				} else {
					texts, textNumbers = append(texts, literal), append(textNumbers, number)
				}
			}
			if literal != "" && !slices.Contains(f.sets[i], number) {
				f.sets[i] = append(f.sets[i], number)
			}
		}
	}
	if len(texts) == 0 {
		return f, nil
	}
	automaton, err := literals.NewAutomaton(texts)
	f.automaton, f.textNumbers = automaton, textNumbers
	return f, err
}

// isWord reports whether a text has the letters, digits and signs of names alone.
func isWord(text string) bool {
	for i := range len(text) {
		if !wordByte(text[i]) {
			return false
		}
	}
	return text != ""
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '$' || b >= 0x80
}

// Find reports for each set whether the source contains all of its literals. A set without literals is always there.
func (f *Filter) Find(source []byte) []bool {
	present := make([]bool, f.size)
	if f.automaton != nil {
		f.automaton.Each(source, func(literal int) { present[f.textNumbers[literal]] = true })
	}
	for i := 0; i < len(source) && len(f.words) > 0; i++ {
		start := i
		for i < len(source) && wordByte(source[i]) {
			i++
		}
		if number, ok := f.words[string(source[start:i])]; ok {
			present[number] = true
		}
	}
	found := make([]bool, len(f.sets))
	for i, set := range f.sets {
		found[i] = !slices.ContainsFunc(set, func(literal int) bool { return !present[literal] })
	}
	return found
}

// EscapesWords reports whether a source writes letters of words as escapes: \u0041 or \x41. Its words may then not be those that a
// filter sees. Programs write the signs of HTML in this way, but no letters.
func EscapesWords(source string) bool {
	for at := strings.IndexByte(source, '\\'); at >= 0; {
		rest := source[at+1:]
		for _, sign := range []string{"x", "u00", "U000000"} {
			if code, ok := strings.CutPrefix(rest, sign); ok && code != "" && code[0] >= '4' && code[0] <= '7' {
				return true
			}
		}
		next := strings.IndexByte(rest[min(1, len(rest)):], '\\')
		if next < 0 {
			return false
		}
		at += next + 1 + min(1, len(rest))
	}
	return false
}

// Literals are what every file with a match of the pattern contains: its names, but not its texts and numbers, which code
// may compute. Data has no names, and its texts are words as they stand.
func (p *Pattern) Literals() []string { return p.literals }
