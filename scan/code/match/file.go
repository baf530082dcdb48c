package match

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// File is a tree with what matching knows of it beyond its syntax: what names are imported as, and which expressions have
// a known constant value. It computes them when a pattern first asks, so that it serves one goroutine.
type File struct {
	*tree.Tree
	imports   map[tree.Text]string
	wildcards []string
	constants map[tree.ID]Value
	types     map[tree.Text][]declared
	places    map[tree.Text][]place
	// nodes holds the nodes that have a name, for the names that patterns asked for.
	nodes  map[string][]tree.ID
	solver solver
}

// NewFile prepares a tree for matching.
func NewFile(t *tree.Tree) *File {
	f := &File{Tree: t}
	f.solver.file = f
	return f
}

// Name returns the full dotted name that an expression stands for: `sub.run` is subprocess.run after
// `import subprocess as sub`. It is "" for what is no name or chain of members.
func (f *File) Name(id tree.ID) string {
	switch f.Kind(id) {
	case tree.Name:
		text := f.Nodes[id].Text
		if full, ok := f.imported()[text]; ok {
			return full
		}
		return f.Text(id)
	case tree.Member:
		property := f.Child(id, tree.RoleProperty)
		if f.Kind(property) != tree.Name {
			return ""
		}
		object := f.Name(f.Child(id, tree.RoleObject))
		if object == "" {
			return ""
		}
		return object + "." + f.Text(property)
	}
	return ""
}

// Imported reports whether the first name of a chain of members comes from an import.
func (f *File) Imported(id tree.ID) bool {
	for f.Kind(id) == tree.Member {
		id = f.Child(id, tree.RoleObject)
	}
	_, ok := f.imported()[f.Nodes[id].Text]
	return ok && f.Kind(id) == tree.Name
}

// imported gives the full name of each name that the file imports.
func (f *File) imported() map[tree.Text]string {
	if f.imports != nil {
		return f.imports
	}
	f.imports = map[tree.Text]string{}
	for i := range f.Nodes {
		switch id := tree.ID(i); f.Nodes[i].Kind {
		case tree.Import:
			f.addImport(id)
		case tree.Assign:
			f.addRequire(id)
		}
	}
	return f.imports
}

// wildcard reports whether a full name is that of a name which an import of everything may bring: f is a.f after
// `from a import *`, unless the file declares or imports f.
func (f *File) wildcard(id tree.ID, full string) bool {
	module, ok := strings.CutSuffix(full, "."+f.Text(id))
	if !ok {
		return false
	}
	imports := f.imported()
	if _, ok := imports[f.Nodes[id].Text]; ok {
		return false
	}
	for _, each := range f.wildcards {
		if each == module {
			return f.scope(id) == tree.None
		}
	}
	return false
}

// addImport notes what one import binds.
func (f *File) addImport(id tree.ID) {
	module := f.module(id)
	if module == "" {
		return
	}
	alias := f.Child(id, tree.RoleAlias)
	if alias != tree.None {
		f.imports[f.Nodes[alias].Text] = module
	}
	named := false
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleImported || f.Kind(child) != tree.Imported {
			continue
		}
		named = true
		name, local := f.Child(child, tree.RoleName), f.Child(child, tree.RoleAlias)
		if local == tree.None {
			local = name
		}
		if f.Text(name) == "*" && local == name {
			f.wildcards = append(f.wildcards, module)
		}
		full := module + "." + f.Text(name)
		if f.Text(name) == "*" || f.Text(name) == "default" {
			full = module
		}
		if f.Text(local) != "*" && f.Text(local) != "default" {
			f.imports[f.Nodes[local].Text] = full
		}
	}
	if named || alias != tree.None || f.Has(id, tree.From) {
		return
	}
	// `import a.b` binds a; Java's `import a.B` binds B, and Go's "a/b" binds b.
	path := f.Child(id, tree.RoleModule)
	switch {
	case f.Kind(path) == tree.String:
		name := module[strings.LastIndexByte(module, '/')+1:]
		if text, ok := f.Find(name); ok {
			f.imports[text] = module
		}
	case f.Language != tree.Python && f.Kind(path) == tree.Member:
		f.imports[f.Nodes[f.Child(path, tree.RoleProperty)].Text] = module
	}
}

