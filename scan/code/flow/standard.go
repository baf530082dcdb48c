package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// standard is a call of a function of a class of the standard library: Object.assign, Array.from, List.of and their like.
func (w *walk) standard(c *callSite) (value, bool) {
	f := w.file
	class := f.Text(c.receiverID)
	if f.Kind(c.receiverID) != tree.Name || len(c.receiver.may) > 0 {
		return value{}, false
	}
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	switch class + "." + c.name {
	case "Object.assign":
		if len(c.arguments) == 0 {
			return value{}, true
		}
		for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
			for _, a := range c.arguments[1:] {
				w.merge(e, a.v)
			}
		}
		return arg(0), true
	case "Object.keys", "Object.getOwnPropertyNames":
		return w.listOf(c, w.keysOf(arg(0))), true
	case "Object.values", "maps.Values", "slices.Collect":
		return w.listOf(c, w.elementsOf(arg(0))), true
	case "Object.entries":
		return w.listOf(c, w.pair(w.keysOf(arg(0)), w.elementsOf(arg(0)))), true
	case "Object.create":
		return value{taints: arg(0).taints, may: []int32{w.copy(c.id, arg(0))}}, true
	case "Object.freeze", "Promise.resolve", "Collections.unmodifiableList", "Collections.unmodifiableMap", "Promise.reject", "Objects.requireNonNull":
		return arg(0), true
	case "Object.setPrototypeOf":
		for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
			w.merge(e, arg(1))
		}
		return arg(0), true
	case "Array.from", "Promise.all", "Promise.allSettled", "Promise.race", "Promise.any", "List.copyOf", "Set.copyOf", "asyncio.gather", "copy.copy", "copy.deepcopy", "slices.Clone", "maps.Clone":
		if class == "asyncio" {
			return w.gathered(c), true
		}
		if c.name == "race" || c.name == "any" {
			return w.elementsOf(arg(0)), true
		}
		if len(arg(0).may) == 0 {
			return tainted(arg(0).taints), true
		}
		return value{taints: arg(0).taints, may: []int32{w.copy(c.id, arg(0))}}, true
	case "Arrays.asList", "List.of", "Set.of", "Array.of", "Stream.of", "Collections.singletonList":
		return w.gathered(c), true
	case "Map.of":
		number := w.object(c.id)
		w.entities[number].sealed = true
		for i := 0; i+1 < len(c.arguments); i += 2 {
			if name := w.keyName(arg(i), value{}); name != elements {
				w.store(place{number, name}, arg(i+1))
			} else {
				w.add(place{number, elements}, arg(i+1))
			}
		}
		return value{may: []int32{number}}, true
	case "Reflect.get", "Reflect.set":
		if c.name == "get" {
			return w.partOf(arg(0), w.keyName(arg(1), value{})), true
		}
		for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
			w.store(place{e, w.keyName(arg(1), value{})}, arg(2))
		}
		return value{}, true
	case "Reflect.apply":
		return w.applied(c, arg(0), arg(1), arg(2))
	case "functools.partial":
		return w.partial(c)
	case "dict.fromkeys":
		return w.listOf(c, arg(1)), true
	}
	return value{}, false
}

// listOf is a new list with some elements of a value.
func (w *walk) listOf(c *callSite, element value) value {
	number := w.object(c.id)
	w.entities[number].sealed = true
	w.add(place{number, elements}, element)
	return value{may: []int32{number}}
}

// gathered is the list of the arguments.
func (w *walk) gathered(c *callSite) value { return w.restOf(c.id, c.arguments, false) }
