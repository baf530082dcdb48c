package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// place is the one place that an expression names; ok is false for none or several. It makes an object of what has none yet.
func (w *walk) place(id tree.ID) (p place, ok bool) {
	if list := w.placesOf(id, true); len(list) == 1 {
		return list[0], true
	}
	return place{}, false
}

// placesOf are the places that an expression names.
func (w *walk) placesOf(id tree.ID, create bool) []place {
	f := w.file
	switch f.Kind(id) {
	case tree.Name:
		if f.Text(id) == "this" {
			return []place{w.self()}
		}
		return []place{w.variable(id)}
	case tree.Member:
		property := f.Child(id, tree.RoleProperty)
		if f.Kind(property) != tree.Name {
			return nil
		}
		return w.parts(f.Child(id, tree.RoleObject), w.unit.nameOfText(w.analysis, f.Nodes[property].Text), create)
	case tree.Index:
		index := f.Child(id, tree.RoleIndex)
		if f.Kind(index) == tree.Slice {
			return nil
		}
		object := f.Child(id, tree.RoleObject)
		return w.parts(object, w.keyName(w.look(index), w.look(object)), create)
	case tree.Cast, tree.Spread:
		return w.placesOf(f.Child(id, tree.RoleValue), create)
	case tree.Unary:
		if t := f.Text(id); t == "*" && f.Language == tree.Go {
			var list []place
			for _, e := range w.look(f.Child(id, tree.RoleOperand)).may {
				if w.entities[e].kind == pointerEntity {
					list = append(list, w.entities[e].inner)
				}
			}
			return list
		}
	}
	return nil
}

// parts are the places of a part of what an expression may be.
func (w *walk) parts(object tree.ID, name int32, create bool) (list []place) {
	for _, e := range w.holders(object, w.look(object), create) {
		list = append(list, place{e, name})
	}
	return list
}

// holders are the entities with parts that a value may be. With create, an expression whose object is not known gets one.
func (w *walk) holders(id tree.ID, v value, create bool) (list []int32) {
	for _, e := range v.may {
		switch w.entities[e].kind {
		case objectEntity, classEntity, moduleEntity, functionEntity:
			list = append(list, e)
		case pointerEntity:
			at, _ := w.state.get(w.entities[e].inner)
			for _, inner := range at.may {
				if k := w.entities[inner].kind; k == objectEntity && !slices.Contains(list, inner) {
					list = append(list, inner)
				}
			}
			if len(list) == 0 && create {
				list = append(list, w.give(w.entities[e].inner, at))
			}
		}
	}
	if len(list) == 0 && create && id != tree.None {
		places := w.placesOf(id, true)
		if len(places) == 1 {
			list = append(list, w.give(places[0], v))
		}
	}
	return list
}

// give makes an object for what a place holds.
func (w *walk) give(p place, v value) int32 {
	number, made := w.entity(identity{kind: objectEntity, at: site{w.unit.number, tree.None}, inner: p})
	if !made {
		for _, name := range w.entities[number].fields {
			w.state.remove(place{number, name})
		}
	}
	v.may = unionOf(v.may, []int32{number})
	if from := v.from; from != (place{}) && from != p {
		// It is a copy: the original is the same object.
		if original, ok := w.state.get(from); ok && len(original.may) == 0 {
			original.may = []int32{number}
			w.store(from, original)
		}
	}
	w.store(p, v)
	return number
}

// store assigns to a place.
func (w *walk) store(p place, v value) {
	w.note(p)
	if !w.entities[p.of].has[p.name] {
		p.name = elements // The object has too many parts to tell them apart.
		w.add(p, v)
		return
	}
	v.absent, v.partly, v.checks, v.ran = false, false, nil, nil
	w.state.put(p, v)
}

// add lets a place hold more than before.
func (w *walk) add(p place, v value) {
	w.note(p)
	old, ok := w.state.get(p)
	if ok {
		v = old.joined(v)
	}
	v.known, v.checks, v.ran, v.absent = match.Value{}, nil, nil, false
	w.state.put(p, v)
}

