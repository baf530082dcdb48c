package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// container makes a collection of what another holds.
func (w *walk) container(c *callSite) value {
	number := w.object(c.id)
	entity := w.entities[number]
	entity.sealed = true
	isSet, isText := setNames[c.name], textNames[c.name]
	isMap := mapNames[c.name] || isSet
	n, exact := 0, true
	for _, a := range c.arguments {
		switch {
		case a.name != "":
			w.store(place{number, w.name(a.name)}, a.v)
		case isSet:
			w.addEach(number, a.v)
		case isText:
			w.add(place{number, elements}, tainted(w.whole(a.v)))
		case c.name == "Map" || isMap && w.isList(a.v):
			w.mergePairs(number, a.v)
		case isMap:
			w.merge(number, a.v)
		case c.name == "make":
			exact = exact && (len(a.v.may) == 0 && a.v.known.Kind != match.NumberValue || a.v.known.Text == "0")
		case c.name == "Array" && len(c.arguments) > 1:
			w.store(place{number, w.name(itoa(n))}, a.v)
			n++
		case c.name == "Array" && a.v.known.Kind == match.NumberValue:
			exact = false
		default:
			n, exact = w.appendAll(number, a.v, n, exact)
			if len(a.v.may) == 0 && len(a.v.taints) > 0 {
				exact = false
				w.add(place{number, elements}, tainted(a.v.taints))
			}
		}
	}
	if c.name == "make" && w.file.Kind(w.file.Child(c.id, tree.RoleArgument)) == tree.TypeOperator && w.file.Text(w.file.Child(c.id, tree.RoleArgument)) != "[]" {
		exact = false
	}
	if exact && !isMap && !isText {
		w.store(place{number, length}, constant(numberValue(n)))
	}
	out := value{may: []int32{number}}
	if c.name == "make" && len(c.arguments) > 0 {
		out.taints = c.arguments[0].v.taints // The type is an expression that holds something.
	}
	return out
}

// addEach puts the elements of a list into a set, which keeps a constant once.
func (w *walk) addEach(number int32, v value) {
	size, known := w.lengthOf(v)
	if !known {
		w.add(place{number, elements}, w.elementsOf(v))
		return
	}
	for i := range size {
		part := w.partOf(v, w.name(itoa(i)))
		if name := w.keyName(part, value{}); name != elements {
			w.store(place{number, name}, part)
		} else {
			w.add(place{number, elements}, part)
		}
	}
}

// mergePairs puts the pairs of a list into a map.
func (w *walk) mergePairs(number int32, v value) {
	size, known := w.lengthOf(v)
	if !known {
		w.add(place{number, elements}, tainted(w.whole(v)))
		return
	}
	for i := range size {
		w.mergePair(number, w.partOf(v, w.name(itoa(i))))
	}
}

func (w *walk) mergePair(number int32, pair value) {
	key, v := w.partOf(pair, w.name("0")), w.partOf(pair, w.name("1"))
	if name := w.keyName(key, value{}); name != elements {
		w.store(place{number, name}, v)
		return
	}
	w.add(place{number, elements}, v)
	if len(key.taints) > 0 {
		w.add(place{number, keys}, key)
	}
}

// appended is Go's append.
func (w *walk) appended(c *callSite) value {
	list := c.arguments[0].v
	n, exact := w.lengthOf(list)
	if len(list.may) == 0 && len(list.taints) == 0 {
		n, exact = 0, true
	}
	var parts []value
	for i := range n {
		parts = append(parts, w.partOf(list, w.name(itoa(i))))
	}
	loose := w.elementsOf(list)
	number, made := w.entity(identity{kind: objectEntity, at: w.site(c.id), frame: w.frame})
	if !made && len(list.may) == 1 && list.may[0] == number {
		exact = exact && n < maxConcrete
	} else if !made {
		number = w.object(c.id)
	}
	w.entities[number].sealed = true
	if exact {
		for i, part := range parts {
			w.store(place{number, w.name(itoa(i))}, part)
		}
	} else {
		w.add(place{number, elements}, loose)
	}
	for _, a := range c.arguments[1:] {
		switch {
		case a.spread && exact && w.isList(a.v):
			n, exact = w.appendAll(number, a.v, n, exact)
		case a.spread:
			exact = false
			w.add(place{number, elements}, w.elementsOf(a.v))
		case exact:
			w.store(place{number, w.name(itoa(n))}, a.v)
			n++
		default:
			w.add(place{number, elements}, a.v)
		}
	}
	if exact {
		w.store(place{number, length}, constant(numberValue(n)))
	} else {
		w.state.remove(place{number, length})
	}
	return value{taints: list.taints, may: []int32{number}}
}
