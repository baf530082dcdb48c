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
			case isList && exact:
				w.store(place{number, w.name(itoa(n))}, v)
				n++
			case isList:
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
		w.store(place{number, length}, constant(numberOf(n)))
	}
	return value{taints: own, may: []int32{number}}
}

func numberOf(n int) match.Value { return number(n) }

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

// lengthOf is how many elements a list has.
func (w *walk) lengthOf(v value) (n int, known bool) {
	if v.known.Kind == match.StringValue && !v.known.Any && len(v.taints) == 0 {
		return len(v.known.Text), true
	}
	if len(v.may) != 1 || w.entities[v.may[0]].kind != objectEntity {
		return 0, false
	}
	size, ok := w.state.get(place{v.may[0], length})
	if !ok || size.known.Kind != match.NumberValue {
		return 0, false
	}
	n, err := strconv.Atoi(size.known.Text)
	return n, err == nil && n <= maxFields
}

func (w *walk) isList(v value) bool { _, known := w.lengthOf(v); return known && len(v.may) == 1 }

// isMap reports whether a value is a map whose keys are known, and no list.
func (w *walk) isMap(v value) bool {
	if len(v.may) != 1 || w.entities[v.may[0]].kind != objectEntity || w.entities[v.may[0]].class != 0 {
		return false
	}
	for _, name := range w.entities[v.may[0]].fields {
		if name == length {
			return false
		}
		if name > control {
			if text := w.nameTexts[name]; text == "" || text[0] < '0' || text[0] > '9' {
				return true
			}
		}
	}
	return false
}

// sealed reports whether all parts of a value are known.
func (w *walk) sealed(v value) bool {
	for _, e := range v.may {
		if !w.entities[e].sealed {
			return false
		}
	}
	return len(v.may) > 0
}

// elementsOf is what some element of a value holds.
func (w *walk) elementsOf(v value) value {
	var out value
	some := false
	for _, e := range v.may {
		entity := w.entities[e]
		if entity.kind == pointerEntity {
			out, some = out.joined(w.elementsOf(w.behind(e))), true
			continue
		}
		if entity.kind != objectEntity {
			continue
		}
		for _, name := range entity.fields {
			if name == length || name == keys {
				continue
			}
			if part, ok := w.state.get(place{e, name}); ok {
				if some {
					part = out.joined(part)
				}
				out, some = part, true
			}
		}
	}
	out.taints = out.taints.with(v.taints)
	out.known, out.partly, out.from = match.Value{}, false, place{}
	return out
}

// keysOf is what some key of a value holds.
func (w *walk) keysOf(v value) value {
	var out value
	for _, e := range v.may {
		if part, ok := w.state.get(place{e, keys}); ok {
			out = out.joined(part)
		}
		if !w.entities[e].sealed {
			out.taints = out.taints.with(v.taints)
		}
	}
	if len(v.may) == 0 && w.file.Language != tree.Go {
		out.taints = v.taints
	}
	out.known = match.Value{}
	return out
}

// pair is a list of two.
func (w *walk) pair(first, second value) value {
	number, _ := w.entity(identity{kind: objectEntity, at: site{w.unit.number, -1}, frame: w.frame})
	w.entities[number].sealed = true
	w.store(place{number, w.name("0")}, first)
	w.store(place{number, w.name("1")}, second)
	return value{may: []int32{number}}
}

// copy makes a new object with the parts of a value.
func (w *walk) copy(id tree.ID, v value) int32 {
	number := w.object(id)
	w.entities[number].sealed = w.sealed(v)
	w.merge(number, v)
	if n, known := w.lengthOf(v); known {
		w.store(place{number, length}, constant(numberOf(n)))
	}
	return number
}

// merge puts the parts of a value into an object.
func (w *walk) merge(number int32, v value) {
	for _, e := range v.may {
		if e == number || w.entities[e].kind != objectEntity {
			continue
		}
		for _, name := range w.entities[e].fields {
			part, ok := w.state.get(place{e, name})
			switch {
			case !ok || name == length:
			case name == elements || name == keys || len(v.may) > 1 || part.partly:
				w.add(place{number, name}, part)
			default:
				w.store(place{number, name}, part)
			}
		}
		if !w.entities[e].sealed && len(v.taints) > 0 {
			w.add(place{number, elements}, tainted(v.taints))
		}
	}
	if len(v.may) == 0 {
		if len(v.taints) > 0 {
			w.add(place{number, elements}, tainted(v.taints))
		}
	}
}

