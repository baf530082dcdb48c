package flow

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// imported is where a name comes from: a module and a name in it; "" is the module itself.
type imported struct{ module, name string }

// target is what an import leads to.
type target struct {
	unit *unit
	name string
}

// addImport notes what an import binds.
func (u *unit) addImport(id tree.ID) {
	f := u.file
	module := u.moduleText(id)
	u.modules = append(u.modules, module)
	if alias := f.Child(id, tree.RoleAlias); alias != tree.None {
		u.imports[f.Text(alias)] = imported{module: module}
		return
	}
	named := false
	for child := range f.Children(id) {
		if f.Kind(child) != tree.Imported {
			continue
		}
		named = true
		name, local := f.Text(f.Child(child, tree.RoleName)), f.Child(child, tree.RoleAlias)
		switch {
		case name == "*" && local == tree.None:
			u.stars = append(u.stars, module)
		case name == "*":
			u.imports[f.Text(local)] = imported{module: module}
		case local == tree.None:
			u.imports[name] = imported{module, name}
		default:
			u.imports[f.Text(local)] = imported{module, name}
		}
	}
	if named || module == "" || f.Has(id, tree.From) {
		return
	}
	last := module[strings.LastIndexAny(module, "./")+1:]
	switch f.Language {
	case tree.Java:
		u.imports[last] = imported{module: module}
	case tree.Python:
		u.imports[module] = imported{module: module}
		first, _, _ := strings.Cut(module, ".")
		if first != module {
			u.imports[first] = imported{module: first}
		}
	default:
		u.imports[path.Base(module)] = imported{module: module}
	}
}

// addRequire notes what JavaScript's require brings.
func (u *unit) addRequire(id tree.ID) {
	f := u.file
	call := f.Child(id, tree.RoleValue)
	name := ""
	if f.Kind(call) == tree.Member {
		name = f.Text(f.Child(call, tree.RoleProperty))
		call = f.Child(call, tree.RoleObject)
	}
	if f.Kind(call) != tree.Call || f.Text(f.Child(call, tree.RoleCallee)) != "require" {
		return
	}
	module := f.Text(f.Child(call, tree.RoleArgument))
	switch bound := f.Child(id, tree.RoleTarget); f.Kind(bound) {
	case tree.Name:
		u.imports[f.Text(bound)] = imported{module, name}
	case tree.Object:
		for element := range f.Children(bound) {
			switch f.Kind(element) {
			case tree.Name:
				u.imports[f.Text(element)] = imported{module, f.Text(element)}
			case tree.Pair:
				u.imports[f.Text(f.Child(element, tree.RoleValue))] = imported{module, f.Text(f.Child(element, tree.RoleKey))}
			}
		}
	}
}

// moduleText is the module of an import as text.
func (u *unit) moduleText(id tree.ID) string {
	f := u.file
	module := f.Child(id, tree.RoleModule)
	if f.Kind(module) == tree.String {
		return f.Text(module)
	}
	text := ""
	if t := f.Text(id); strings.HasPrefix(t, ".") {
		text = t
	}
	return text + strings.Join(strings.Fields(f.At(module)), "")
}

// imported finds what a name of a file stands for in other files.
func (a *analysis) imported(u *unit, name string) (list []target) {
	if len(a.units) == 1 {
		return nil
	}
	if from, ok := u.imports[name]; ok {
		for _, other := range a.modulesOf(u, from.module) {
			list = append(list, target{other, from.name})
		}
		if len(list) == 0 && from.name != "" {
			// `from package import module`
			for _, other := range a.modulesOf(u, joinModule(from.module, from.name)) {
				list = append(list, target{other, ""})
			}
		}
		if len(list) == 0 && u.file.Language == tree.Java {
			// A static import names a member of a class.
			if i := strings.LastIndexByte(from.module, '.'); i > 0 {
				for _, other := range a.modulesOf(u, from.module[:i]) {
					list = append(list, target{other, name})
				}
			}
		}
		return a.javaClass(u, list, name)
	}
	if u.file.Language == tree.Go {
		// The package may have another name than its folder.
		for _, module := range u.modules {
			for _, other := range a.modulesOf(u, module) {
				if other.packageName == name {
					list = append(list, target{other, ""})
				}
			}
		}
	}
	for _, sibling := range a.siblings(u) {
		if sibling.declaresGlobal(name) {
			list = append(list, target{sibling, name})
		}
	}
	for _, module := range u.stars {
		for _, other := range a.modulesOf(u, module) {
			if other != u && other.offers(name) {
				list = append(list, target{other, name})
			}
		}
	}
	return list
}

