package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// collection is a method of a list, map or set.
func (w *walk) collection(c *callSite, object int32) (value, bool) {
	v := value{taints: c.receiver.taints, may: []int32{object}}
	n, isList := w.lengthOf(v)
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	switch count := len(c.arguments); {
	case appends[c.name] && isList && !(c.name == "add" && count == 2):
		for _, a := range c.arguments {
			if a.spread {
				w.add(place{object, elements}, w.elementsOf(a.v))
				w.state.remove(place{object, length})
				isList = false
				continue
			}
			if isList {
				w.store(place{object, w.name(itoa(n))}, a.v)
				n++
			} else {
				w.add(place{object, elements}, a.v)
			}
		}
		if isList {
			w.store(place{object, length}, constant(numberValue(n)))
		}
		return v, true
	case (prepends[c.name] || c.name == "insert" || c.name == "add" && count == 2) && count > 0:
		w.insert(c, object, n, isList)
		return v, true
	case appends[c.name]:
		for _, a := range c.arguments {
			// A set keeps a constant once.
			if name := w.keyName(a.v, value{}); name != elements && w.entities[object].sealed {
				w.store(place{object, name}, a.v)
			} else {
				w.add(place{object, elements}, a.v)
			}
		}
		return v, true
	case puts[c.name] && count == 3 && w.section(c) != elements:
		w.store(place{object, w.section(c)}, arg(2))
		return v, true
	case gets[c.name] && count == 2 && w.entities[object].has[w.section(c)]:
		return w.partOf(v, w.section(c)), true
	case puts[c.name] && count == 2:
		if name := w.keyName(arg(0), v); name != elements {
			w.store(place{object, name}, arg(1))
		} else {
			w.add(place{object, elements}, arg(1))
		}
		if len(w.whole(arg(0))) > 0 {
			w.add(place{object, keys}, arg(0))
		}
		return v, true
	case gets[c.name] && count > 0:
		out := w.partOf(v, w.keyName(arg(0), v))
		if count > 1 {
			out = out.joined(arg(1))
		}
		return out, true
	case pops[c.name] && count == 0 && isList && n > 0:
		p := place{object, w.name(itoa(n - 1))}
		out := w.partOf(v, p.name)
		w.removeElement(p)
		return out, true
	case (shifts[c.name] || c.name == "pop" && arg(0).known.Text == "0") && isList && n > 0:
		p := place{object, w.name("0")}
		out := w.partOf(v, p.name)
		w.removeElement(p)
		return out, true
	case (removes[c.name] || pops[c.name]) && count > 0:
		return w.removed(c, object, isList), true
	case c.name == "clear" || c.name == "removeAllElements":
		for _, name := range w.entities[object].fields {
			w.state.remove(place{object, name})
		}
		w.entities[object].sealed = true
		if isList {
			w.store(place{object, length}, constant(numberValue(0)))
		}
		return value{}, true
	case merges[c.name] && count > 0 && c.name != "concat":
		for _, a := range c.arguments {
			if isList {
				n, isList = w.appendAll(object, a.v, n, isList)
			} else {
				w.merge(object, a.v)
			}
		}
		if _, was := w.lengthOf(v); was && isList {
			w.store(place{object, length}, constant(numberValue(n)))
		} else if was {
			w.state.remove(place{object, length})
		}
		return v, true
	case c.name == "concat" && isList:
		out := v
		for _, a := range c.arguments {
			out = w.concatenated(c.id, out, a.v)
		}
		return out, true
	case (c.name == "slice" || c.name == "subList") && isList:
		return w.sliced(c.id, v, arg(0), arg(1)), true
	case c.name == "reverse" && isList:
		var parts []value
		for i := range n {
			parts = append(parts, w.partOf(v, w.name(itoa(i))))
		}
		for i, part := range parts {
			w.store(place{object, w.name(itoa(n - 1 - i))}, part)
		}
		return v, true
	case c.name == "values" || c.name == "elements":
		return w.listOf(c, w.elementsOf(v)), true
	case keySets[c.name]:
		key := w.keysOf(v)
		number := w.object(c.id)
		w.entities[number].sealed = true
		w.add(place{number, elements}, key)
		return value{may: []int32{number}}, true
	case (c.name == "copy" || c.name == "clone") && count == 0:
		return value{taints: v.taints, may: []int32{w.copy(c.id, v)}}, true
	case c.name == "items" || c.name == "entries" || c.name == "entrySet":
		number := w.object(c.id)
		w.entities[number].sealed = true
		w.add(place{number, elements}, w.pair(w.keysOf(v), w.elementsOf(v)))
		return value{may: []int32{number}}, true
	case c.name == "getKey" && count == 0:
		return w.partOf(v, w.name("0")), true
	case c.name == "getValue" && count == 0:
		return w.partOf(v, w.name("1")), true
	case contents[c.name]:
		return w.mixed(c.id, v), true
	case (c.name == "length" || c.name == "size") && isList && count == 0:
		return constant(numberValue(n)), true
	case c.name == "next" || c.name == "__next__":
		return w.elementsOf(v), true
	case writes[c.name]:
		for _, a := range c.arguments {
			w.add(place{object, elements}, tainted(w.whole(a.v).at(w.site(c.id))))
		}
		return v, true
	case (c.name == "contains" || c.name == "includes" || c.name == "has" || c.name == "containsKey") && count == 1:
		out := value{}
		if w.options.Guards && w.constants(v) {
			out.checks = checkOf(arg(0), false)
		}
		if !w.options.SafeBooleans && !w.options.SafeFunctions {
			out.taints = w.whole(arg(0))
		}
		return out, true
	}
	return value{}, false
}

