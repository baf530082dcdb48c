package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// static0 is a function of a class of the standard library: Object.assign, Array.from, List.of and their like.
func (w *walk) static0(c *callSite) (value, bool) {
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

// invocation is a call of a function by call, apply, bind, or an interface with one method of Java.
func (w *walk) invocation(c *callSite) (value, bool) {
	functions := w.functionsOf(c.receiver)
	if len(functions) == 0 {
		return value{}, false
	}
	this := value{}
	if len(c.arguments) > 0 {
		this = c.arguments[0].v
	}
	rest := c.arguments[min(1, len(c.arguments)):]
	switch c.name {
	case "call":
		if w.file.Language == tree.Java {
			break
		}
		return w.withReceiver(c, functions, this, rest)
	case "apply":
		if w.file.Language == tree.Java {
			break
		}
		list := value{}
		if len(rest) > 0 {
			list = rest[0].v
		}
		return w.withReceiver(c, functions, this, []argument{{v: list, spread: true}})
	case "bind":
		return w.bind1(c, this, rest), true
	case "then", "catch", "finally", "prototype", "toString":
		return value{}, false
	}
	if w.file.Language != tree.Java {
		return value{}, false
	}
	return w.follow(c, functions)
}

func (w *walk) withReceiver(c *callSite, functions []*callee, this value, arguments []argument) (value, bool) {
	for _, f := range functions {
		f.receiver, f.object = this, 0
	}
	inner := *c
	inner.arguments, inner.receiver = arguments, this
	return w.follow(&inner, functions)
}

// applied is a call with the function, its object and its arguments as values.
func (w *walk) applied(c *callSite, function, this, list value) (value, bool) {
	return w.withReceiver(c, w.functionsOf(function), this, []argument{{v: list, spread: true}})
}

// bind1 is a function with an object and first arguments.
func (w *walk) bind1(c *callSite, this value, rest []argument) value {
	out := value{}
	for _, f := range w.functionsOf(c.receiver) {
		who := identity{kind: functionEntity, at: site{f.unit.number, f.id}, frame: w.frame, inner: place{f.around, f.object}}
		if len(this.may) > 0 {
			who.inner.name = this.may[0]
		}
		number, _ := w.entity(who)
		if len(rest) > 0 {
			w.store(place{number, elements}, w.restOf(c.id, rest, false))
		}
		out.may = unionOf(out.may, []int32{number})
	}
	return out
}

// partial is functools.partial.
func (w *walk) partial(c *callSite) (value, bool) {
	if len(c.arguments) == 0 {
		return value{}, false
	}
	inner := *c
	inner.receiver = c.arguments[0].v
	v := w.bind1(&inner, value{}, c.arguments[1:])
	return v, len(v.may) > 0
}

// promised are the methods of promises, which stand for their values here.
func (w *walk) promised(c *callSite) (value, bool) {
	if c.name != "then" && c.name != "catch" && c.name != "finally" && c.name != "thenApply" && c.name != "thenAccept" && c.name != "thenCompose" && c.name != "thenRun" || len(c.arguments) == 0 {
		return value{}, false
	}
	settled := c.receiver
	for _, e := range c.receiver.may {
		if v, ok := w.state.get(place{e, w.name("promise value")}); ok {
			settled = v
		}
	}
	functions := w.functionsOf(c.arguments[0].v)
	if len(functions) == 0 {
		return value{}, false
	}
	if c.name == "finally" {
		settled = value{}
	}
	var out value
	for i, f := range functions {
		before := w.state.clone()
		v, ok := w.invoke(f, c.id, []argument{{v: settled}}, false)
		if w.state.dead || !ok {
			w.state = before
		}
		if i > 0 {
			v = out.joined(v)
		}
		out = v
	}
	if len(c.arguments) > 1 {
		for _, f := range w.functionsOf(c.arguments[1].v) {
			out = out.joined(w.called(c, f, []argument{{v: settled}}))
		}
	}
	if c.name != "then" && w.file.Language != tree.Java {
		out = out.joined(c.receiver)
	}
	return out, true
}

// newPromise is new Promise(f): what f is given settles it.
func (w *walk) newPromise(c *callSite) (value, bool) {
	if len(c.arguments) == 0 {
		return value{}, false
	}
	functions := w.functionsOf(c.arguments[0].v)
	if len(functions) == 0 {
		return value{}, false
	}
	promise := w.object(c.id)
	p := place{promise, w.name("promise value")}
	settle, _ := w.entity(identity{kind: settlerEntity, at: w.site(c.id), frame: w.frame, inner: p})
	v := value{may: []int32{settle}}
	for _, f := range functions {
		w.invoke(f, c.id, []argument{{v: v}, {v: v}}, false)
	}
	return value{may: []int32{promise}}, true
}

// awaited is the value that a promise gives.
func (w *walk) awaited(v value) value {
	for _, e := range v.may {
		if inner, ok := w.state.get(place{e, w.name("promise value")}); ok && w.entities[e].kind == objectEntity {
			return inner
		}
	}
	return v
}

// accessed is a property that a function gives: get of JavaScript, @property of Python. ok is false for any other.
func (w *walk) accessed(id tree.ID, object value, name string) (result value, ok bool) {
	for _, e := range object.may {
		entity := w.entities[e]
		if entity.kind != objectEntity && entity.kind != classEntity {
			continue
		}
		u, function := (*unit)(nil), tree.None
		if class := entity.class; class != 0 {
			u, function = w.method(class, name)
		} else if v, some := w.state.get(place{e, w.name(name)}); some {
			for _, f := range w.functionsOf(v) {
				u, function = f.unit, f.id
			}
		} else if entity.kind == classEntity {
			u, function = w.method(e, name)
		}
		if function == tree.None || !u.accessor(function) {
			continue
		}
		v, followed := w.invoke(&callee{unit: u, id: function, around: w.scope(u, function), receiver: value{may: []int32{e}}}, id, nil, false)
		if followed {
			result, ok = result.joined(v), true
		}
	}
	return result, ok
}

// accessor reports whether a function is read as a property.
func (u *unit) accessor(function tree.ID) bool {
	if u.file.Has(function, tree.Accessor) {
		for p := range u.file.Children(function) {
			if u.file.Role(p) == tree.RoleParameter {
				return false
			}
		}
		return true
	}
	for child := range u.file.Children(function) {
		if u.file.Role(child) == tree.RoleDecorator {
			if text := u.file.Text(u.file.Child(child, tree.RoleValue)); text == "property" || text == "cached_property" {
				return true
			}
		}
	}
	return false
}

// property assigns to a property that a function sets. ok is false when it is a plain one.
func (w *walk) property(target tree.ID, v value) bool {
	f := w.file
	if f.Kind(target) != tree.Member {
		return false
	}
	name := f.Text(f.Child(target, tree.RoleProperty))
	done := false
	for _, e := range w.look(f.Child(target, tree.RoleObject)).may {
		entity := w.entities[e]
		if entity.class == 0 {
			continue
		}
		u, id := w.classOf(entity.class)
		for _, function := range u.functions[name][:min(len(u.functions[name]), maxEqualNames)] {
			if u.classAround(function) != id || !u.setter(function) {
				continue
			}
			w.invoke(&callee{unit: u, id: function, around: w.scope(u, function), receiver: value{may: []int32{e}}}, target, []argument{{v: v}}, false)
			done = true
		}
	}
	return done
}

// setter reports whether a function is assigned to as a property.
func (u *unit) setter(function tree.ID) bool {
	n := 0
	for p := range u.file.Children(function) {
		if u.file.Role(p) == tree.RoleParameter {
			n++
		}
		if u.file.Role(p) == tree.RoleDecorator {
			if v := u.file.Child(p, tree.RoleValue); u.file.Kind(v) == tree.Member && u.file.Text(u.file.Child(v, tree.RoleProperty)) == "setter" {
				return true
			}
		}
	}
	return u.file.Has(function, tree.Accessor) && n == 1
}

var _ = match.Unknown