// javaClass turns imports of files into imports of the class that each holds.
func (a *analysis) javaClass(u *unit, list []target, name string) []target {
	if u.file.Language != tree.Java {
		return list
	}
	for i := range list {
		if list[i].name == "" {
			list[i].name = name
		}
	}
	return list
}

func joinModule(module, name string) string {
	if strings.HasSuffix(module, ".") || module == "" {
		return module + name
	}
	return module + "." + name
}

// siblings are the other files of the same package, where a language has packages that several files share.
func (a *analysis) siblings(u *unit) (list []*unit) {
	if l := u.file.Language; l != tree.Go && l != tree.Java || len(a.units) == 1 {
		return nil
	}
	if u.package0 == nil {
		u.package0 = []*unit{}
		for _, other := range a.units {
			if other != u && path.Dir(other.path) == path.Dir(u.path) && other.file.Language == u.file.Language {
				u.package0 = append(u.package0, other)
			}
		}
	}
	return u.package0
}

// declaresGlobal reports whether a file declares a name outside of functions.
func (u *unit) declaresGlobal(name string) bool {
	if _, ok := u.classes[name]; ok {
		return true
	}
	for _, function := range u.functions[name] {
		if u.file.Child(function, tree.RoleReceiver) == tree.None && u.around(function) == tree.Root && u.classAround(function) == tree.None {
			return true
		}
	}
	if u.file.Language != tree.Go && u.file.Language != tree.Python {
		return false
	}
	text, ok := u.file.Find(name)
	if !ok {
		return false
	}
	for id := range u.file.Children(tree.Root) {
		if k := u.file.Kind(id); k == tree.Assign || k == tree.Declare {
			if t := u.file.Child(id, tree.RoleTarget); u.file.Nodes[t].Text == text && u.file.Kind(t) == tree.Name {
				return true
			}
		}
	}
	return false
}

// offers reports whether `import *` brings a name: one of __all__, or any without it.
func (u *unit) offers(name string) bool {
	if u.file.Language != tree.Python {
		return true
	}
	for id := range u.file.Children(tree.Root) {
		if u.file.Kind(id) != tree.Assign || u.file.Text(u.file.Child(id, tree.RoleTarget)) != "__all__" {
			continue
		}
		for element := range u.file.Children(u.file.Child(id, tree.RoleValue)) {
			if u.file.Text(element) == name {
				return true
			}
		}
		return false
	}
	return !strings.HasPrefix(name, "_")
}

// exported is what a file has under a name.
func (w *walk) exported(u *unit, name string) value {
	if w.exports > maxExports {
		return value{}
	}
	w.exports++
	defer func() { w.exports-- }()
	w.enterUnit(u)
	l := u.file.Language
	if l == tree.JavaScript || l == tree.TypeScript {
		if name == "default" {
			if v, ok := w.state.get(place{u.globals, w.name("default")}); ok {
				return v
			}
		}
		// module.exports and exports are the same object.
		module, _ := w.state.get(place{u.globals, w.name("module")})
		exports := w.partOf(module, w.name("exports"))
		if len(exports.may) == 0 {
			exports, _ = w.state.get(place{u.globals, w.name("exports")})
		}
		if name == "default" && len(exports.may) > 0 {
			return exports
		}
		if v := w.partOf(exports, w.name(name)); len(v.may)+len(v.taints) > 0 {
			return v
		}
		if v, ok := w.reexported(u, name); ok {
			return v
		}
	}
	if v, ok := w.state.get(place{u.globals, w.name(name)}); ok {
		return v
	}
	v := w.declaredAs(u, name)
	if len(v.may) == 0 && l == tree.Python && path.Base(u.path) == "__init__.py" {
		for _, inner := range w.modulesOf(u, "."+name) {
			v.may = unionOf(v.may, []int32{inner.globals})
		}
	}
	return v
}

// maxExports bounds chains of files that hand on what they import.
const maxExports = 8

