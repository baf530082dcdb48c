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
	// order holds the nodes by where they start.
	order []tree.ID
	// count is how many marks there are.
	count int
}

// maxMarks bounds the marks of a file: ranges that lie in one another have many.
const maxMarks = 4_000_000

// mark finds the nodes of all places.
func (u *unit) mark(r *rule.Taint) {
	u.marks = marks{sources: map[tree.ID][]int{}, sanitizers: map[tree.ID][]int{}, sinks: map[tree.ID][]int{}, carries: map[tree.ID][]int{}, guards: map[tree.ID][]int{}, wanted: map[tree.ID]bool{}}
	if len(u.places.Sources)+len(u.places.Sinks) == 0 {
		return
	}
	nodes := u.file.Nodes
	order := make([]tree.ID, 0, len(nodes))
	for id := tree.Root + 1; int(id) < len(nodes); id++ {
		order = append(order, id)
	}
	slices.SortStableFunc(order, func(a, b tree.ID) int { return cmp.Compare(nodes[a].Start, nodes[b].Start) })
	u.marks.order = order
	for i, p := range u.places.Sources {
		u.each(p.Start, p.End, r.Sources[p.Of].Exact, func(id tree.ID) { u.marks.sources[id] = append(u.marks.sources[id], i) })
	}
	for i, p := range u.places.Sanitizers {
		u.each(p.Start, p.End, r.Sanitizers[p.Of].Exact, func(id tree.ID) { u.marks.sanitizers[id] = append(u.marks.sanitizers[id], i) })
	}
	for i, p := range u.places.Sinks {
		u.each(p.Start, p.End, r.Sinks[p.Of].Exact, func(id tree.ID) { u.marks.sinks[id] = append(u.marks.sinks[id], i) })
	}
	for i, p := range u.places.Guards {
		u.each(p.Start, p.End, true, func(id tree.ID) { u.marks.guards[id] = append(u.marks.guards[id], i) })
		u.marks.wanted[p.Checked] = true
	}
	for i, p := range u.places.Propagators {
		found := false
		u.each(p.Start, p.End, true, func(id tree.ID) {
			u.marks.carries[id] = append(u.marks.carries[id], i)
			found = true
		})
		if !found {
			// Several statements are no node: the value arrives where it is used.
			u.marks.carries[p.To] = append(u.marks.carries[p.To], i)
		}
		u.marks.wanted[p.From] = true
	}
	u.marks.order = nil
}

// each calls do for the nodes of a range: for those that have it, and unless exact for all in it. A statement that is one expression stands
// for the expression.
func (u *unit) each(start, end uint32, exact bool, do func(id tree.ID)) {
	nodes, order := u.file.Nodes, u.marks.order
	first, _ := slices.BinarySearchFunc(order, start, func(id tree.ID, start uint32) int { return cmp.Compare(nodes[id].Start, start) })
	for _, id := range order[first:] {
		n := &nodes[id]
		if n.Start > start && (exact || n.Start > end) || u.marks.count > maxMarks {
			return
		}
		u.marks.count++
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
