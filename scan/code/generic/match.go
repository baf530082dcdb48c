package generic

import "strings"

// MaxSteps is how many steps a pattern may take in a text, beside one for each token. What it has not found by then is
// missing.
const MaxSteps = 200_000

// Range is a range of bytes.
type Range struct{ Start, End uint32 }

// Match is one place that a pattern matches.
type Match struct {
	Range
	// Bound are the ranges of the metavariables by slot. Set says which are bound.
	Bound []Range
	Set   []bool
}

// Find returns the matches of a pattern, the shortest for each first token, in the order of the text. Cut says that the
// steps were used up.
func (p *Pattern) Find(d *Document) (all []Match, cut bool) {
	m := matcher{p: p, d: d, steps: MaxSteps, at: make([]int, len(p.atoms)), bound: make([]Range, len(p.names)), set: make([]bool, len(p.names))}
	begin := 0
	if p.atoms[0].kind == dots && p.atoms[0].slot < 0 && len(p.atoms) > 1 {
		// What dots before all else stand for does not matter.
		begin = 1
	}
	for i := range d.tokens {
		if m.steps <= 0 {
			return all, true
		}
		if a := &p.atoms[begin]; a.kind == literal && !m.same(a.text, d.text(i)) {
			continue
		}
		clear(m.set)
		end := m.match(begin, i)
		if end < 0 {
			continue
		}
		last := max(end-1, i)
		match := Match{Range: Range{d.tokens[i].start, d.tokens[last].end}, Bound: append([]Range(nil), m.bound...), Set: append([]bool(nil), m.set...)}
		all = append(all, match)
	}
	return all, m.steps <= 0
}

// matcher matches one pattern.
type matcher struct {
	p     *Pattern
	d     *Document
	steps int
	// at is the token that each atom matched.
	at    []int
	bound []Range
	set   []bool
}

// same compares a text of the pattern with one of the document.
func (m *matcher) same(a, b string) bool {
	return a == b || m.p.options.Caseless && strings.EqualFold(a, b)
}

// match matches the atoms from one on with the tokens from one on, and returns the token after the match, or -1.
func (m *matcher) match(atom, i int) int {
	for ; atom < len(m.p.atoms); atom++ {
		if m.steps--; m.steps <= 0 {
			return -1
		}
		a := &m.p.atoms[atom]
		if a.kind == dots {
			return m.dots(atom, i)
		}
		if i >= len(m.d.tokens) {
			return -1
		}
		text := m.d.text(i)
		switch {
		case a.kind == word:
			if !m.d.tokens[i].word || !m.bind(a.slot, Range{m.d.tokens[i].start, m.d.tokens[i].end}) {
				return -1
			}
		case !m.same(a.text, text):
			return -1
		case a.opens >= 0 && m.d.partner[m.at[a.opens]] >= 0 && int(m.d.partner[m.at[a.opens]]) != i:
			return -1
		}
		m.at[atom] = i
		i++
	}
	return i
}

// bind binds a slot, or compares with what it is bound to.
func (m *matcher) bind(slot int, r Range) bool {
	if slot < 0 {
		return true
	}
	if m.set[slot] {
		return m.same(m.d.source[m.bound[slot].Start:m.bound[slot].End], m.d.source[r.Start:r.End])
	}
	m.bound[slot], m.set[slot] = r, true
	return true
}

// dots matches any number of tokens, the fewest first, over so many lines and within the brackets around. At the end of
// the pattern it takes the most.
func (m *matcher) dots(atom, from int) int {
	a := &m.p.atoms[atom]
	last := atom == len(m.p.atoms)-1
	line := uint32(0)
	if from > 0 {
		line = m.d.tokens[from-1].line
	} else if len(m.d.tokens) > 0 {
		line = m.d.tokens[0].line
	}
	set := append([]bool(nil), m.set...)
	for i := from; ; i++ {
		if m.steps--; m.steps <= 0 {
			return -1
		}
		far := i < len(m.d.tokens) && m.d.tokens[i].line-line > uint32(max(0, m.p.options.Lines))
		if far && !last {
			return -1
		}
		ends := far || i >= len(m.d.tokens) || m.d.partner[i] >= 0 && int(m.d.partner[i]) < from && m.closing(i)
		if !last || ends {
			r := Range{}
			if i > from {
				r = Range{m.d.tokens[from].start, m.d.tokens[i-1].end}
			} else if from > 0 {
				r = Range{m.d.tokens[from-1].end, m.d.tokens[from-1].end}
			}
			if m.bind(a.slot, r) {
				if end := m.match(atom+1, i); end >= 0 {
					return end
				}
			}
			copy(m.set, set)
		}
		if ends {
			return -1
		}
	}
}

// closing reports whether a token is a closing bracket.
func (m *matcher) closing(i int) bool {
	switch m.d.source[m.d.tokens[i].start] {
	case ')', ']', '}':
		return true
	}
	return false
}