// look is what an expression holds, without walking it: of names and their parts alone.
func (w *walk) look(id tree.ID) value {
	f := w.file
	switch f.Kind(id) {
	case tree.Name:
		return w.readName(id)
	case tree.Member:
		if property := f.Child(id, tree.RoleProperty); f.Kind(property) == tree.Name {
			return w.partOf(w.look(f.Child(id, tree.RoleObject)), w.unit.nameOfText(w.analysis, f.Nodes[property].Text))
		}
	case tree.Index:
		object := w.look(f.Child(id, tree.RoleObject))
		return w.partOf(object, w.keyName(w.look(f.Child(id, tree.RoleIndex)), object))
	case tree.Cast, tree.Spread, tree.Await:
		return w.look(f.Child(id, tree.RoleValue))
	case tree.Unary:
		if f.Text(id) == "*" {
			return w.pointed(w.look(f.Child(id, tree.RoleOperand)))
		}
		return constant(f.Value(id))
	case tree.Call, tree.New:
		return w.seen[w.site(id)]
	case tree.String, tree.Number, tree.Bool, tree.Null, tree.Char:
		return constant(f.Value(id))
	}
	return value{}
}

// read walks a variable, a member or an index.
func (w *walk) read(id tree.ID) value {
	f := w.file
	if f.Kind(id) == tree.Name {
		return w.readName(id)
	}
	objectID := f.Child(id, tree.RoleObject)
	object := w.eval(objectID)
	if f.Kind(id) == tree.Index {
		return w.readIndex(id, objectID, object)
	}
	property := f.Child(id, tree.RoleProperty)
	if f.Kind(property) != tree.Name {
		return tainted(w.whole(object))
	}
	text := f.Text(property)
	if v, ok := w.accessed(id, object, text); ok {
		return v
	}
	if text == "length" {
		if n, ok := w.lengthOf(object); ok {
			return constant(number(n))
		}
	}
	v := w.partOf(object, w.unit.nameOfText(w.analysis, f.Nodes[property].Text))
	if object.known.Kind != match.Unknown && v.known.Kind == match.Unknown && len(v.taints) == 0 {
		return value{}
	}
	return v
}

// readIndex walks x[i].
func (w *walk) readIndex(id, objectID tree.ID, object value) value {
	f := w.file
	index := f.Child(id, tree.RoleIndex)
	if f.Kind(index) == tree.Slice {
		low, high := w.eval(f.Child(index, tree.RoleLow)), w.eval(f.Child(index, tree.RoleHigh))
		if f.Child(index, tree.RoleStep) != tree.None {
			w.eval(f.Child(index, tree.RoleStep))
			return w.mixed(id, object)
		}
		return w.sliced(id, object, low, high)
	}
	key := w.eval(index)
	out := w.partOf(object, w.keyName(key, object))
	if !w.options.SafeIndexes && len(key.taints) > 0 && !w.options.AssignmentsOnly {
		out.taints = out.taints.with(key.taints)
	}
	return out
}

// readName is what a variable holds, or the function, class or module that a name stands for.
func (w *walk) readName(id tree.ID) value {
	f := w.file
	text := f.Text(id)
	if text == "this" {
		v, _ := w.state.get(w.self())
		return v
	}
	p := w.variable(id)
	v, ok := w.state.get(p)
	if !ok {
		v = w.global(p, text, id)
	} else if v.known.Kind == match.Unknown && len(v.taints)+len(v.may) == 0 && w.entities[p.of].kind != frameEntity {
		v.known = f.Value(id)
	}
	if v.from == (place{}) {
		v.from = p
	}
	return v
}

// global is what a name stands for that nothing was assigned to here: a field of a class, a declared function or class, an import.
func (w *walk) global(p place, text string, id tree.ID) value {
	if w.entities[p.of].kind == classEntity || w.entities[p.of].kind == objectEntity {
		if v, ok := w.state.get(place{p.of, elements}); ok {
			return v
		}
	}
	if w.entities[p.of].kind != moduleEntity {
		return constant(w.file.Value(id))
	}
	if v := w.declaredAs(w.unit, text); len(v.may)+len(v.taints) > 0 || v.known.Kind != match.Unknown {
		return v
	}
	return constant(w.file.Value(id))
}

