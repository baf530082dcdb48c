package flow

import (
	"strconv"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

func itoa(n int) string { return strconv.Itoa(n) }

// keyName is the name of the part that a key stands for: all elements when the key is not known.
func (w *walk) keyName(key, object value) int32 {
	switch k := key.known; {
	case k.Any:
		return elements
	case k.Kind == match.NumberValue:
		if n, err := strconv.Atoi(k.Text); err == nil && n < 0 {
			size, known := w.lengthOf(object)
			if !known || size+n < 0 {
				return elements
			}
			return w.name(itoa(size + n))
		}
		return w.name(k.Text)
	case k.Kind == match.StringValue, k.Kind == match.BoolValue:
		return w.name(k.Text)
	}
	return elements
}

// section is the name of a part by two keys, as configurations have: that of a section and that of a value in it. It is
// elements when one of them is not known.
func (w *walk) section(c *callSite) int32 {
	if len(c.arguments) < 2 {
		return elements
	}
	section, key := c.arguments[0].v.known, c.arguments[1].v.known
	if section.Kind != match.StringValue || section.Any || key.Kind != match.StringValue || key.Any {
		return elements
	}
	return w.name(section.Text + "\x00" + key.Text)
}

// pairKey is the name of the key of a pair.
func (w *walk) pairKey(pair tree.ID) (name int32, ok bool) {
	f := w.file
	key := f.Child(pair, tree.RoleKey)
	if f.Kind(key) == tree.Name && !f.Has(pair, tree.Computed) && !f.Has(key, tree.Computed) && f.Language != tree.Python {
		return w.name(f.Text(key)), true
	}
	v := w.eval(key)
	name = w.keyName(v, value{})
	if name == elements {
		return name, false
	}
	return name, true
}

// literal walks the literal of an object, a list or a tuple.
func (w *walk) literal(id tree.ID) value {
	f := w.file
	number := w.object(id)
	entity := w.entities[number]
	entity.sealed = true
	isList := f.Kind(id) == tree.Array || f.Kind(id) == tree.Tuple || f.Kind(id) == tree.Set
	if typ := f.Child(id, tree.RoleType); f.Kind(id) == tree.Composite {
		entity.class = w.named(w.unit, typ)
		isList = f.Kind(typ) == tree.TypeOperator && f.Text(typ) != "map"
		parent := f.Parent(id)
		entity.isStruct = f.Kind(typ) == tree.Name && !(f.Kind(parent) == tree.Unary && f.Text(parent) == "&")
	}
	var own taints
	n, exact := 0, true
	var names []int32
	if entity.class != 0 {
		names = w.fieldNames(entity.class)
	}
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleElement {
			continue
		}
		switch f.Kind(child) {
		case tree.Pair:
			name, ok := w.goField(entity.class, child)
			if !ok {
				name, ok = w.pairKey(child)
			}
			v := w.eval(f.Child(child, tree.RoleValue))
			if ok {
				w.store(place{number, name}, v)
			} else {
				w.add(place{number, elements}, v)
				w.add(place{number, keys}, w.look(f.Child(child, tree.RoleKey)))
			}
		case tree.Spread:
			v := w.eval(f.Child(child, tree.RoleValue))
			own = own.with(v.taints)
			if isList {
				n, exact = w.appendAll(number, v, n, exact)
			} else {
				w.merge(number, v)
			}
		case tree.Function:
			w.store(place{number, w.name(f.Text(f.Child(child, tree.RoleName)))}, w.functionValue(w.unit, child, w.frame))
		default:
			v := w.eval(child)
			switch {
			case isList && exact && n < maxFields:
				w.store(place{number, w.name(itoa(n))}, v)
				n++
			case isList:
				exact = false // The list is too long to tell all elements apart.
				w.add(place{number, elements}, v)
			case n < len(names):
				w.store(place{number, names[n]}, v)
				n++
			default:
				w.store(place{number, w.name(f.Text(child))}, v)
			}
		}
	}
	if isList && exact {
		w.store(place{number, length}, constant(numberValue(n)))
	}
	return value{taints: own, may: []int32{number}}
}

// goField is the key of a pair in a literal of a struct.
func (w *walk) goField(class int32, pair tree.ID) (int32, bool) {
	key := w.file.Child(pair, tree.RoleKey)
	if w.file.Language != tree.Go || w.file.Kind(key) != tree.Name || class == 0 && w.file.Imported(key) {
		return 0, false
	}
	if class == 0 {
		if v := w.look(key); v.known.Kind != match.Unknown {
			return 0, false
		}
	}
	return w.name(w.file.Text(key)), true
}

// fieldNames are the fields of a struct or of a class without a constructor, in their order.
func (w *walk) fieldNames(class int32) (list []int32) {
	u, id := w.classOf(class)
	f := u.file
	add := func(target tree.ID) {
		if f.Kind(target) == tree.Name {
			list = append(list, w.name(f.Text(target)))
		}
	}
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleParameter {
			add(f.Child(child, tree.RoleTarget))
		}
	}
	body := f.Child(id, tree.RoleBody)
	if f.Kind(id) == tree.TypeAlias {
		body = f.Child(id, tree.RoleType)
	}
	for child := range f.Children(body) {
		switch f.Kind(child) {
		case tree.Declare:
			add(f.Child(child, tree.RoleTarget))
		case tree.Assign:
			if f.Child(child, tree.RoleType) != tree.None {
				add(f.Child(child, tree.RoleTarget))
			}
		case tree.Name:
			add(child) // embedded
		}
	}
	return list
}
