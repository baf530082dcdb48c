package match

import (
	"slices"

	literals "github.com/sluice-scan/sluice/scan/secret/match"
)

// Filter says which sets of literals a file contains, in one pass over its bytes. It is immutable and safe for concurrent
// use.
type Filter struct {
	automaton *literals.Automaton
	// sets holds the numbers of the literals of each set.
	sets [][]int
	size int
}

// NewFilter compiles sets of literals. A set holds what a file must contain as a whole, in any case. The error says that
// there are too many.
func NewFilter(sets [][]string) (*Filter, error) {
	f := &Filter{sets: make([][]int, len(sets))}
	numbers := map[string]int{}
	var all []string
	for i, set := range sets {
		for _, literal := range set {
			literal = literals.LowerASCII(literal)
			number, ok := numbers[literal]
			if !ok && literal != "" {
				number = len(all)
				numbers[literal] = number
				all = append(all, literal)
			}
			if literal != "" && !slices.Contains(f.sets[i], number) {
				f.sets[i] = append(f.sets[i], number)
			}
		}
	}
	f.size = len(all)
	if f.size == 0 {
		return f, nil
	}
	automaton, err := literals.NewAutomaton(all)
	f.automaton = automaton
	return f, err
}

// Find reports for each set whether the source contains all of its literals. A set without literals is always there.
func (f *Filter) Find(source []byte) []bool {
	present := make([]bool, f.size)
	left := f.size
	if f.automaton != nil {
		f.automaton.Each(source, func(literal int) {
			if !present[literal] {
				present[literal] = true
				left--
			}
		})
	}
	found := make([]bool, len(f.sets))
	for i, set := range f.sets {
		found[i] = left == 0 || !slices.ContainsFunc(set, func(literal int) bool { return !present[literal] })
	}
	return found
}

// Literals are what every file with a match of the pattern contains, in any case: its names, but not its texts and
// numbers, which code may compute.
func (p *Pattern) Literals() []string { return p.literals }
