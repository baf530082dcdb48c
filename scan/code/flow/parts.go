package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
			if text := w.world.nameTexts[name]; text == "" || text[0] < '0' || text[0] > '9' {
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
	number, _ := w.entity(identity{kind: objectEntity, at: site{w.number, -1}, frame: w.frame})
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
		w.store(place{number, length}, constant(numberValue(n)))
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
