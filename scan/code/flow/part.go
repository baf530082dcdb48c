package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
		return w.exported(w.units[entity.at.unit], w.world.nameTexts[name])
	case classEntity:
		var out value
		w.lineage(e, func(class int32) bool {
			if part, ok := w.state.get(place{class, name}); ok {
				out = part
				return true
			}
			u, id := w.classOf(class)
			if method := u.methodOf(id, w.world.nameTexts[name]); method != tree.None {
				out = w.bound(u, method, e)
				return true
			}
			return false
		})
		return out
	}
	if entity.class != 0 {
		if u, method := w.method(entity.class, w.world.nameTexts[name]); method != tree.None {
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
