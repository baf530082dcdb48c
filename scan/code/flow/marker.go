package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// A value may be a function of the file, or an object of a class of the file. Both are known in the same way as taints, so that they go where
// values go: as sources above all real ones.
const (
	functionBase = 1 << 20
	classBase    = 1 << 21
)

// closure is a function as a value, with what the variables around it held where it was made.
type closure struct {
	id       tree.ID
	captured *state
	// frame is the call in which it was made. While that runs, its variables are those of the function.
	frame int
}

// real reports whether a taint is data of a source or of a parameter, and no marker.
func (t taint) real() bool { return t.source < functionBase }

// data is a set without markers.
func (t taints) data() taints {
	for i, each := range t {
		if !each.real() {
			return t[:i:i]
		}
	}
	return t
}

// functionValue is a function as a value.
func (w *walk) functionValue(id tree.ID, captured *state) value {
	for i, c := range w.closures {
		if c.id == id && c.frame == w.frame {
			c.captured = captured
			return marker(functionBase+i, id)
		}
	}
	w.closures = append(w.closures, &closure{id, captured, w.frame})
	return marker(functionBase+len(w.closures)-1, id)
}

func marker(source int, at tree.ID) value {
	return value{own: taints{{source: source, from: &step{at: at, length: 1}}}}
}

// closuresOf are the functions that a value may be.
func (w *walk) closuresOf(v value) (list []*closure) {
	for _, t := range v.own {
		if t.source >= functionBase && t.source < classBase {
			list = append(list, w.closures[t.source-functionBase])
		}
	}
	return list
}

// classesOf are the classes of which a value may be an object.
func classesOf(v value) (list []tree.ID) {
	for _, t := range v.own {
		if t.source >= classBase {
			list = append(list, tree.ID(t.source-classBase))
		}
	}
	return list
}

// method finds a method of a class, or of the classes of the file that it extends.
func (a *analysis) method(class tree.ID, name string) tree.ID {
	for depth := 0; depth < maxParents && class != tree.None; depth++ {
		body := a.file.Child(class, tree.RoleBody)
		for member := range a.file.Children(body) {
			function := member
			if a.file.Kind(member) == tree.Assign {
				function = a.file.Child(member, tree.RoleValue)
			}
			if a.file.Kind(function) == tree.Function && a.functionName(function) == name {
				return function
			}
		}
		parent := a.file.Child(class, tree.RoleParent)
		class = a.classes[a.lastName(parent)]
	}
	return tree.None
}

// maxParents bounds how many classes above a class are looked at.
const maxParents = 8

// lastName is the last part of a name with its packages and without its type arguments; "" for what is none.
func (a *analysis) lastName(id tree.ID) string {
	switch a.file.Kind(id) {
	case tree.Name:
		return a.file.Text(id)
	case tree.Member:
		return a.file.Text(a.file.Child(id, tree.RoleProperty))
	case tree.Generic:
		return a.lastName(a.file.Child(id, tree.RoleObject))
	}
	return ""
}

// constructorNames are what constructors are called; Java's have the name of the class.
func (a *analysis) constructor(class tree.ID) tree.ID {
	for _, name := range []string{"constructor", "__init__", "__construct", "initialize", a.nameOf(class)} {
		if found := a.method(class, name); found != tree.None {
			return found
		}
	}
	return tree.None
}
