package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// builtin is a call of a function of the language that is called by its name alone.
func (w *walk) builtin(c *callSite) (value, bool) {
	arg := func(i int) value {
		if i < len(c.arguments) {
			return c.arguments[i].v
		}
		return value{}
	}
	count := len(c.arguments)
	language := w.file.Language
	switch c.name {
	case "Promise":
		return w.newPromise(c)
	case "len":
		if n, known := w.lengthOf(arg(0)); known {
			return constant(numberValue(n)), true
		}
	case "append":
		if language != tree.Go || count == 0 {
			return value{}, false
		}
		return w.appended(c), true
	case "copy":
		if language == tree.Go && count == 2 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
				w.add(place{e, elements}, w.elementsOf(arg(1)))
			}
			return value{}, true
		}
	case "delete":
		if language == tree.Go && count == 2 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), false) {
				if name := w.keyName(arg(1), arg(0)); name != elements {
					w.state.remove(place{e, name})
				}
			}
			return value{}, true
		}
	case "clear":
		if language == tree.Go && count == 1 {
			for _, e := range w.holders(c.arguments[0].id, arg(0), false) {
				for _, name := range w.entities[e].fields {
					w.state.remove(place{e, name})
				}
			}
			return value{}, true
		}
	case "recover":
		if language == tree.Go {
			return w.thrown, true
		}
	case "panic":
		if language == tree.Go {
			w.thrown = w.thrown.joined(arg(0))
			w.raise()
			w.leavePanic()
			return value{}, true
		}
	case "getattr":
		if count > 1 && language == tree.Python {
			out := w.partOf(arg(0), w.keyName(arg(1), value{}))
			if count > 2 {
				out = out.joined(arg(2))
			}
			return out, true
		}
	case "setattr":
		if count == 3 && language == tree.Python {
			for _, e := range w.holders(c.arguments[0].id, arg(0), true) {
				if name := w.keyName(arg(1), value{}); name != elements {
					w.store(place{e, name}, arg(2))
				} else {
					w.add(place{e, elements}, arg(2))
				}
			}
			return value{}, true
		}
	case "next", "min", "max", "iter", "reversed", "sorted":
		if language == tree.Python && count > 0 && len(arg(0).may) > 0 {
			if c.name == "iter" || c.name == "reversed" || c.name == "sorted" {
				return w.mixed(c.id, arg(0)), true
			}
			return w.elementsOf(arg(0)), true
		}
	case "range":
		if language == tree.Python && count == 1 && arg(0).known.Kind == match.NumberValue && w.decides(arg(0)) {
			number := w.object(c.id)
			w.entities[number].sealed = true
			w.store(place{number, length}, constant(arg(0).known))
			return value{may: []int32{number}}, true
		}
	case "enumerate":
		if language == tree.Python && count > 0 {
			number := w.object(c.id)
			w.entities[number].sealed = true
			element := w.elementsOf(arg(0))
			w.add(place{number, elements}, w.pair(value{}, element))
			return value{may: []int32{number}}, true
		}
	case "zip":
		if language == tree.Python {
			number := w.object(c.id)
			w.entities[number].sealed = true
			pair, _ := w.entity(identity{kind: objectEntity, at: site{w.number, -2}, frame: w.frame})
			w.entities[pair].sealed = true
			for i, a := range c.arguments {
				w.store(place{pair, w.name(itoa(i))}, w.elementsOf(a.v))
			}
			w.add(place{number, elements}, value{may: []int32{pair}})
			return value{may: []int32{number}}, true
		}
	case "map", "filter":
		if language == tree.Python && count == 2 {
			functions := w.functionsOf(arg(0))
			element := w.elementsOf(arg(1))
			if len(functions) == 0 {
				return value{}, false
			}
			out := element
			for _, f := range functions {
				v := w.called(c, f, []argument{{v: element}})
				if c.name == "map" {
					out = v
				}
			}
			number := w.object(c.id)
			w.entities[number].sealed = true
			w.add(place{number, elements}, out)
			return value{may: []int32{number}}, true
		}
	case "reduce":
		if language == tree.Python && count >= 2 {
			if functions := w.functionsOf(arg(0)); len(functions) > 0 {
				element := w.elementsOf(arg(1)).joined(arg(2))
				out := w.called(c, functions[0], []argument{{v: element}, {v: element}})
				return out, true
			}
		}
	case "partial":
		return w.partial(c)
	}
	if !containers[c.name] || (language == tree.Java || language == tree.JavaScript || language == tree.TypeScript) && w.file.Kind(c.id) != tree.New && c.name != "Array" {
		return value{}, false
	}
	return w.container(c), true
}

// leavePanic ends the function at a panic.
func (w *walk) leavePanic() {
	if len(w.deferred) > 0 {
		// A deferred function may recover.
		w.ended = join(w.ended, w.state.clone())
	}
	w.state.dead = true
}
