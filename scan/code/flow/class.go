package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// maxParents bounds how many classes above a class are looked at.
const maxParents = 8

// class is a class as an entity.
func (a *analysis) class(u *unit, class tree.ID) int32 {
	number, _ := a.entity(identity{kind: classEntity, at: site{u.number, class}})
	return number
}

// classOf gives the file and the node of a class.
func (a *analysis) classOf(class int32) (*unit, tree.ID) {
	at := a.entities[class].at
	return a.units[at.unit], at.id
}

// named finds the class that a type names; 0 when no file declares it.
func (a *analysis) named(u *unit, typ tree.ID) int32 {
	name := u.typeName(typ)
	if name == "" {
		return 0
	}
	if class, ok := u.classes[name]; ok {
		return a.class(u, class)
	}
	for _, other := range a.imported(u, name) {
		if class, ok := other.unit.classes[other.name]; ok {
			return a.class(other.unit, class)
		}
	}
	if class := a.packaged(u, typ); class != 0 {
		return class
	}
	if u.file.Kind(typ) == tree.Member {
		if object := u.file.Child(typ, tree.RoleObject); u.file.Kind(object) == tree.Name {
			for _, other := range a.imported(u, u.file.Text(object)) {
				if class, ok := other.unit.classes[name]; ok && other.name == "" {
					return a.class(other.unit, class)
				}
			}
		}
	}
	return 0
}

// parents are the classes that a class extends or implements, as far as they are known.
func (a *analysis) parents(class int32) (list []int32) {
	u, id := a.classOf(class)
	for child := range u.file.Children(id) {
		if role := u.file.Role(child); role == tree.RoleParent || role == tree.RoleImplements {
			if parent := a.named(u, child); parent != 0 && parent != class {
				list = append(list, parent)
			}
		}
	}
	list = append(list, a.entities[class].above...)
	if u.file.Kind(id) == tree.TypeAlias {
		// A struct of Go has what it embeds.
		for member := range u.file.Children(u.file.Child(id, tree.RoleType)) {
			if role := u.file.Role(member); role == tree.RoleElement {
				if parent := a.named(u, member); parent != 0 && parent != class {
					list = append(list, parent)
				}
			}
		}
	}
	return list
}

// lineage visits a class and those above it, the nearest first, until do is content.
func (a *analysis) lineage(class int32, do func(class int32) bool) {
	queue, seen := []int32{class}, map[int32]bool{}
	for n := 0; len(queue) > 0 && n < maxParents; n++ {
		at := queue[0]
		queue = queue[1:]
		if at == 0 || seen[at] {
			continue
		}
		seen[at] = true
		if do(at) {
			return
		}
		queue = append(queue, a.parents(at)...)
	}
}

// method finds a method with a body in a class or those above it.
func (a *analysis) method(class int32, name string) (found *unit, method tree.ID) {
	a.lineage(class, func(class int32) bool {
		u, id := a.classOf(class)
		if function := u.methodOf(id, name); function != tree.None && u.file.Child(function, tree.RoleBody) != tree.None {
			found, method = u, function
			return true
		}
		if u.file.Language != tree.Go {
			return false
		}
		if a.world.index == nil {
			return false
		}
		for _, sibling := range a.unitsOf(a.world.index.Receivers(u.at, u.nameOf(id), name)) {
			if function := sibling.receiverMethod(u.nameOf(id), name); function != tree.None {
				found, method = sibling, function
				return true
			}
		}
		return false
	})
	return found, method
}

// methodOf finds a method that a class itself has.
func (u *known) methodOf(class tree.ID, name string) tree.ID {
	if u.file.Language == tree.Go {
		return u.receiverMethod(u.nameOf(class), name)
	}
	return u.methods[methodKey{class: class, name: name}]
}

// receiverMethod finds a Go method by the name of its receiver's type.
func (u *known) receiverMethod(class, name string) tree.ID {
	return u.methods[methodKey{typ: class, name: name}]
}

// constructor finds the constructor of a class.
func (a *analysis) constructor(class int32) (found *unit, constructor tree.ID) {
	a.lineage(class, func(class int32) bool {
		u, id := a.classOf(class)
		for _, name := range [...]string{"constructor", "__init__", u.nameOf(id)} {
			if function := u.methodOf(id, name); function != tree.None && u.file.Language != tree.Go {
				found, constructor = u, function
				return true
			}
		}
		return false
	})
	return found, constructor
}

// field finds the declaration of a field in a class or those above it.
func (a *analysis) field(class int32, name int32) (found *unit, field tree.ID) {
	text := a.world.nameTexts[name]
	a.lineage(class, func(class int32) bool {
		u, id := a.classOf(class)
		for member := range u.file.Children(u.file.Child(id, tree.RoleBody)) {
			if kind := u.file.Kind(member); (kind == tree.Assign || kind == tree.Declare) && u.file.Text(u.file.Child(member, tree.RoleTarget)) == text {
				found, field = u, member
				return true
			}
		}
		return false
	})
	return found, field
}

// implementations are the classes with a method of a name that extend or implement a class; there are few, or the list is empty.
func (a *analysis) implementations(class int32, name string) (list []int32) {
	for _, u := range a.below(class) {
		if len(u.functions[name]) > maxEqualNames {
			continue
		}
		for _, function := range u.functions[name] {
			id := u.classAround(function)
			if id == tree.None || u.file.Child(function, tree.RoleBody) == tree.None {
				continue
			}
			candidate := a.class(u, id)
			fits := false
			a.lineage(candidate, func(above int32) bool { fits = above == class; return fits })
			if at, node := a.classOf(class); !fits && at.file.Language == tree.Go && at.isInterface(node) {
				fits = true
			}
			if fits && candidate != class {
				list = append(list, candidate)
			}
		}
	}
	if len(list) > maxImplementations {
		return nil
	}
	return list
}

// below are the files with classes that may extend or implement a class.
func (a *analysis) below(class int32) []*unit {
	u, id := a.classOf(class)
	if a.world.index == nil {
		return []*unit{u}
	}
	var methods []string
	if u.file.Language == tree.Go {
		for member := range u.file.Children(u.file.Child(id, tree.RoleType)) {
			if name := u.functionName(member); u.file.Kind(member) == tree.Function && name != "" {
				methods = append(methods, name)
			}
		}
	}
	files := a.world.index.Children(u.at, u.nameOf(id), methods)
	if !slices.Contains(files, u.at) {
		files = append([]int{u.at}, files...)
	}
	return a.unitsOf(files)
}

// maxEqualNames bounds among how many functions of one name of a file an implementation is looked for.
const maxEqualNames = 200

// maxImplementations bounds how many classes a call through an interface is followed to.
const maxImplementations = 5

func (u *known) isInterface(class tree.ID) bool {
	return u.file.Text(u.file.Child(class, tree.RoleType)) == "interface" || u.file.Text(class) == "interface"
}
