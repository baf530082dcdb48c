package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
			for _, each := range [...]string{"default", "module.exports"} {
				if v, ok := w.state.get(place{u.globals, w.name(each)}); ok {
					return v
				}
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
	if len(v.may) == 0 && l == tree.Python && isInit(u.path) {
		for _, inner := range w.modulesOf(u, "."+name) {
			v.may = unionOf(v.may, []int32{inner.globals})
		}
	}
	return v
}

// maxExports bounds chains of files that hand on what they import.
const maxExports = 8

// required is the JavaScript module that a call brings: what a file gives to module.exports, or for import() all that it exports.
func (w *walk) required(c *callSite) (v value, ok bool) {
	if l := w.file.Language; c.name != "require" && c.name != "import" || c.receiverID != tree.None || len(c.arguments) != 1 || l != tree.JavaScript && l != tree.TypeScript {
		return value{}, false
	}
	for _, other := range w.modulesOf(w.unit, c.arguments[0].v.known.Text) {
		module := value{may: []int32{other.globals}}
		if c.name == "require" {
			if exports := w.exported(other, "default"); len(exports.may)+len(exports.taints) > 0 {
				module = exports
			}
		}
		v, ok = v.joined(module), true
	}
	return v, ok
}

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
