package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// argument is one argument of a call.
type argument struct {
	id tree.ID
	// name is that of a keyword; "" for one by position.
	name string
	v    value
	// spread says that the argument stands for the elements of the value.
	spread bool
}

// evalArguments walks the arguments of a call.
func (w *walk) evalArguments(id tree.ID) (list []argument) {
	for child := range w.file.Children(id) {
		if w.file.Role(child) == tree.RoleArgument {
			list = append(list, w.argument(child))
		}
	}
	return list
}

// tagArguments are what the function before a template gets: the list of the texts, and then each interpolated value.
func (w *walk) tagArguments(id tree.ID) []argument {
	list := []argument{{}}
	for part := range w.file.Children(w.file.Child(id, tree.RoleArgument)) {
		if w.file.Kind(part) != tree.String {
			list = append(list, argument{id: part, v: w.eval(part)})
		}
	}
	return list
}

// argument walks one argument.
func (w *walk) argument(id tree.ID) argument {
	f := w.file
	a := argument{id: id}
	switch f.Kind(id) {
	case tree.Keyword:
		a.name = f.Text(f.Child(id, tree.RoleName))
		a.v = w.begin(id, w.eval(f.Child(id, tree.RoleValue)))
		w.arrive(id, a.v)
	case tree.Spread:
		a.v = w.eval(id)
		a.spread = f.Text(id) != "**"
		if !a.spread {
			a.name = "**"
		}
	default:
		a.v = w.eval(id)
	}
	a.v = w.copied(id, a.v)
	w.seen[w.site(id)] = value{taints: w.whole(a.v), from: a.v.from, spelled: a.v.spelled}
	return a
}
