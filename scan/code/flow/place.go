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
		return w.parts(f.Child(id, tree.RoleObject), w.nameOfText(w.analysis, f.Nodes[property].Text), create)
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
	number, made := w.entity(identity{kind: objectEntity, at: site{w.number, tree.None}, inner: p})
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
	v.partly, v.checks, v.ran, v.spelled = false, nil, nil, place{}
	w.state.put(p, v)
}

// add lets a place hold more than before.
func (w *walk) add(p place, v value) {
	w.note(p)
	old, ok := w.state.get(p)
	if ok {
		v = old.joined(v)
	}
	v.known, v.checks, v.ran = match.Value{}, nil, nil
	w.state.put(p, v)
}
