package flow

import (
	"strconv"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
			w.store(place{number, length}, constant(numberValue(n)))
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
	w.store(place{number, length}, constant(numberValue(len(parts))))
	return value{taints: v.taints, may: []int32{number}}
}

// removeElement removes a part; those behind it in a list move up.
func (w *walk) removeElement(p place) {
	n, known := w.lengthOf(value{may: []int32{p.of}})
	at, err := strconv.Atoi(w.world.nameTexts[p.name])
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
	w.store(place{p.of, length}, constant(numberValue(n-1)))
}