// appendAll puts the elements of a value behind the n elements of a list.
func (w *walk) appendAll(number int32, v value, n int, exact bool) (int, bool) {
	size, known := w.lengthOf(v)
	if !known || !exact || len(v.may) != 1 {
		w.add(place{number, elements}, w.elementsOf(v))
		return n, false
	}
	for i := range size {
		w.store(place{number, w.name(itoa(n + i))}, w.partOf(v, w.name(itoa(i))))
	}
	return n + size, true
}

// concatenated is a list of the elements of two.
func (w *walk) concatenated(id tree.ID, a, b value) value {
	number, made := w.entity(identity{kind: objectEntity, at: w.site(id), frame: w.frame})
	if made || len(a.may) != 1 || a.may[0] != number {
		n, exact := w.appendAll(number, a, 0, true)
		n, exact = w.appendAll(number, b, n, exact)
		if exact {
			w.store(place{number, length}, constant(numberOf(n)))
		} else {
			w.state.remove(place{number, length})
		}
		w.entities[number].sealed = true
	} else {
		w.add(place{number, elements}, w.elementsOf(b))
		w.state.remove(place{number, length})
	}
	return value{taints: a.taints.with(b.taints), may: []int32{number}}
}

// sliced is a part of a list from one index to another.
func (w *walk) sliced(id tree.ID, v, low, high value) value {
	size, known := w.lengthOf(v)
	if !known {
		if v.known.Kind != match.Unknown && len(v.taints) == 0 {
			return value{}
		}
		return w.mixed(id, v)
	}
	bound := func(b value, fallback int) (int, bool) {
		if b.known.Kind == match.Unknown {
			return fallback, len(b.taints)+len(b.may) == 0
		}
		n, err := strconv.Atoi(b.known.Text)
		if n < 0 {
			n += size
		}
		return min(max(n, 0), size), err == nil
	}
	from, okFrom := bound(low, 0)
	to, okTo := bound(high, size)
	if !okFrom || !okTo || len(v.may) != 1 {
		return w.mixed(id, v)
	}
	var parts []value
	for i := from; i < to; i++ {
		parts = append(parts, w.partOf(v, w.name(itoa(i))))
	}
	number := w.object(id)
	w.entities[number].sealed = true
	for i, part := range parts {
		w.store(place{number, w.name(itoa(i))}, part)
	}
	w.store(place{number, length}, constant(numberOf(len(parts))))
	return value{taints: v.taints, may: []int32{number}}
}

// mixed is a collection of some elements of a value, in any order.
func (w *walk) mixed(id tree.ID, v value) value {
	if len(v.may) == 0 {
		return tainted(v.taints)
	}
	element := w.elementsOf(v)
	key := w.keysOf(v)
	number := w.object(id)
	w.entities[number].sealed = true
	w.add(place{number, elements}, element)
	w.add(place{number, keys}, key)
	return value{may: []int32{number}}
}

// removeElement removes a part; those behind it in a list move up.
func (w *walk) removeElement(p place) {
	n, known := w.lengthOf(value{may: []int32{p.of}})
	at, err := strconv.Atoi(w.nameTexts[p.name])
	if !known || err != nil || at >= n {
		w.state.remove(p)
		if _, some := w.state.get(place{p.of, elements}); !some && !w.entities[p.of].sealed {
			w.store(p, value{})
		}
		return
	}
	list := value{may: []int32{p.of}}
	for i := at; i+1 < n; i++ {
		w.store(place{p.of, w.name(itoa(i))}, w.partOf(list, w.name(itoa(i+1))))
	}
	w.state.remove(place{p.of, w.name(itoa(n - 1))})
	w.store(place{p.of, length}, constant(numberOf(n-1)))
}
