package flow

import "github.com/sluice-scan/sluice/scan/code/tree"

// marks say of each node which places it belongs to.
type marks struct {
	// sources and sanitizers hold for each node the places whose range the node is, or lies in when the place is not exact.
	sources, sanitizers map[tree.ID][]int
	// sinks holds for each node the places whose range the node is, or lies in when the place is not exact.
	sinks map[tree.ID][]int
	// carries are by the node whose range they have.
	carries map[tree.ID][]int
}

// mark finds the nodes of all places. A range that several nodes have belongs to the outermost: the others are inside.
func (a *analysis) mark() {
	r := a.rule
	a.marks = marks{sources: map[tree.ID][]int{}, sanitizers: map[tree.ID][]int{}, sinks: map[tree.ID][]int{}, carries: map[tree.ID][]int{}}
	for i, p := range a.places.Sources {
		a.each(p.Start, p.End, r.Sources[p.Of].Exact, func(id tree.ID) { a.marks.sources[id] = append(a.marks.sources[id], i) })
	}
	for i, p := range a.places.Sanitizers {
		a.each(p.Start, p.End, r.Sanitizers[p.Of].Exact, func(id tree.ID) { a.marks.sanitizers[id] = append(a.marks.sanitizers[id], i) })
	}
	for i, p := range a.places.Sinks {
		a.each(p.Start, p.End, r.Sinks[p.Of].Exact, func(id tree.ID) { a.marks.sinks[id] = append(a.marks.sinks[id], i) })
	}
	for i, p := range a.places.Propagators {
		a.each(p.Start, p.End, true, func(id tree.ID) { a.marks.carries[id] = append(a.marks.carries[id], i) })
	}
}

// each calls do for the nodes of a range: for those that have it, and unless exact for all in it. A statement that is one expression stands
// for the expression.
func (a *analysis) each(start, end uint32, exact bool, do func(id tree.ID)) {
	nodes := a.file.Nodes
	for id := tree.Root + 1; int(id) < len(nodes); id++ {
		n := &nodes[id]
		switch {
		case n.Start == start && n.End == end:
			if n.Kind == tree.ExprStmt && exact {
				do(a.file.Child(id, tree.RoleValue))
				continue
			}
			do(id)
		case !exact && n.Start >= start && n.End <= end:
			do(id)
		}
	}
}
