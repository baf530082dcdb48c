package flow

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// marks say of each node which places it belongs to: those whose range it has, and those in whose range it lies when the place is not exact.
type marks struct {
	sources, sanitizers, sinks map[tree.ID][]int
	// carries are by the node whose range they have.
	carries map[tree.ID][]int
	// guards are by the node whose range they have.
	guards map[tree.ID][]int
	// wanted are the nodes whose values propagators and guards ask for.
	wanted map[tree.ID]bool
	// count is how many marks there are.
	count int
}

// maxMarks bounds the marks of a file: ranges that lie in one another have many.
const maxMarks = 4_000_000

// noMarks are those of a file in which a rule matches nothing.
var noMarks = &marks{}

// mark finds the nodes of all places.
func (u *known) mark(places *Places, r *rule.Taint) *marks {
	if len(places.Sources)+len(places.Sinks)+len(places.Sanitizers)+len(places.Propagators)+len(places.Guards) == 0 {
		return noMarks
	}
	m := &marks{sources: map[tree.ID][]int{}, sanitizers: map[tree.ID][]int{}, sinks: map[tree.ID][]int{}, carries: map[tree.ID][]int{}, guards: map[tree.ID][]int{}, wanted: map[tree.ID]bool{}}
	for i, p := range places.Sources {
		u.each(m, p.Start, p.End, r.Sources[p.Of].Exact, func(id tree.ID) { m.sources[id] = append(m.sources[id], i) })
	}
	for i, p := range places.Sanitizers {
		u.each(m, p.Start, p.End, r.Sanitizers[p.Of].Exact, func(id tree.ID) { m.sanitizers[id] = append(m.sanitizers[id], i) })
	}
	for i, p := range places.Sinks {
		u.each(m, p.Start, p.End, r.Sinks[p.Of].Exact, func(id tree.ID) { m.sinks[id] = append(m.sinks[id], i) })
	}
	for i, p := range places.Guards {
		u.each(m, p.Start, p.End, true, func(id tree.ID) { m.guards[id] = append(m.guards[id], i) })
		m.wanted[p.Checked] = true
	}
	for i, p := range places.Propagators {
		found := false
		u.each(m, p.Start, p.End, true, func(id tree.ID) {
			m.carries[id] = append(m.carries[id], i)
			found = true
		})
		if !found {
			// Several statements are no node: the value arrives where it is used.
			m.carries[p.To] = append(m.carries[p.To], i)
		}
		m.wanted[p.From] = true
	}
	return m
}

// ordered gives the nodes by where they start.
func (u *known) ordered() []tree.ID {
	if u.order != nil {
		return u.order
	}
	nodes := u.file.Nodes
	u.order = make([]tree.ID, 0, len(nodes))
	for id := tree.Root + 1; int(id) < len(nodes); id++ {
		u.order = append(u.order, id)
	}
	byStart := func(a, b tree.ID) int { return cmp.Compare(nodes[a].Start, nodes[b].Start) }
	if !slices.IsSortedFunc(u.order, byStart) {
		slices.SortStableFunc(u.order, byStart)
	}
	return u.order
}

// each calls do for the nodes of a range: for those that have it, and unless exact for all in it. A statement that is one expression stands
// for the expression.
func (u *known) each(m *marks, start, end uint32, exact bool, do func(id tree.ID)) {
	nodes, order := u.file.Nodes, u.ordered()
	first, _ := slices.BinarySearchFunc(order, start, func(id tree.ID, start uint32) int { return cmp.Compare(nodes[id].Start, start) })
	for _, id := range order[first:] {
		n := &nodes[id]
		if n.Start > start && (exact || n.Start > end) || m.count > maxMarks {
			return
		}
		m.count++
		switch {
		case n.Start == start && n.End == end:
			if n.Kind == tree.ExprStmt && exact {
				do(u.file.Child(id, tree.RoleValue))
				continue
			}
			do(id)
		case !exact && n.End <= end:
			do(id)
		}
	}
}
