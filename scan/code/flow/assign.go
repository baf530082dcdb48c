package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// assignment walks an assignment or a declaration with a value.
func (w *walk) assignment(id tree.ID) value {
	f := w.file
	right := f.Child(id, tree.RoleValue)
	v := w.eval(right)
	operator := f.Text(id)
	if operator == "=" || operator == ":=" {
		v = w.copied(right, v)
	}
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleTarget {
			continue
		}
		if operator != "=" && operator != ":=" {
			old := w.eval(child)
			v = w.combined(operator, child, old, v)
		}
		w.assign(child, v)
	}
	return v
}

// combined is what x op= e assigns.
func (w *walk) combined(operator string, target tree.ID, old, v value) value {
	sign := operator[:len(operator)-1]
	if and, or := logic(sign); and || or {
		return old.joined(v)
	}
	if sign == "+" && w.isList(old) {
		return w.concatenated(target, old, v)
	}
	return w.moved(value{taints: w.whole(old).with(w.whole(v)), known: operate(sign, old.known, v.known), soft: old.soft | v.soft})
}

// copied is a value as an assignment copies it: structs of Go are copied with their parts.
func (w *walk) copied(from tree.ID, v value) value {
	if w.file.Language != tree.Go || len(v.may) != 1 || !w.entities[v.may[0]].isStruct {
		return v
	}
	switch w.file.Kind(from) {
	case tree.Name, tree.Member, tree.Index, tree.Unary:
	default:
		return v
	}
	return w.copyOf(from, v)
}

// copyOf is a struct with the parts of another.
func (w *walk) copyOf(id tree.ID, v value) value {
	held := w.holders(tree.None, v, false)
	if len(held) != 1 {
		return v
	}
	v.may = held
	number := w.copy(id, v)
	w.entities[number].isStruct = true
	w.entities[number].class = w.entities[held[0]].class
	return value{taints: v.taints, may: []int32{number}}
}

// declaration walks a declaration without a value.
func (w *walk) declaration(id tree.ID) {
	f := w.file
	target := f.Child(id, tree.RoleTarget)
	if target == tree.None {
		return
	}
	v := value{}
	if typ := f.Child(id, tree.RoleType); f.Language == tree.Go && typ != tree.None {
		class := w.named(w.unit, typ)
		operator := f.Kind(typ) == tree.TypeOperator && f.Text(typ) != "*"
		if class != 0 && f.Kind(typ) == tree.Name || operator {
			made := w.object(typ)
			w.entities[made].class = class
			w.entities[made].isStruct = !operator
			w.entities[made].sealed = operator
			if operator && f.Text(typ) == "[]" {
				w.store(place{made, length}, constant(numberValue(0)))
			}
			v.may = []int32{made}
		}
	}
	w.assign(target, v)
}

// assign gives a value to a target: a variable, a part of one, or several by position or by name. A target that is a source is tainted.
func (w *walk) assign(target tree.ID, v value) {
	f := w.file
	switch f.Kind(target) {
	case tree.Tuple, tree.Array:
		w.takeApart(target, v)
		return
	case tree.Object:
		w.takeNames(target, v)
		return
	case tree.Assign:
		fallback := w.eval(f.Child(target, tree.RoleValue))
		if v.known.Kind == match.Unknown && len(v.taints)+len(v.may) == 0 {
			v = fallback
		} else {
			v = v.joined(fallback)
		}
		w.assign(f.Child(target, tree.RoleTarget), v)
		return
	case tree.Spread:
		w.assign(f.Child(target, tree.RoleValue), v)
		return
	case tree.Declare, tree.Keyword:
		w.assign(f.Child(target, tree.RoleTarget), v)
		return
	case tree.Pair:
		w.assign(f.Child(target, tree.RoleValue), v)
		return
	case tree.Call, tree.String, tree.Number, tree.Bool, tree.Null:
		if f.Language == tree.Python {
			w.bind(target, v, true)
			return
		}
	}
	v = w.begin(target, v.at(w.site(target)))
	w.arrive(target, v)
	if f.Kind(target) == tree.Index {
		w.eval(f.Child(target, tree.RoleIndex))
	}
	if w.property(target, v) {
		return
	}
	places := w.placesOf(target, true)
	for _, p := range places {
		switch {
		case p.name == elements:
			w.add(p, v) // some element of it
			if key := f.Child(target, tree.RoleIndex); key != tree.None {
				if t := w.look(key).taints; len(t) > 0 {
					w.add(place{p.of, keys}, tainted(t))
				}
			}
		case len(places) > 1:
			w.add(p, v)
		default:
			w.store(p, v)
		}
	}
	if len(places) == 0 {
		w.eval(target)
	}
}

// takeApart gives the elements of a value to the targets of a list.
func (w *walk) takeApart(target tree.ID, v value) {
	f := w.file
	var targets []tree.ID
	for child := range f.Children(target) {
		targets = append(targets, child)
	}
	n, known := w.lengthOf(v)
	for i, child := range targets {
		if f.Kind(child) != tree.Spread {
			w.assign(child, w.partOf(v, w.name(itoa(w.position(f, targets, i, n, known)))))
			continue
		}
		high := constant(match.Value{})
		if known {
			high = constant(numberValue(n - (len(targets) - 1 - i)))
		}
		w.assign(f.Child(child, tree.RoleValue), w.sliced(child, v, constant(numberValue(i)), high))
	}
}

// position is the index of the element that a target takes: behind a rest it counts from the end.
func (w *walk) position(f *match.File, targets []tree.ID, i, n int, known bool) int {
	for _, before := range targets[:i] {
		if f.Kind(before) == tree.Spread && known {
			return n - (len(targets) - i)
		}
	}
	return i
}

// takeNames gives the parts of a value to the targets of an object pattern.
func (w *walk) takeNames(target tree.ID, v value) {
	f := w.file
	var taken []int32
	for child := range f.Children(target) {
		switch f.Kind(child) {
		case tree.Pair:
			name := elements
			if key, ok := w.pairKey(child); ok {
				name = key
				taken = append(taken, key)
			}
			w.assign(f.Child(child, tree.RoleValue), w.partOf(v, name))
		case tree.Spread:
			number := w.copy(child, v)
			for _, name := range taken {
				w.state.remove(place{number, name})
			}
			w.entities[number].sealed = w.sealed(v)
			w.assign(f.Child(child, tree.RoleValue), value{taints: v.taints, may: []int32{number}})
		case tree.Assign:
			name := w.name(f.Text(f.Child(child, tree.RoleTarget)))
			taken = append(taken, name)
			w.assign(child, w.partOf(v, name))
		default:
			name := w.name(f.Text(child))
			taken = append(taken, name)
			w.assign(child, w.partOf(v, name))
		}
	}
}

// delete removes what an expression names.
func (w *walk) delete(id tree.ID) {
	if w.file.Kind(id) == tree.Tuple {
		for child := range w.file.Children(id) {
			w.delete(child)
		}
		return
	}
	for _, p := range w.placesOf(id, false) {
		if p.name != elements {
			w.removeElement(p)
		}
	}
}
