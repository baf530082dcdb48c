package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// unit is a file with what the flow knows of it.
type unit struct {
	number int32
	path   string
	file   *match.File
	places *Places
	marks  marks
	// firstSource and firstSink are the numbers of the first ones of the file.
	firstSource, firstSink int
	// globals is the entity whose fields are the variables of the file.
	globals int32
	loaded  bool
	// packageName is what a file of Go calls its package.
	packageName string
	// functions are the functions by the name that calls them.
	functions map[string][]tree.ID
	// methods are the methods of classes, those of Go's types by the name of the type.
	methods map[methodKey]tree.ID
	// classes are the classes by name.
	classes map[string]tree.ID
	// imports are the names that other files or packages declare.
	imports map[string]imported
	// modules are the modules of the imports, in their order.
	modules []string
	// stars are the modules of which everything is imported.
	stars []string
	// near are the other files of its package, once known.
	near   []*unit
	locals map[tree.ID]map[tree.Text]bool
	names  []int32
}

func newUnit(a *analysis, number int32, from *Unit) *unit {
	u := &unit{
		number: number, path: from.Path, file: from.File, places: &from.Places, firstSource: len(a.sources), firstSink: len(a.sinks),
		functions: map[string][]tree.ID{}, methods: map[methodKey]tree.ID{}, classes: map[string]tree.ID{}, imports: map[string]imported{}, locals: map[tree.ID]map[tree.Text]bool{}, names: make([]int32, len(from.File.Texts())),
	}
	for i := range from.Places.Sources {
		a.sources = append(a.sources, origin{number, i, &from.Places.Sources[i]})
	}
	for i := range from.Places.Sinks {
		a.sinks = append(a.sinks, origin{number, i, &from.Places.Sinks[i]})
	}
	u.globals, _ = a.entity(identity{kind: moduleEntity, at: site{number, tree.Root}})
	u.mark(a.rule)
	u.declare()
	return u
}

// declare finds the functions and classes that have a name, and the imports.
func (u *unit) declare() {
	for id := tree.Root; int(id) < len(u.file.Nodes); id++ {
		switch u.file.Kind(id) {
		case tree.Class:
			if name := u.nameOf(id); name != "" {
				u.classes[name] = id
			}
		case tree.TypeAlias:
			if u.file.Language == tree.Go {
				u.classes[u.nameOf(id)] = id
			}
		case tree.Function:
			if name := u.functionName(id); name != "" {
				u.functions[name] = append(u.functions[name], id)
				u.addMethod(id, name)
			}
		case tree.Package:
			u.packageName = u.nameOf(id)
		case tree.Import:
			u.addImport(id)
		case tree.Assign:
			u.addRequire(id)
		}
	}
}

func (u *unit) nameOf(id tree.ID) string {
	if id == tree.Root {
		return ""
	}
	return u.file.Text(u.file.Child(id, tree.RoleName))
}

// methodKey is a method of a class; typ is that of Go's types instead.
type methodKey struct {
	class tree.ID
	typ   string
	name  string
}

// addMethod notes a function that is a member of a class. The first one of a name counts.
func (u *unit) addMethod(function tree.ID, name string) {
	f := u.file
	key := methodKey{name: name}
	if receiver := f.Child(function, tree.RoleReceiver); receiver != tree.None {
		key.typ = u.typeName(f.Child(receiver, tree.RoleType))
	} else {
		parent := f.Parent(function)
		if f.Kind(parent) == tree.Assign {
			parent = f.Parent(parent)
		}
		if key.class = f.Parent(parent); f.Kind(key.class) != tree.Class {
			return
		}
	}
	if _, ok := u.methods[key]; !ok {
		u.methods[key] = function
	}
}

// functionName is the name by which a function is called: its own, or that of the variable or field that it is given to.
func (u *unit) functionName(id tree.ID) string {
	if name := u.file.Child(id, tree.RoleName); name != tree.None {
		return u.file.Text(name)
	}
	parent := u.file.Parent(id)
	if u.file.Kind(parent) == tree.Assign && u.file.Role(id) == tree.RoleValue {
		if target := u.file.Child(parent, tree.RoleTarget); u.file.Kind(target) == tree.Name {
			return u.file.Text(target)
		}
	}
	return ""
}

// around is the function around a node, or the root.
func (u *unit) around(id tree.ID) tree.ID {
	for id = u.file.Parent(id); id > tree.Root && u.file.Kind(id) != tree.Function; {
		id = u.file.Parent(id)
	}
	return id
}

// classAround is the class in which a node lies, with no function that is no method of it between; None when there is none. A method of Go lies
// in the type of its receiver.
func (u *unit) classAround(id tree.ID) tree.ID {
	f := u.file
	for ; id > tree.Root; id = f.Parent(id) {
		switch {
		case f.Kind(id) == tree.Class:
			return id
		case f.Kind(id) == tree.Function && f.Language == tree.Go:
			if receiver := f.Child(id, tree.RoleReceiver); receiver != tree.None {
				return u.classes[u.typeName(f.Child(receiver, tree.RoleType))]
			}
		}
		if f.Kind(id) == tree.New && f.Child(id, tree.RoleBody) != tree.None {
			return tree.None
		}
	}
	return tree.None
}

// typeName is the last part of the name of a type, without packages, pointers and type arguments; "" for what is no class.
func (u *unit) typeName(id tree.ID) string {
	f := u.file
	switch f.Kind(id) {
	case tree.Name:
		return f.Text(id)
	case tree.Member:
		return f.Text(f.Child(id, tree.RoleProperty))
	case tree.Generic:
		return u.typeName(f.Child(id, tree.RoleObject))
	case tree.TypeOperator:
		if text := f.Text(id); text == "*" || text == "?" || text == "&" {
			return u.typeName(f.Child(id, tree.RoleElement))
		}
	}
	return ""
}

// parameterName is the name of a parameter; "" for a pattern.
func (u *unit) parameterName(id tree.ID) string {
	if target := u.file.Child(id, tree.RoleTarget); u.file.Kind(target) == tree.Name {
		return u.file.Text(target)
	}
	return ""
}

// static reports whether a member of a class belongs to the class.
func (u *unit) static(member tree.ID) bool {
	for child := range u.file.Children(member) {
		if u.file.Role(child) == tree.RoleModifier && u.file.Text(child) == "static" {
			return true
		}
		if u.file.Role(child) == tree.RoleDecorator {
			if text := u.file.Text(u.file.Child(child, tree.RoleValue)); text == "staticmethod" || text == "classmethod" {
				return true
			}
		}
	}
	return false
}
