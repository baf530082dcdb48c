package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// take binds the parameters of a function to what it is called with.
func (w *walk) take(c *callee, frame int32, arguments []argument, unknown bool) {
	f := c.unit.file
	object := c.receiver
	if c.object != 0 {
		object = value{taints: c.receiver.taints, may: []int32{c.object}}
	}
	w.frame = frame
	if !f.Has(c.id, tree.Arrow) {
		w.store(place{frame, w.name("this")}, object)
	}
	if receiver := f.Child(c.id, tree.RoleReceiver); receiver != tree.None {
		if f.Kind(f.Child(receiver, tree.RoleType)) == tree.Name && len(object.may) == 1 {
			object = w.copyOf(receiver, object) // The method has a copy of the struct.
		}
		w.receive(receiver, object)
	}
	positional, named := w.arranged(arguments)
	first := true
	method := f.Language == tree.Python && c.unit.classAround(c.id) != tree.None && f.Kind(f.Parent(f.Parent(c.id))) == tree.Class && !w.plainFunction(c)
	for parameter := range f.Children(c.id) {
		if f.Role(parameter) != tree.RoleParameter {
			continue
		}
		if first && method && (len(object.may) == 0 || w.entities[object.may[0]].kind == objectEntity || c.unit.static(c.id)) {
			first = false
			w.receive(parameter, object)
			continue
		}
		first = false
		v, given := value{}, true
		name := c.unit.parameterName(parameter)
		switch byName, isNamed := named[name]; {
		case isNamed:
			v = byName
			delete(named, name)
		case f.Text(parameter) == "*" || f.Text(parameter) == "...":
			if f.Child(parameter, tree.RoleTarget) == tree.None {
				continue
			}
			v = w.restOf(parameter, positional, unknown)
			positional = nil
		case f.Text(parameter) == "**":
			v = w.namedRest(parameter, named, unknown)
		case len(positional) > 0:
			v = positional[0].v
			if positional[0].spread {
				v = tainted(w.whole(v)) // some element of what is not known
			} else {
				positional = positional[1:]
			}
		default:
			given = false
			if loose, ok := named["**"]; ok {
				v, given = w.partOf(loose, w.name(name)), true
			}
		}
		if !given {
			if fallback := f.Child(parameter, tree.RoleValue); fallback != tree.None {
				v = w.eval(fallback)
				if unknown {
					v.known.Any = true
					v.known.Kind = 0
					v.known.Text = ""
				}
			}
		}
		v.soft |= throughArgument
		w.receive(parameter, v)
	}
	if !f.Has(c.id, tree.Arrow) && (f.Language == tree.JavaScript || f.Language == tree.TypeScript) && c.unit.mentions(c.id, "arguments") {
		all, _ := w.arranged(arguments)
		w.store(place{frame, w.name("arguments")}, w.restOf(c.id, all, unknown))
	}
}

// mentions reports whether a function uses a name.
func (u *known) mentions(function tree.ID, name string) bool {
	text, ok := u.file.Find(name)
	if !ok {
		return false
	}
	set := u.localsOf(function)
	if set[text] {
		return true
	}
	for id := function; id < u.file.Nodes[function].Limit; id++ {
		if n := &u.file.Nodes[id]; n.Kind == tree.Name && n.Text == text {
			set[text] = true
			return true
		}
	}
	return false
}

// plainFunction reports whether a member of a class takes no object.
func (w *walk) plainFunction(c *callee) bool {
	f := c.unit.file
	for child := range f.Children(c.id) {
		if f.Role(child) == tree.RoleDecorator && f.Text(f.Child(child, tree.RoleValue)) == "staticmethod" {
			return true
		}
	}
	return false
}

// receive gives a value to a parameter. One that is a source is tainted.
func (w *walk) receive(parameter tree.ID, v value) {
	target := w.file.Child(parameter, tree.RoleTarget)
	if target == tree.None {
		return
	}
	if len(w.marks.sanitizers[parameter]) > 0 {
		v = w.sanitize(parameter, v)
	}
	v = w.begin(parameter, v)
	if len(v.taints) > 0 && w.safe(target) {
		v.taints = nil
	}
	w.assign(target, v)
	// A constructor of TypeScript may declare a field by its parameter.
	if w.file.Language == tree.TypeScript && w.file.Child(parameter, tree.RoleModifier) != tree.None && w.file.Kind(target) == tree.Name {
		self, _ := w.state.get(w.self())
		for _, e := range self.may {
			stored, _ := w.state.get(w.variable(target))
			w.store(place{e, w.name(w.file.Text(target))}, stored)
		}
	}
}

// arranged sorts arguments into those by position, with known lists spread out, and those by name.
func (w *walk) arranged(arguments []argument) (positional []argument, named map[string]value) {
	named = map[string]value{}
	for _, a := range arguments {
		switch n, known := w.lengthOf(a.v); {
		case a.name == "**":
			w.spreadNames(a.v, named)
		case a.name != "":
			named[a.name] = a.v
		case a.spread && known:
			for i := range n {
				positional = append(positional, argument{v: w.partOf(a.v, w.name(itoa(i)))})
			}
		default:
			positional = append(positional, a)
		}
	}
	return positional, named
}

// spreadNames takes a map apart into arguments with names.
func (w *walk) spreadNames(v value, named map[string]value) {
	named["**"] = v
	if !w.sealed(v) || len(v.may) != 1 {
		return
	}
	delete(named, "**")
	for _, name := range w.entities[v.may[0]].fields {
		if part, ok := w.state.get(place{v.may[0], name}); ok && name > control {
			named[w.world.nameTexts[name]] = part
		}
	}
}

// restOf is the list of further arguments.
func (w *walk) restOf(parameter tree.ID, positional []argument, unknown bool) value {
	number := w.object(parameter)
	w.entities[number].sealed = !unknown
	exact := !unknown
	for i, a := range positional {
		if a.spread {
			exact = false
			w.add(place{number, elements}, w.elementsOf(a.v))
			continue
		}
		w.store(place{number, w.name(itoa(i))}, a.v)
	}
	if exact {
		w.store(place{number, length}, constant(numberValue(len(positional))))
	}
	return value{may: []int32{number}}
}

// namedRest is the map of further arguments with names.
func (w *walk) namedRest(parameter tree.ID, named map[string]value, unknown bool) value {
	number := w.object(parameter)
	w.entities[number].sealed = !unknown
	for _, name := range sortedNames(named) {
		if name == "**" {
			w.add(place{number, elements}, w.elementsOf(named[name]))
			continue
		}
		w.store(place{number, w.name(name)}, named[name])
	}
	return value{may: []int32{number}}
}
