package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// localsOf are the variables that a function declares, or the whole file for the root.
func (u *known) localsOf(function tree.ID) map[tree.Text]bool {
	if set, ok := u.locals[function]; ok {
		return set
	}
	set := map[tree.Text]bool{}
	u.locals[function] = set
	if function == tree.Root {
		return set
	}
	outer := map[tree.Text]bool{}
	f := u.file
	for id := function + 1; id < f.Nodes[function].Limit; id++ {
		n := &f.Nodes[id]
		switch n.Kind {
		case tree.Function, tree.Class:
			if name := f.Child(id, tree.RoleName); name != tree.None {
				set[f.Nodes[name].Text] = true
			}
			id = n.Limit - 1
		case tree.Scope:
			for name := range f.Children(id) {
				outer[f.Nodes[name].Text] = true
			}
		case tree.Name:
			if u.declares(id) {
				set[n.Text] = true
			}
		}
	}
	for name := range outer {
		delete(set, name)
	}
	return set
}

// declares reports whether a name is where a variable is declared.
func (u *known) declares(id tree.ID) bool {
	f := u.file
	for {
		parent := f.Parent(id)
		role := f.Role(id)
		switch f.Kind(parent) {
		case tree.Tuple, tree.Array, tree.Object, tree.Spread:
		case tree.Pair:
			if role != tree.RoleValue {
				return false
			}
		case tree.Assign:
			if role != tree.RoleTarget {
				return false
			}
			if f.Has(parent, tree.Declares) || f.Language == tree.Python {
				return true
			}
			// The default of an element of a pattern.
			if f.Kind(f.Parent(parent)) != tree.Object && f.Kind(f.Parent(parent)) != tree.Array {
				return false
			}
		case tree.ForEach:
			return role == tree.RoleTarget && (f.Has(parent, tree.Declares) || f.Language == tree.Python)
		case tree.Parameter, tree.Declare, tree.Catch, tree.TypeTest, tree.Alias:
			return role == tree.RoleTarget
		case tree.Case:
			return role == tree.RoleLabel && f.Language == tree.Python
		default:
			return false
		}
		id = parent
	}
}

// variable is the place of the variable that a name stands for.
func (w *walk) variable(id tree.ID) place {
	text := w.file.Nodes[id].Text
	name := w.nameOfText(w.analysis, text)
	for f := w.frame; f != 0; f = w.entities[f].inner.of {
		e := w.entities[f]
		if e.kind == frameEntity && w.units[e.at.unit] == w.unit && w.localsOf(e.at.id)[text] {
			return place{f, name}
		}
	}
	if p, ok := w.member(id, name); ok {
		return p
	}
	return place{w.globals, name}
}

// member finds the field that a bare name stands for in Java.
func (w *walk) member(id tree.ID, name int32) (place, bool) {
	if w.file.Language != tree.Java {
		return place{}, false
	}
	class := w.classAround(id)
	if class == tree.None {
		return place{}, false
	}
	u, field := w.field(w.class(w.unit, class), name)
	if field == tree.None {
		return place{}, false
	}
	if u.static(field) {
		return place{w.class(u, u.classAround(field)), name}, true
	}
	self, _ := w.state.get(w.self())
	if len(self.may) > 0 {
		return place{self.may[0], name}, true
	}
	return place{w.class(u, u.classAround(field)), name}, true
}

// self is the place of `this` in the call at hand.
func (w *walk) self() place {
	this := w.name("this")
	for f := w.frame; f != 0; f = w.entities[f].inner.of {
		e := w.entities[f]
		if u := w.units[e.at.unit]; e.kind == frameEntity && !u.file.Has(e.at.id, tree.Arrow) {
			return place{f, this}
		}
	}
	return place{w.globals, this}
}

// nameOfText is the number of the name that a text of the file is.
func (u *known) nameOfText(a *analysis, text tree.Text) int32 {
	if n := u.names[text]; n != 0 {
		return n
	}
	n := a.world.name(u.file.Texts()[text])
	u.names[text] = n
	return n
}