// reexported is what `export {a as b}` and `export * from` give.
func (w *walk) reexported(u *unit, name string) (value, bool) {
	f := u.file
	for id := range f.Children(tree.Root) {
		if f.Kind(id) != tree.Export {
			continue
		}
		module := f.Child(id, tree.RoleModule)
		if module != tree.None && (f.Text(id) == "*" || f.Child(id, tree.RoleImported) == tree.None) {
			for _, other := range w.modulesOf(u, f.Text(module)) {
				if v := w.exported(other, name); len(v.may)+len(v.taints) > 0 {
					return v, true
				}
			}
		}
		for item := range f.Children(id) {
			if f.Kind(item) != tree.Imported {
				continue
			}
			inner, outer := f.Text(f.Child(item, tree.RoleName)), f.Text(f.Child(item, tree.RoleAlias))
			if outer == "" {
				outer = inner
			}
			if inner == "*" && module != tree.None {
				outer, inner = name, name
			}
			if outer != name {
				continue
			}
			if module == tree.None {
				if v, ok := w.state.get(place{u.globals, w.name(inner)}); ok {
					return v, true
				}
				return w.declaredAs(u, inner), true
			}
			for _, other := range w.modulesOf(u, f.Text(module)) {
				return w.exported(other, inner), true
			}
		}
	}
	return value{}, false
}

// modulesOf finds the files that a module is.
func (a *analysis) modulesOf(u *unit, module string) (list []*unit) {
	switch u.file.Language {
	case tree.Python:
		return a.pythonModule(u, module)
	case tree.JavaScript, tree.TypeScript:
		return a.scriptModule(u, module)
	case tree.Java:
		suffix := strings.ReplaceAll(strings.TrimSuffix(module, ".*"), ".", "/")
		for _, other := range a.units {
			if other.file.Language == tree.Java && (endsWithPath(strings.TrimSuffix(other.path, ".java"), suffix) || endsWithPath(path.Dir(other.path), suffix)) {
				list = append(list, other)
			}
		}
	case tree.Go:
		for _, other := range a.units {
			if other.file.Language == tree.Go && goPackage(path.Dir(other.path), module) {
				list = append(list, other)
			}
		}
	}
	return list
}

// goPackage reports whether a folder is that of an import path. The path of the module, which go.mod says, stands before the folder.
func goPackage(dir, module string) bool {
	if endsWithPath(dir, module) {
		return true
	}
	for i := strings.IndexByte(module, '/'); i >= 0; {
		module = module[i+1:]
		if endsWithPath(dir, module) {
			return true
		}
		i = strings.IndexByte(module, '/')
	}
	return false
}

// endsWithPath reports whether the last elements of a path are those of another.
func endsWithPath(long, short string) bool {
	return short != "" && (long == short || strings.HasSuffix(long, "/"+short))
}

// pythonModule finds the file of a module: by the dots of a relative import, or as the end of a path.
func (a *analysis) pythonModule(u *unit, module string) (list []*unit) {
	dots := len(module) - len(strings.TrimLeft(module, "."))
	rest := strings.ReplaceAll(module[dots:], ".", "/")
	if dots > 0 {
		dir := path.Dir(u.path)
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		rest = path.Join(dir, rest)
	}
	var near, far []*unit
	for _, other := range a.units {
		if other.file.Language != tree.Python {
			continue
		}
		at := strings.TrimSuffix(strings.TrimSuffix(other.path, ".py"), "/__init__")
		switch {
		case at == rest || dots == 0 && at == path.Join(path.Dir(u.path), rest):
			near = append(near, other)
		case dots == 0 && endsWithPath(at, rest):
			far = append(far, other)
		}
	}
	if len(near) > 0 {
		return near
	}
	if len(far) > maxImplementations {
		return nil
	}
	return far
}

// scriptModule finds the file of a relative import of JavaScript, or of one below a root of the sources.
func (a *analysis) scriptModule(u *unit, module string) (list []*unit) {
	if !strings.HasPrefix(module, ".") {
		return nil
	}
	want := path.Join(path.Dir(u.path), module)
	for _, other := range a.units {
		at := other.path
		plain := strings.TrimSuffix(at, path.Ext(at))
		if at == want || plain == want || plain == path.Join(want, "index") || plain == strings.TrimSuffix(want, path.Ext(want)) && path.Ext(want) != "" && strings.HasPrefix(path.Ext(want), ".j") {
			list = append(list, other)
		}
	}
	return list
}
