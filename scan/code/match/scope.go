package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// fields drops the fields of a class that may hold more than one value: those that are neither private nor final, that
// a method assigns, or that have no value but null.
func (w *walker) fields(s *scope, class tree.ID) {
	f := w.f
	for id := class; id < f.Nodes[class].Limit; id++ {
		n := &f.Nodes[id]
		switch {
		case n.Role == tree.RoleTarget && n.Kind == tree.Member:
			property := f.Child(id, tree.RoleProperty)
			delete(s.once, f.Nodes[property].Text)
		case n.Role == tree.RoleTarget && n.Kind == tree.Name && !f.Has(n.Parent, tree.Declares) && f.Kind(n.Parent) == tree.Assign && f.within(id, tree.Function, class):
			delete(s.once, n.Text)
		case n.Kind == tree.Assign && f.Has(id, tree.Field), n.Kind == tree.Declare && f.Has(id, tree.Field):
			kept := false
			for child := range f.Children(id) {
				if text := f.Text(child); f.Kind(child) == tree.Modifier && (text == "private" || text == "final" || text == "const" || text == "readonly") {
					kept = true
				}
			}
			name := f.Nodes[f.Child(id, tree.RoleTarget)].Text
			if !kept || s.once[name].Kind == NullValue {
				delete(s.once, name)
			}
		}
	}
}

// within reports whether a node lies in one of a kind that lies in another node.
func (f *File) within(id tree.ID, kind tree.Kind, outer tree.ID) bool {
	for id = f.Parent(id); id > outer; id = f.Parent(id) {
		if f.Kind(id) == kind {
			return true
		}
	}
	return false
}

// collect finds the variables that a function or class binds.
func (w *walker) collect(s *scope, id tree.ID) {
	f := w.f
	for child := id + 1; child < f.Nodes[id].Limit; child++ {
		n := &f.Nodes[child]
		switch {
		case n.Kind == tree.Function, n.Kind == tree.Class:
			child = n.Limit - 1
		case n.Role == tree.RoleTarget && (n.Kind == tree.Name || n.Kind == tree.Tuple || n.Kind == tree.Array || n.Kind == tree.Object):
			for target := child; target < n.Limit; target++ {
				if t := &f.Nodes[target]; t.Kind == tree.Name && t.Role != tree.RoleProperty {
					s.bind(t.Text)
				}
			}
			if f.Kind(n.Parent) == tree.Declare && n.Kind == tree.Name {
				// A declaration without a value is no assignment.
				s.mine[n.Text]--
			}
		case n.Kind == tree.Unary && (f.Text(child) == "++" || f.Text(child) == "--"):
			s.bind(f.Nodes[f.First(child)].Text)
		}
	}
}

// bind notes one place that binds a name.
func (s *scope) bind(name tree.Text) {
	s.mine[name]++
	if _, ok := s.numbers[name]; !ok && len(s.numbers) < maxVariables {
		s.numbers[name] = len(s.numbers)
	}
}
