package match

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// streams is how many parts of a chunk the automaton reads at once. The steps of one stream wait for memory, so four
// independent streams take little longer than one.
const streams = 4

// maxStates bounds the table: states times classes must be addressable by uint32 with room to spare.
const maxStates = 1 << 21

// Automaton finds literals in text in any case. It is an Aho-Corasick automaton with every transition filled in, so
// that each byte of the text costs one table look-up. Bytes that no literal contains share a class, and the rows are
// only as wide as there are classes. It is immutable and safe for concurrent use.
type Automaton struct {
	class [256]uint8
	// next holds the transitions; a state's number is the index of its row's first cell.
	next []uint32
	// accepting is the first accepting state; all that follow accept too.
	accepting uint32
	width     uint32
	// outputs lists the literals that end at an accepting state, the longest first.
	outputs [][]int
	Lengths []int
	longest int
}

// Hit says that the literals of an accepting state end before offset end.
type Hit struct {
	End   int
	State uint32
}

// Hits is the reusable buffer of one chunk, with a slice for each stream.
type Hits [streams][]Hit

// node is a state under construction.
type node struct {
	edges   []edge
	fail    int
	outputs []int
}

// edge leads to the next state. Few states have more than one edge, so a list is faster than a map.
type edge struct {
	b  byte
	to int
}

// next returns the state behind an edge.
func (n *node) next(b byte) (int, bool) {
	for _, e := range n.edges {
		if e.b == b {
			return e.to, true
		}
	}
	return 0, false
}

// NewAutomaton compiles literals, which must be lower-case, distinct and not empty.
func NewAutomaton(literals []string) (*Automaton, error) {
	m := &Automaton{Lengths: make([]int, len(literals))}
	nodes := make([]node, 1, 2048)
	var used [256]bool
	for id, literal := range literals {
		state := 0
		for i := 0; i < len(literal); i++ {
			b := literal[i]
			used[b] = true
			child, ok := nodes[state].next(b)
			if !ok {
				child = len(nodes)
				nodes = append(nodes, node{})
				nodes[state].edges = append(nodes[state].edges, edge{b, child})
			}
			state = child
		}
		nodes[state].outputs = append(nodes[state].outputs, id)
		m.Lengths[id] = len(literal)
		m.longest = max(m.longest, len(literal))
	}
	if len(nodes) > maxStates {
		return nil, fmt.Errorf("compile literals: %d states are more than %d", len(nodes), maxStates)
	}
	m.classes(&used)
	m.fill(nodes)
	return m, nil
}

// classes numbers the bytes that literals contain. Class 0 is every other byte. An upper-case letter has the class of
// the lower-case one.
func (m *Automaton) classes(used *[256]bool) {
	m.width = 1
	for b := range 256 {
		if used[b] {
			m.class[b] = uint8(m.width)
			m.width++
		}
	}
	for b := 'A'; b <= 'Z'; b++ {
		m.class[b] = m.class[b+'a'-'A']
	}
}

// fill computes the failure links breadth first, and writes the row of each state from its own children and the
// finished row of its failure state. Accepting states have the highest numbers.
func (m *Automaton) fill(nodes []node) {
	order := breadthFirst(nodes)
	number := make([]uint32, len(nodes))
	var plain, accepting uint32
	for _, state := range order {
		if len(nodes[state].outputs) == 0 {
			plain++
		}
	}
	m.accepting = plain * m.width
	m.outputs = make([][]int, uint32(len(nodes))-plain)
	plain = 0
	for _, state := range order {
		if len(nodes[state].outputs) == 0 {
			number[state] = plain * m.width
			plain++
			continue
		}
		number[state] = m.accepting + accepting*m.width
		m.outputs[accepting] = nodes[state].outputs
		accepting++
	}
	m.next = make([]uint32, len(nodes)*int(m.width))
	for _, state := range order {
		row := m.next[number[state] : number[state]+m.width]
		if state != 0 {
			fail := number[nodes[state].fail]
			copy(row, m.next[fail:fail+m.width])
		}
		for _, e := range nodes[state].edges {
			row[m.class[e.b]] = number[e.to]
		}
	}
}

