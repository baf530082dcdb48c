package analysis

const (
	// maxPositions bounds the places of a loop that are looked at, maxSteps the work for one expression.
	maxPositions = 256
	maxSteps     = 2 << 20
	// maxCopies bounds how often a counted part is written out.
	maxCopies = 8
)

// automaton has a position for each set of a loop, and counts in how many ways one follows another: 0, 1, or 2 for more.
// It is Glushkov's construction, with multiplicities.
type automaton struct {
	sets   []set
	follow [][]uint8
	// steps is what is left of the work for the expression. Full says that the loop is too large.
	steps *int
	full  bool
}

// fragment is a part of the automaton: the ways to begin and to end at each position, and to match nothing.
type fragment struct {
	first, last map[int]uint8
	empty       uint8
}

func more(a, b uint8) uint8 { return min(2, a+b) }

func times(a, b uint8) uint8 { return min(2, a*b) }

// link adds the ways from each end of a fragment to each start of another one.
func (a *automaton) link(last, first map[int]uint8) {
	*a.steps -= len(last) * len(first)
	for p, m := range last {
		for q, n := range first {
			a.follow[p][q] = more(a.follow[p][q], times(m, n))
		}
	}
}

func (a *automaton) build(p *part) fragment {
	if *a.steps--; *a.steps < 0 {
		a.full = true
	}
	if a.full {
		return fragment{empty: 1}
	}
	switch p.kind {
	case kindSet:
		return a.position(p.set)
	case kindSequence, kindAtomic:
		whole := fragment{empty: 1}
		for _, each := range p.parts {
			whole = a.join(whole, a.build(each))
		}
		return whole
	case kindAlternatives:
		whole := fragment{first: map[int]uint8{}, last: map[int]uint8{}}
		for _, each := range p.parts {
			f := a.build(each)
			merge(whole.first, f.first, 1)
			merge(whole.last, f.last, 1)
			whole.empty = more(whole.empty, f.empty)
		}
		return whole
	case kindRepeat:
		return a.repeat(p)
	}
	return fragment{empty: 1}
}

func (a *automaton) position(s set) fragment {
	n := len(a.sets)
	if n >= maxPositions {
		a.full = true
		return fragment{empty: 1}
	}
	a.sets = append(a.sets, s)
	a.follow = append(a.follow, make([]uint8, maxPositions))
	return fragment{first: map[int]uint8{n: 1}, last: map[int]uint8{n: 1}}
}

// join puts one fragment after another.
func (a *automaton) join(x, y fragment) fragment {
	a.link(x.last, y.first)
	whole := fragment{first: map[int]uint8{}, last: map[int]uint8{}, empty: times(x.empty, y.empty)}
	merge(whole.first, x.first, 1)
	merge(whole.first, y.first, x.empty)
	merge(whole.last, y.last, 1)
	merge(whole.last, x.last, y.empty)
	return whole
}

func merge(into, from map[int]uint8, ways uint8) {
	for p, n := range from {
		if ways > 0 {
			into[p] = more(into[p], times(n, ways))
		}
	}
}

// repeat writes a repeat out: copies, then a loop or optional copies. Many copies whose number may vary are a loop, which
// is as ambiguous; of many fixed ones the first few are enough.
func (a *automaton) repeat(p *part) fragment {
	body := p.parts[0]
	if p.possessive {
		// It has one way to match, so that one copy stands for it.
		f := a.build(body)
		if p.min == 0 {
			f.empty = 1
		}
		return f
	}
	if p.max == infinite || p.max > maxCopies && p.max > p.min {
		// The loop stands for the last copy: x{3,} is xxx+.
		whole := a.copies(body, min(p.min-1, maxCopies))
		loop := a.build(body)
		a.link(loop.last, loop.first)
		if p.min == 0 {
			loop.empty = 1
		}
		return a.join(whole, loop)
	}
	// Each optional copy holds the next one: x{1,3} is x(x(x)?)?.
	optional := fragment{empty: 1}
	for range min(p.max, maxCopies) - min(p.min, maxCopies) {
		optional = a.join(a.build(body), optional)
		optional.empty = 1
	}
	return a.join(a.copies(body, min(p.min, maxCopies)), optional)
}

func (a *automaton) copies(body *part, n int) fragment {
	whole := fragment{empty: 1}
	for range n {
		whole = a.join(whole, a.build(body))
	}
	return whole
}

// ambiguous reports whether some text leads from a position back to it in two ways, so that each repetition of the text
// doubles the ways. The loop itself has been linked, so that every position is reached from every other.
func (a *automaton) ambiguous() bool {
	n := len(a.sets)
	next := make([][]int, n)
	for p := range n {
		for q := range n {
			if a.follow[p][q] > 1 {
				return true
			}
			if a.follow[p][q] == 1 {
				next[p] = append(next[p], q)
			}
		}
	}
	// A pair of positions is where two ways may be after the same text. The ways part at a pair of equal ones; when they
	// can meet again, there are two ways.
	seen := make([]bool, n*n)
	var pairs [][2]int
	visit := func(p, q int, parted bool) bool {
		for _, x := range next[p] {
			for _, y := range next[q] {
				if *a.steps--; *a.steps < 0 {
					return false
				}
				switch {
				case !a.sets[x].meets(a.sets[y]):
				case x == y:
					if parted {
						return true
					}
				case !seen[x*n+y]:
					seen[x*n+y], seen[y*n+x] = true, true
					pairs = append(pairs, [2]int{x, y})
				}
			}
		}
		return false
	}
	for p := range n {
		visit(p, p, false)
	}
	for len(pairs) > 0 {
		pair := pairs[len(pairs)-1]
		pairs = pairs[:len(pairs)-1]
		if visit(pair[0], pair[1], true) {
			return true
		}
	}
	return false
}