// declaredAs is the function, class or module that a name stands for in a file, or the variable of another file that it imports.
func (w *walk) declaredAs(u *unit, text string) (v value) {
	if list := u.functions[text]; len(list) == 1 && u.around(list[0]) == tree.Root && u.classAround(list[0]) == tree.None {
		return w.functionValue(u, list[0], u.globals)
	}
	if class, ok := u.classes[text]; ok {
		return value{may: []int32{w.class(u, class)}}
	}
	for _, target := range w.imported(u, text) {
		if target.name == "" {
			v.may = unionOf(v.may, []int32{target.unit.globals})
			continue
		}
		v = v.joined(w.exported(target.unit, target.name))
	}
	return v
}

// partOf is what a value holds under a name.
func (w *walk) partOf(v value, name int32) value {
	var out value
	some := false
	add := func(part value) {
		if some {
			part = out.joined(part)
		}
		out, some = part, true
	}
	for _, e := range v.may {
		entity := w.entities[e]
		if entity.kind == pointerEntity {
			if inner := w.behind(e); len(inner.may) > 0 {
				add(w.partOf(inner, name))
			}
			continue
		}
		if name == elements {
			add(w.elementsOf(value{taints: v.taints, may: []int32{e}}))
			continue
		}
		part, ok := w.state.get(place{e, name})
		if ok {
			if part.from == (place{}) {
				part.from = place{e, name}
			}
			if part.partly {
				part.taints = part.taints.with(v.taints)
			}
			if loose, ok := w.state.get(place{e, elements}); ok {
				part = part.joined(loose)
			}
			add(part)
			continue
		}
		add(w.missing(v, e, name))
	}
	if !some {
		return value{taints: v.taints}
	}
	return out
}

// behind are the objects that a pointer points to.
func (w *walk) behind(pointer int32) value {
	inner, _ := w.state.get(w.entities[pointer].inner)
	return value{taints: inner.taints, may: w.holders(tree.None, value{may: []int32{pointer}}, false)}
}

// missing is what an entity holds under a name that was never put.
func (w *walk) missing(v value, e, name int32) value {
	entity := w.entities[e]
	switch entity.kind {
	case moduleEntity:
		return w.exported(w.units[entity.at.unit], w.nameTexts[name])
	case classEntity:
		var out value
		w.lineage(e, func(class int32) bool {
			if part, ok := w.state.get(place{class, name}); ok {
				out = part
				return true
			}
			u, id := w.classOf(class)
			if method := u.methodOf(id, w.nameTexts[name]); method != tree.None {
				out = w.bound(u, method, e)
				return true
			}
			return false
		})
		return out
	}
	if entity.class != 0 {
		if u, method := w.method(entity.class, w.nameTexts[name]); method != tree.None {
			return w.bound(u, method, e)
		}
		if static := w.missing(value{}, entity.class, name); len(static.taints)+len(static.may) > 0 || static.known.Kind != match.Unknown {
			return static
		}
	}
	loose, _ := w.state.get(place{e, elements})
	loose.taints = loose.taints.with(v.taints)
	loose.known = match.Value{}
	return loose
}

// pointed is what a pointer points to.
func (w *walk) pointed(v value) value {
	out := value{taints: v.taints}
	for _, e := range v.may {
		if w.entities[e].kind != pointerEntity {
			out.may = unionOf(out.may, []int32{e})
			continue
		}
		inner, _ := w.state.get(w.entities[e].inner)
		out = out.joined(inner)
	}
	return out
}

// whole is the taint of a value with all of its parts.
func (w *walk) whole(v value) taints {
	if len(v.may) == 0 {
		return v.taints
	}
	return w.wholeOf(v, map[int32]bool{})
}

func (w *walk) wholeOf(v value, seen map[int32]bool) taints {
	t := v.taints
	for _, e := range v.may {
		if seen[e] || len(seen) > maxWhole {
			continue
		}
		seen[e] = true
		switch entity := w.entities[e]; entity.kind {
		case objectEntity:
			for _, name := range entity.fields {
				if part, ok := w.state.get(place{e, name}); ok {
					t = t.with(w.wholeOf(part, seen))
				}
			}
		case pointerEntity:
			part, _ := w.state.get(entity.inner)
			t = t.with(w.wholeOf(part, seen))
		}
	}
	return t
}

// maxWhole bounds how many objects count as parts of one value.
const maxWhole = 64
