package match

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// MaxSteps is how many steps a pattern may take in one file, beside two for each node of the file. What it has not found by
// then is missing.
const MaxSteps = 200_000

// Found are the matches of one pattern in one file, by place, each once.
type Found struct {
	Matches []Match
	// Cut says that the steps were used up.
	Cut bool
}

// Search matches all patterns with a file in one walk over its tree. The result has the order of the patterns.
func Search(f *File, patterns []*Pattern) []Found {
	found := make([]Found, len(patterns))
	steps := make([]int, len(patterns))
	var byKind [256][]int
	// Calls are by the last name of what is called, and names and members by their last name.
	calls, names := map[string][]int{}, map[string][]int{}
	var named, members []int
	for i, p := range patterns {
		steps[i] = MaxSteps + 2*len(f.Nodes)
		if p.last != "" {
			names[p.last], named = append(names[p.last], i), append(named, i)
			continue
		}
		if p.anyMember {
			members = append(members, i)
			continue
		}
		for kind, ok := range p.kinds {
			switch {
			case !ok:
			case p.callee != "" && tree.Kind(kind) == tree.Call:
				calls[p.callee] = append(calls[p.callee], i)
			default:
				byKind[kind] = append(byKind[kind], i)
			}
		}
	}
	for n := range f.Nodes {
		id := tree.ID(n)
		kind := f.Nodes[n].Kind
		for _, i := range byKind[kind] {
			f.at(patterns[i], id, &steps[i], &found[i])
		}
		if (kind == tree.Name || kind == tree.Member) && len(named)+len(members) > 0 {
			text, imported := f.lastName(id)
			list := named
			if !imported {
				list = names[text]
			}
			for _, i := range list {
				f.at(patterns[i], id, &steps[i], &found[i])
			}
			if kind == tree.Member || imported {
				for _, i := range members {
					f.at(patterns[i], id, &steps[i], &found[i])
				}
			}
		}
		if kind != tree.Call || len(calls) == 0 {
			continue
		}
		written, full := f.calleeNames(id)
		for _, i := range calls[written] {
			f.at(patterns[i], id, &steps[i], &found[i])
		}
		if full != written {
			for _, i := range calls[full] {
				f.at(patterns[i], id, &steps[i], &found[i])
			}
		}
	}
	for i := range found {
		found[i].Cut = steps[i] <= 0
		found[i].Matches = f.unique(found[i].Matches)
	}
	return found
}

// lastName gives the last name of a name or member, "" when it has none, and whether the name is one that an import gives to something else.
func (f *File) lastName(id tree.ID) (text string, imported bool) {
	if f.Kind(id) == tree.Member {
		id = f.Child(id, tree.RoleProperty)
		if f.Kind(id) != tree.Name {
			return "", false
		}
	}
	_, imported = f.imported()[f.Nodes[id].Text]
	return f.Text(id), imported
}

// calleeNames gives the last name of what a call calls: as it is written, and by the imports.
func (f *File) calleeNames(call tree.ID) (written, full string) {
	callee := f.Child(call, tree.RoleCallee)
	switch f.Kind(callee) {
	case tree.Member:
		written = f.Text(f.Child(callee, tree.RoleProperty))
		return written, written
	case tree.Name:
		written = f.Text(callee)
		if name, ok := f.imported()[f.Nodes[callee].Text]; ok {
			return written, name[lastSeparator(name)+1:]
		}
	}
	return written, written
}

// lastSeparator is the offset of the last dot or slash of a name, or -1.
func lastSeparator(name string) int {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '.' || name[i] == '/' {
			return i
		}
	}
	return -1
}