// insert puts an argument into a list.
func (w *walk) insert(c *callSite, object int32, n int, isList bool) {
	at, what := 0, c.arguments
	if !prepends[c.name] {
		if len(c.arguments) < 2 {
			return
		}
		what = c.arguments[1:]
		k := c.arguments[0].v.known
		index := w.keyName(c.arguments[0].v, value{may: []int32{object}})
		at = -1
		for i := range n + 1 {
			if w.name(itoa(i)) == index && k.Kind == match.NumberValue {
				at = i
			}
		}
	}
	if !isList || at < 0 || len(what) != 1 {
		for _, a := range what {
			w.add(place{object, elements}, a.v)
		}
		return
	}
	v := value{may: []int32{object}}
	for i := n; i > at; i-- {
		w.store(place{object, w.name(itoa(i))}, w.partOf(v, w.name(itoa(i-1))))
	}
	w.store(place{object, w.name(itoa(at))}, what[0].v)
	w.store(place{object, length}, constant(numberValue(n+1)))
}

// removed is a method that removes a part by its key, or from a list by what it holds.
func (w *walk) removed(c *callSite, object int32, isList bool) value {
	v := value{taints: c.receiver.taints, may: []int32{object}}
	key := c.arguments[0].v
	if isList && (key.known.Kind != match.NumberValue || w.file.Language == tree.Python && c.name == "remove") {
		// By value: it is the one that holds the same.
		n, _ := w.lengthOf(v)
		for i := range n {
			part := w.partOf(v, w.name(itoa(i)))
			same := key.known.Kind != match.Unknown && part.known == key.known
			if same || len(key.taints) > 0 && part.taints.same(key.taints) {
				w.removeElement(place{object, w.name(itoa(i))})
				return value{}
			}
		}
		return value{}
	}
	name := w.keyName(key, v)
	out := w.partOf(v, name)
	if name != elements {
		w.removeElement(place{object, name})
	} else if loose, ok := w.state.get(place{object, elements}); ok && len(key.taints) > 0 && loose.taints.same(key.taints) {
		w.state.remove(place{object, elements}) // A set loses what it was given.
	}
	if len(c.arguments) > 1 {
		out = out.joined(c.arguments[1].v)
	}
	return out
}
