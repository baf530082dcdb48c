package match

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

const (
	// maxSolutions bounds the ways in which a pattern matches one place.
	maxSolutions = 200
	// noGoal ends the list of goals.
	noGoal = -1
)

// goalKind is what has to be shown.
type goalKind uint8

const (
	// nodeGoal: the node of the pattern matches the node.
	nodeGoal goalKind = iota
	// listGoal: the nodes of the pattern match the nodes in order; ellipses stand for any number.
	listGoal
	// prefixGoal: as listGoal, but nodes may be left over at the end. The match ends with the last node that was matched.
	prefixGoal
	// setGoal: the nodes of the pattern match as many different nodes in any order.
	setGoal
	// operandGoal: as listGoal, where a metavariable may stand for several operands.
	operandGoal
)

// goal is one thing that has to be shown, and what comes after it.
type goal struct {
	kind goalKind
	// meta says that this goal or one after it binds something.
	meta bool
	// extra: a set may have more nodes than the pattern.
	extra  bool
	next   int32
	p, e   tree.ID
	ps, es []tree.ID
}

// Bound is what a metavariable stands for.
type Bound struct {
	// Nodes are the nodes in the order of the text: one, or any number for `$...X`.
	Nodes []tree.ID
	// Start and End are the range in the source. It is empty for no nodes.
	Start, End uint32
	// Text is the content of the string that "$X" stands for; IsText says that there is one.
	Text   string
	IsText bool
}

// Match is one way in which a pattern matches.
type Match struct {
	// Start and End are the range in the source.
	Start, End uint32
	// Node is the node that matched, or the first of several statements.
	Node tree.ID
	// Bound is indexed as Metavariables of the pattern. Nil Nodes without IsText mean that the metavariable is not bound.
	Bound []Bound
}

// solver proves goals by depth-first search with a trail, so that it finds all bindings.
type solver struct {
	file *File
	p    *Pattern
	// steps counts down to the end of the search.
	steps int

	goals []goal
	slots []Bound
	set   []bool
	trail []int
	// last is the last statement that was matched at the top.
	last  tree.ID
	found []Match
	start tree.ID
	// ids is the memory of the lists of goals.
	ids []tree.ID
}

// begin prepares for one place.
func (s *solver) begin(p *Pattern, start tree.ID) {
	s.p, s.start, s.last = p, start, start
	s.goals, s.trail, s.found, s.ids = s.goals[:0], s.trail[:0], nil, s.ids[:0]
	s.slots = slices.Grow(s.slots[:0], len(p.names))[:len(p.names)]
	s.set = slices.Grow(s.set[:0], len(p.names))[:len(p.names)]
	clear(s.set)
	clear(s.slots)
}

// push adds a goal in front of others.
func (s *solver) push(g goal) int32 {
	if g.next != noGoal {
		g.meta = g.meta || s.goals[g.next].meta
	}
	s.goals = append(s.goals, g)
	return int32(len(s.goals) - 1)
}

// node adds the goal that a node matches.
func (s *solver) node(p, e tree.ID, next int32) int32 {
	return s.push(goal{kind: nodeGoal, p: p, e: e, next: next, meta: s.p.info[p].meta})
}

// list adds the goal that nodes match in order.
func (s *solver) list(kind goalKind, ps, es []tree.ID, next int32) int32 {
	return s.push(goal{kind: kind, ps: ps, es: es, next: next, meta: s.metaIn(ps)})
}

func (s *solver) metaIn(ps []tree.ID) bool {
	for _, p := range ps {
		if s.p.info[p].meta {
			return true
		}
	}
	return false
}

// solve shows a goal and all after it, in each possible way. It reports whether there was one.
func (s *solver) solve(at int32) bool {
	for at != noGoal {
		if s.steps <= 0 || len(s.found) >= maxSolutions {
			return false
		}
		s.steps--
		var ok bool
		g := s.goals[at]
		switch g.kind {
		case nodeGoal:
			at, ok = s.matchNode(g.p, g.e, g.next)
		case setGoal:
			at, ok = s.matchSet(g)
		case operandGoal:
			at, ok = s.matchOperands(g)
		default:
			at, ok = s.matchList(g)
		}
		if !ok {
			return false
		}
		if at == solved {
			return true
		}
	}
	s.record()
	return true
}

// solved says that a goal has tried all goals after it itself.
const solved = -2

// try shows a goal and takes back what that binds. It reports success, and whether further ways need no try, because they
// bind the same.
func (s *solver) try(at int32) (ok, enough bool) {
	trail, goals, last := len(s.trail), len(s.goals), s.last
	ok = s.solve(at)
	s.undo(trail)
	s.goals, s.last = s.goals[:goals], last
	return ok, ok && !s.goals[at].meta || s.steps <= 0 || len(s.found) >= maxSolutions
}

// undo takes bindings back.
func (s *solver) undo(trail int) {
	for _, slot := range s.trail[trail:] {
		s.set[slot] = false
	}
	s.trail = s.trail[:trail]
}

// tried gives the result of a goal that tried its alternatives.
func tried(ok bool) (int32, bool) { return solved, ok }

// bind binds a slot, or compares with what it is bound to.
func (s *solver) bind(slot int, b Bound) bool {
	if slot < 0 {
		return true
	}
	if s.set[slot] {
		return s.file.Same(s.slots[slot], b) && (!s.p.options.UnifyStrictly || s.file.SameVariables(s.slots[slot], b))
	}
	s.slots[slot], s.set[slot] = b, true
	s.trail = append(s.trail, slot)
	return true
}

// bindNodes binds a slot to nodes.
func (s *solver) bindNodes(slot int, nodes ...tree.ID) bool {
	if slot < 0 {
		return true
	}
	return s.bind(slot, s.file.Bind(nodes...))
}

// Bind makes the binding of nodes.
func (f *File) Bind(nodes ...tree.ID) Bound {
	b := Bound{Nodes: slices.Clone(nodes)}
	if b.Nodes == nil {
		b.Nodes = []tree.ID{}
	}
	if len(nodes) > 0 {
		b.Start, b.End = f.Nodes[nodes[0]].Start, f.Nodes[nodes[len(nodes)-1]].End
	}
	return b
}

// record notes a match.
func (s *solver) record() {
	m := Match{Node: s.start, Start: s.file.Nodes[s.start].Start, End: s.file.Nodes[s.last].End}
	m.Bound = make([]Bound, len(s.slots))
	for i := range s.slots {
		if s.set[i] {
			m.Bound[i] = s.slots[i]
		}
	}
	s.found = append(s.found, m)
}

// with collects the children of a node that have a role. The steps count the nodes, so that wide nodes cost what they are.
func (s *solver) with(t *tree.Tree, id tree.ID, role tree.Role) []tree.ID {
	from := len(s.ids)
	limit := t.Nodes[id].Limit
	for child := id + 1; child < limit; child = t.Nodes[child].Limit {
		if t.Nodes[child].Role == role {
			s.ids = append(s.ids, child)
		}
	}
	s.steps -= (len(s.ids) - from) / 8
	return s.ids[from:len(s.ids):len(s.ids)]
}
