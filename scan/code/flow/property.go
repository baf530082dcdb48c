package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// accessed is a property that a function gives: get of JavaScript, @property of Python. ok is false for any other.
func (w *walk) accessed(id tree.ID, object value, name string) (result value, ok bool) {
	for _, e := range object.may {
		entity := w.entities[e]
		if entity.kind != objectEntity && entity.kind != classEntity {
			continue
		}
		u, function := (*unit)(nil), tree.None
		if class := entity.class; class != 0 {
			u, function = w.method(class, name)
		} else if v, some := w.state.get(place{e, w.name(name)}); some {
			for _, f := range w.functionsOf(v) {
				u, function = f.unit, f.id
			}
		} else if entity.kind == classEntity {
			u, function = w.method(e, name)
		}
		if function == tree.None || !u.accessor(function) {
			continue
		}
		v, followed := w.invoke(&callee{unit: u, id: function, around: w.scope(u, function), receiver: value{may: []int32{e}}}, id, nil, false)
		if followed {
			result, ok = result.joined(v), true
		}
	}
	return result, ok
}

// accessor reports whether a function is read as a property.
func (u *unit) accessor(function tree.ID) bool {
	if u.file.Has(function, tree.Accessor) {
		for p := range u.file.Children(function) {
			if u.file.Role(p) == tree.RoleParameter {
				return false
			}
		}
		return true
	}
	for child := range u.file.Children(function) {
		if u.file.Role(child) == tree.RoleDecorator {
			if text := u.file.Text(u.file.Child(child, tree.RoleValue)); text == "property" || text == "cached_property" {
				return true
			}
		}
	}
	return false
}

// property assigns to a property that a function sets. ok is false when it is a plain one.
func (w *walk) property(target tree.ID, v value) bool {
	f := w.file
	if f.Kind(target) != tree.Member {
		return false
	}
	name := f.Text(f.Child(target, tree.RoleProperty))
	done := false
	for _, e := range w.look(f.Child(target, tree.RoleObject)).may {
		entity := w.entities[e]
		if entity.class == 0 {
			continue
		}
		u, id := w.classOf(entity.class)
		for _, function := range u.functions[name][:min(len(u.functions[name]), maxEqualNames)] {
			if u.classAround(function) != id || !u.setter(function) {
				continue
			}
			w.invoke(&callee{unit: u, id: function, around: w.scope(u, function), receiver: value{may: []int32{e}}}, target, []argument{{v: v}}, false)
			done = true
		}
	}
	return done
}

// setter reports whether a function is assigned to as a property.
func (u *unit) setter(function tree.ID) bool {
	n := 0
	for p := range u.file.Children(function) {
		if u.file.Role(p) == tree.RoleParameter {
			n++
		}
		if u.file.Role(p) == tree.RoleDecorator {
			if v := u.file.Child(p, tree.RoleValue); u.file.Kind(v) == tree.Member && u.file.Text(u.file.Child(v, tree.RoleProperty)) == "setter" {
				return true
			}
		}
	}
	return u.file.Has(function, tree.Accessor) && n == 1
}