// At matches a pattern with one node and adds what it finds.
func (f *File) at(p *Pattern, id tree.ID, steps *int, found *Found) {
	if *steps <= 0 {
		return
	}
	s := &f.solver
	s.steps = *steps
	root := p.roots[0]
	switch {
	case len(p.roots) > 1 || p.tree.Kind(root) == tree.ExprStmt:
		f.sequences(p, id, found)
	case expressions[p.tree.Kind(root)] || p.tree.Kind(root) == tree.Metavariable || p.tree.Kind(root) == tree.Deep || p.tree.Kind(root) == tree.TypedMetavariable:
		if !p.options.AttributeExpression && f.Kind(f.Parent(id)) == tree.Decorator {
			return
		}
		s.begin(p, id)
		if p.tree.Kind(root) == tree.TypedMetavariable && f.Role(id) == tree.RoleTarget && f.Kind(f.Parent(id)) == tree.Assign || p.tree.Kind(root) == tree.Deep && f.Kind(id) == tree.Assign || p.tree.Kind(root) == tree.Assign || p.tree.Kind(root) == tree.Function || p.tree.Kind(root) == tree.Class || p.tree.Kind(root) == tree.Switch || s.expression(id) {
			s.solve(s.node(root, id, noGoal))
			found.Matches = append(found.Matches, s.found...)
		}
	default:
		s.begin(p, id)
		s.solve(s.node(root, id, noGoal))
		found.Matches = append(found.Matches, s.found...)
	}
	*steps = s.steps - 1
}

// sequences matches statements at each place of a block.
func (f *File) sequences(p *Pattern, block tree.ID, found *Found) {
	role := tree.RoleItem
	if block == tree.Root {
		role = tree.RoleBody
	}
	s := &f.solver
	s.begin(p, block)
	items := slices.Clone(s.with(f.Tree, block, role))
	first := p.roots[0]
	for i := range items {
		if s.steps <= 0 {
			return
		}
		if !f.occur(p.later, items[i], f.Nodes[block].Limit) {
			// What the later statements need precedes this one, so it precedes all that follow, too.
			return
		}
		s.begin(p, items[i])
		if !p.sequence(first) {
			// Most statements fail here, before a list is made of what follows them.
			ok := s.solve(s.node(first, items[i], noGoal))
			if !ok {
				continue
			}
			s.begin(p, items[i])
		} else if i > 0 {
			// From the first statement on, the ellipsis reaches all others.
			return
		}
		if at, ok := s.statements(prefixGoal, p.roots, items[i:], noGoal); ok && at != solved {
			s.solve(at)
		}
		found.Matches = append(found.Matches, s.found...)
	}
}

// occur reports whether all names occur in a range of nodes. A name that an import has under another name may be anywhere.
func (f *File) occur(names []string, from, limit tree.ID) bool {
	for _, name := range names {
		at, ok := f.nodes[name]
		if !ok {
			at = f.occurrences(name)
		}
		i, _ := slices.BinarySearch(at, from)
		if i == len(at) || at[i] >= limit {
			return false
		}
	}
	return true
}

// occurrences finds the nodes that have a name. One that an import hides under another name has all nodes.
func (f *File) occurrences(name string) []tree.ID {
	if f.nodes == nil {
		f.nodes = map[string][]tree.ID{}
	}
	hidden := false
	for text, full := range f.imported() {
		hidden = hidden || f.Texts()[text] != name && slices.Contains(strings.FieldsFunc(full, func(r rune) bool { return r == '.' || r == '/' }), name)
	}
	text, ok := f.Find(name)
	var at []tree.ID
	for id := tree.Root; int(id) < len(f.Nodes); id++ {
		if hidden || ok && f.Nodes[id].Text == text {
			at = append(at, id)
		}
	}
	f.nodes[name] = at
	return at
}

// unique sorts matches by place and drops those that say the same.
func (f *File) unique(all []Match) []Match {
	slices.SortStableFunc(all, func(a, b Match) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	kept := all[:0]
	for _, m := range all {
		same := func(k Match) bool {
			return k.Start == m.Start && k.End == m.End && slices.EqualFunc(k.Bound, m.Bound, func(a, b Bound) bool {
				return a.Start == b.Start && a.End == b.End && a.IsText == b.IsText && slices.Equal(a.Nodes, b.Nodes)
			})
		}
		double := false
		for i := len(kept) - 1; i >= 0 && i >= len(kept)-maxSolutions && kept[i].Start == m.Start && !double; i-- {
			double = same(kept[i])
		}
		if !double {
			kept = append(kept, m)
		}
	}
	return kept
}