// breadthFirst sets the failure links, adds the outputs of shorter suffixes, and returns the states in breadth-first
// order.
func breadthFirst(nodes []node) []int {
	order := make([]int, 1, len(nodes))
	for at := 0; at < len(order); at++ {
		state := order[at]
		slices.SortFunc(nodes[state].edges, func(a, b edge) int { return cmp.Compare(a.b, b.b) })
		for _, e := range nodes[state].edges {
			child := e.to
			order = append(order, child)
			if state == 0 {
				continue
			}
			fail := nodes[state].fail
			for {
				if to, ok := nodes[fail].next(e.b); ok {
					nodes[child].fail = to
					break
				}
				if fail == 0 {
					break
				}
				fail = nodes[fail].fail
			}
			nodes[child].outputs = append(nodes[child].outputs, nodes[nodes[child].fail].outputs...)
		}
	}
	return order
}

// Ending returns the literals that end at an accepting state, by their indices.
func (m *Automaton) Ending(state uint32) []int { return m.outputs[(state-m.accepting)/m.width] }

// Find collects the hits that end in data[from:to]. The hits of the streams one after the other are in the order of the
// text. A literal may begin before from.
func (m *Automaton) Find(data []byte, from, to int, found *Hits) {
	for k := range found {
		found[k] = found[k][:0]
	}
	quarter := (to - from) / streams
	var state [streams]uint32
	for k := 1; k < streams; k++ {
		state[k] = m.warm(data, from+k*quarter)
	}
	state[0] = m.warm(data, from)
	s0, s1, s2, s3 := state[0], state[1], state[2], state[3]
	next, accepting := m.next, m.accepting
	d0 := data[from:][:quarter]
	d1 := data[from+quarter:][:quarter]
	d2 := data[from+2*quarter:][:quarter]
	d3 := data[from+3*quarter:][:quarter]
	for i := range d0 {
		s0 = next[s0+uint32(m.class[d0[i]])]
		s1 = next[s1+uint32(m.class[d1[i]])]
		s2 = next[s2+uint32(m.class[d2[i]])]
		s3 = next[s3+uint32(m.class[d3[i]])]
		if s0 >= accepting {
			found[0] = append(found[0], Hit{from + i + 1, s0})
		}
		if s1 >= accepting {
			found[1] = append(found[1], Hit{from + quarter + i + 1, s1})
		}
		if s2 >= accepting {
			found[2] = append(found[2], Hit{from + 2*quarter + i + 1, s2})
		}
		if s3 >= accepting {
			found[3] = append(found[3], Hit{from + 3*quarter + i + 1, s3})
		}
	}
	for i := from + streams*quarter; i < to; i++ {
		s3 = next[s3+uint32(m.class[data[i]])]
		if s3 >= accepting {
			found[3] = append(found[3], Hit{i + 1, s3})
		}
	}
}

// In reports whether text contains one of the literals.
func (m *Automaton) In(text []byte) bool {
	var state uint32
	for _, b := range text {
		if state = m.next[state+uint32(m.class[b])]; state >= m.accepting {
			return true
		}
	}
	return false
}

// warm returns the state before offset at. One byte less than the longest literal is history enough: a literal that
// ended earlier belongs to an earlier part.
func (m *Automaton) warm(data []byte, at int) uint32 {
	var state uint32
	for i := max(0, at-m.longest+1); i < at; i++ {
		state = m.next[state+uint32(m.class[data[i]])]
	}
	return state
}

// AnyOf compiles lower-case texts when the automaton is first needed.
func AnyOf(texts ...string) func() *Automaton {
	return sync.OnceValue(func() *Automaton {
		m, err := NewAutomaton(texts)
		if err != nil {
			panic(err)
		}
		return m
	})
}

// Each visits the literals in a short text, by their indices, in the order of their ends.
func (m *Automaton) Each(text []byte, visit func(literal int)) {
	m.EachEnd(text, func(literal, _ int) { visit(literal) })
}

// EachEnd is [Automaton.Each], and tells the offset behind each literal.
func (m *Automaton) EachEnd(text []byte, visit func(literal, end int)) {
	var state uint32
	for i, b := range text {
		if state = m.next[state+uint32(m.class[b])]; state >= m.accepting {
			for _, literal := range m.Ending(state) {
				visit(literal, i+1)
			}
		}
	}
}
