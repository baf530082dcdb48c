package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// unit is a file in the run of one rule.
type unit struct {
	*known
	number int32
	places *Places
	marks  *marks
	// firstSource and firstSink are the numbers of the first ones of the file.
	firstSource, firstSink int
	// globals is the entity whose fields are the variables of the file.
	globals int32
	loaded  bool
	// targets are what names of other files stand for, once they were asked for.
	targets map[string][]target
}

// known is what the flow knows of a file, whatever the rule is.
type known struct {
	// at is the number of the file in the world.
	at   int
	path string
	file *match.File
	// packageName is what a Go file calls its package.
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
	stars  []string
	locals map[tree.ID]map[tree.Text]bool
	// names are the numbers of the texts of the file as names, 0 for those that were not asked for.
	names []int32
	// order holds the nodes by where they start, once marks were looked for.
	order []tree.ID
}

func newKnown(at int, path string, file *match.File) *known {
	u := &known{
		at: at, path: path, file: file, functions: map[string][]tree.ID{}, methods: map[methodKey]tree.ID{}, classes: map[string]tree.ID{}, imports: map[string]imported{},
		locals: map[tree.ID]map[tree.Text]bool{}, names: make([]int32, len(file.Texts())),
	}
	u.declare()
	return u
}

// unitOf is the unit of a file, which is opened when it is not open yet; nil when it cannot be read or the program is too large already.
func (a *analysis) unitOf(file int) *unit {
	if u, ok := a.byFile[file]; ok {
		return u
	}
	k := a.world.known(file)
	if k == nil {
		a.byFile[file] = nil
		return nil
	}
	if a.nodes += len(k.file.Nodes); a.nodes > maxNodes && len(a.units) > 0 {
		if !a.tooLarge {
			a.tooLarge = true
			a.extent = max(a.extent, Shallow)
		}
		return nil
	}
	u := &unit{known: k, number: int32(len(a.units)), places: a.query.Places(file), firstSource: len(a.sources), firstSink: len(a.sinks)}
	if u.places == nil {
		u.places = &Places{}
	}
	u.marks = a.world.marksOf(k, u.places, a.rule)
	a.byFile[file] = u
	a.units = append(a.units, u)
	for i := range u.places.Sources {
		a.sources = append(a.sources, origin{u.number, i, &u.places.Sources[i]})
	}
	for i := range u.places.Sinks {
		a.sinks = append(a.sinks, origin{u.number, i, &u.places.Sinks[i]})
	}
	u.globals, _ = a.entity(identity{kind: moduleEntity, at: site{u.number, tree.Root}})
	return u
}

// unitsOf are the units of files, without those that cannot be opened.
func (a *analysis) unitsOf(files []int) (list []*unit) {
	for _, file := range files {
		if u := a.unitOf(file); u != nil {
			list = append(list, u)
		}
	}
	return list
}

// maxNodes bounds the files that are open in one run, in nodes.
const maxNodes = 5_000_000

// declare finds the functions and classes that have a name, and the imports.
func (u *known) declare() {
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

func (u *known) nameOf(id tree.ID) string {
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
func (u *known) addMethod(function tree.ID, name string) {
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
func (u *known) functionName(id tree.ID) string {
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
func (u *known) around(id tree.ID) tree.ID {
	for id = u.file.Parent(id); id > tree.Root && u.file.Kind(id) != tree.Function; {
		id = u.file.Parent(id)
	}
	return id
}

// classAround is the class in which a node lies, with no function between that is not one of its methods; None when there is none. A Go method lies
// in the type of its receiver.
func (u *known) classAround(id tree.ID) tree.ID {
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
func (u *known) typeName(id tree.ID) string {
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
func (u *known) parameterName(id tree.ID) string {
	if target := u.file.Child(id, tree.RoleTarget); u.file.Kind(target) == tree.Name {
		return u.file.Text(target)
	}
	return ""
}

// static reports whether a member of a class belongs to the class.
func (u *known) static(member tree.ID) bool {
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