// module gives the module of an import as text.
func (f *File) module(id tree.ID) string {
	path := f.Child(id, tree.RoleModule)
	if f.Kind(path) == tree.String {
		return plainModule(f.Text(path))
	}
	return f.leadingDots(id) + f.dotted(path)
}

// leadingDots gives the leading dots of a relative import.
func (f *File) leadingDots(id tree.ID) string {
	if text := f.Text(id); strings.HasPrefix(text, ".") {
		return text
	}
	return ""
}

// dotted gives a chain of members as it is written.
func (f *File) dotted(id tree.ID) string { return dotted(f.Tree, id) }

// dotted gives a chain of members without metavariables as text, "" for anything else.
func dotted(t *tree.Tree, id tree.ID) string {
	switch t.Kind(id) {
	case tree.Name:
		return t.Text(id)
	case tree.Member:
		property := t.Child(id, tree.RoleProperty)
		object := dotted(t, t.Child(id, tree.RoleObject))
		if object == "" || t.Kind(property) != tree.Name || t.Text(id) == "?." {
			return ""
		}
		return object + "." + t.Text(property)
	}
	return ""
}

// plainModule is the name of a module of Node.js without the scheme that it may have.
// https://nodejs.org/api/modules.html#built-in-modules-with-mandatory-node-prefix
func plainModule(name string) string { return strings.TrimPrefix(name, "node:") }

// required is the full name that `require('m')` or `require('m').a` has; "" for anything else. util.promisify gives a function
// that does the same as the one that it is given.
func (f *File) required(value tree.ID) string {
	switch f.Kind(value) {
	case tree.Member:
		if module := f.required(f.Child(value, tree.RoleObject)); module != "" {
			return module + "." + f.Text(f.Child(value, tree.RoleProperty))
		}
	case tree.Call:
		callee, argument := f.Child(value, tree.RoleCallee), f.Child(value, tree.RoleArgument)
		if f.Kind(callee) == tree.Member {
			callee = f.Child(callee, tree.RoleProperty)
		}
		switch name := f.Text(callee); {
		case name == "require" && f.Kind(argument) == tree.String:
			return plainModule(f.Text(argument))
		case name == "promisify" && f.Kind(argument) == tree.Name:
			return f.imports[f.Nodes[argument].Text]
		case name == "promisify" && f.Kind(argument) == tree.Member:
			if full := f.required(argument); full != "" {
				return full
			}
			if module := f.imports[f.Nodes[f.Child(argument, tree.RoleObject)].Text]; module != "" {
				return module + "." + f.Text(f.Child(argument, tree.RoleProperty))
			}
		}
	}
	return ""
}

// addRequire notes `const m = require('m')` and `const {a: b} = require('m')`.
func (f *File) addRequire(id tree.ID) {
	module, target := f.required(f.Child(id, tree.RoleValue)), f.Child(id, tree.RoleTarget)
	if module == "" {
		return
	}
	switch f.Kind(target) {
	case tree.Name:
		f.imports[f.Nodes[target].Text] = module
	case tree.Object:
		for element := range f.Children(target) {
			switch f.Kind(element) {
			case tree.Name:
				f.imports[f.Nodes[element].Text] = module + "." + f.Text(element)
			case tree.Pair:
				if local := f.Child(element, tree.RoleValue); f.Kind(local) == tree.Name {
					f.imports[f.Nodes[local].Text] = module + "." + f.Text(f.Child(element, tree.RoleKey))
				}
			}
		}
	}
}
