package flow

import (
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

// imported finds what a name of a file stands for in other files.
func (a *analysis) imported(u *unit, name string) []target {
	if a.world.index == nil {
		return nil
	}
	list, ok := u.targets[name]
	if !ok {
		list = a.lookUp(u, name)
		if u.targets == nil {
			u.targets = map[string][]target{}
		}
		u.targets[name] = list
	}
	return list
}

// lookUp is imported without the memory.
func (a *analysis) lookUp(u *unit, name string) (list []target) {
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
	for _, sibling := range a.siblings(u, name) {
		if sibling.declaresGlobal(name) {
			list = append(list, target{sibling, name})
		}
	}
	for _, module := range u.stars {
		for _, other := range a.starModules(u, module, name) {
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

// siblings are the other files of the same package that declare a name, where a language has packages that several files share.
func (a *analysis) siblings(u *unit, name string) []*unit {
	return a.unitsOf(a.world.index.Siblings(u.at, name))
}

func isJava(u *unit) bool { return u.file.Language == tree.Java }

// declaresGlobal reports whether a file declares a name outside of functions.
func (u *known) declaresGlobal(name string) bool {
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
func (u *known) offers(name string) bool {
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
