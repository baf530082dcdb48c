package flow

import (
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// addImport notes what an import binds.
func (u *known) addImport(id tree.ID) {
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
func (u *known) addRequire(id tree.ID) {
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
func (u *known) moduleText(id tree.ID) string {
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
