package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// maxCalls bounds how deep functions are followed with what they are called with. Deeper calls are known by summaries.
const maxCalls = 8

// frame is the call that is followed.
type frame struct {
	function tree.ID
	number   int
}

// invoke follows a call of a function of the file with the values that it is called with. ok is false when the function is being followed
// already, or the calls are too deep.
func (w *walk) invoke(c *closure, arguments []argument, receiver string, object value) (result value, ok bool) {
	if len(w.calls) >= maxCalls {
		return value{}, false
	}
	for _, f := range w.calls {
		if f.function == c.id {
			return value{}, false
		}
	}
	here, loops, raised, returned, number := w.state, w.loops, w.raised, w.returned, w.frame
	shares := c.captured != nil && c.frame == number
	switch {
	case shares:
		w.state = here.clone()
	case c.captured != nil:
		w.state = c.captured.clone()
		w.state.dead = false
	case w.globals != nil:
		w.state = w.globals.clone()
	default:
		w.state = newState()
	}
	w.loops, w.returned = nil, value{}
	w.frames++
	w.frame = w.frames
	w.calls = append(w.calls, frame{c.id, w.frame})
	names := w.given(c.id, arguments, object)
	result = w.bodyOf(c.id)
	after := w.state
	after.dead = false
	w.state, w.loops, w.raised, w.returned, w.frame = here, loops, raised, returned, number
	w.calls = w.calls[:len(w.calls)-1]
	if shares {
		w.leave(after, here, names)
	}
	// What the function changed in the objects that it was given.
	for i, a := range arguments {
		if key := w.key(a.id); key != "" && i < len(names) && names[i] != "" {
			w.changed(key, after, names[i])
		}
	}
	if receiver != "" {
		for _, self := range selfNames {
			w.changed(receiver, after, self)
		}
	}
	return result, true
}

// selfNames are what a method calls its object.
var selfNames = []string{"this", "self"}

// given binds the parameters of a function to what it is called with. It returns the names by argument.
func (w *walk) given(function tree.ID, arguments []argument, object value) []string {
	names := make([]string, len(arguments))
	next, bound := 0, map[string]int{}
	var positional []int
	for i, a := range arguments {
		if a.name != "" {
			bound[a.name] = i
		} else {
			positional = append(positional, i)
		}
	}
	first := true
	for parameter := range w.file.Children(function) {
		if w.file.Role(parameter) != tree.RoleParameter {
			continue
		}
		name := w.parameterName(parameter)
		if first && (name == "self" || name == "cls") {
			w.state.set(name, object)
			first = false
			continue
		}
		first = false
		v := value{}
		switch i, named := bound[name]; {
		case named:
			v = arguments[i].v
			names[i] = name
		case w.file.Text(parameter) == "*" || w.file.Text(parameter) == "...":
			v.parts = map[string]taints{}
			for n := 0; next < len(positional); n++ {
				v.put(itoa(n), arguments[positional[next]].v)
				next++
			}
		case w.file.Text(parameter) == "**":
			v.parts = map[string]taints{}
			for _, a := range arguments {
				if a.name != "" {
					v.put(a.name, a.v)
				}
			}
		case next < len(positional):
			i := positional[next]
			next++
			v = arguments[i].v
			names[i] = name
		default:
			if fallback := w.file.Child(parameter, tree.RoleValue); fallback != tree.None {
				v = w.eval(fallback)
			}
		}
		target := w.file.Child(parameter, tree.RoleTarget)
		if target != tree.None {
			w.assign(target, w.begin(parameter, v))
		}
	}
	if w.file.Language != tree.Python {
		w.state.set("this", object)
	}
	return names
}

// leave keeps what a function changed in the variables around it, but not its parameters.
func (w *walk) leave(after, before *state, parameters []string) {
	for name, t := range after.vars {
		root, _, _ := strings.Cut(name, ".")
		hidden := root == "this"
		for _, p := range parameters {
			hidden = hidden || p == root
		}
		if !hidden {
			w.state.vars[name] = before.get(name).with(t)
		}
	}
}

// changed takes over the parts of an object that a function was given under a name.
func (w *walk) changed(key string, after *state, name string) {
	for _, part := range after.below(name) {
		path := part[len(name):]
		if strings.Count(key+path, ".") < maxPath {
			w.state.vars[key+path] = after.vars[part]
		} else {
			w.state.add(key, after.vars[part])
		}
	}
	if t := after.vars[name]; len(t.data()) > 0 && len(after.below(name)) == 0 && len(w.state.get(key).data()) == 0 {
		w.state.add(key, t) // It was filled, and not assigned: lists have no parts.
	}
}

// inPlace is a function of the file as it is where the walk stands: one inside of the function that is walked sees its variables.
func (w *walk) inPlace(id tree.ID) *closure {
	c := &closure{id: id, frame: -1}
	if around := w.around(id); around != tree.Root && around == w.current() {
		c.captured, c.frame = w.state, w.frame
	}
	return c
}

// current is the function that is walked.
func (w *walk) current() tree.ID {
	if n := len(w.calls); n > 0 {
		return w.calls[n-1].function
	}
	return w.function
}

// object makes an object of a class of the file.
func (w *walk) object(class, call tree.ID, arguments []argument) value {
	made := marker(classBase+int(class), call)
	constructor := w.constructor(class)
	if constructor == tree.None {
		return made
	}
	made.parts = w.construct(constructor, arguments, made)
	return made
}

// construct follows a constructor, and gives the fields of the object.
func (w *walk) construct(constructor tree.ID, arguments []argument, made value) map[string]taints {
	const name = "new object" // No variable has this name.
	before := w.state
	w.state = before.clone()
	w.state.set(name, value{})
	_, ok := w.invoke(w.inPlace(constructor), arguments, name, made)
	parts := map[string]taints{}
	for _, part := range w.state.below(name) {
		parts[part[len(name)+1:]] = w.state.vars[part]
	}
	if !ok {
		w.state = before
		return nil
	}
	w.state.set(name, value{})
	delete(w.state.vars, name)
	return parts
}

// super follows a call of the parent's constructor or method on the object at hand. ok is false for any other call.
func (w *walk) super(id, callee tree.ID, arguments []argument) (result value, ok bool) {
	f := w.file
	name := ""
	switch f.Kind(callee) {
	case tree.Name:
		if f.Text(callee) != "super" {
			return value{}, false
		}
	case tree.Member:
		object := f.Child(callee, tree.RoleObject)
		if f.Kind(object) == tree.Call {
			object = f.Child(object, tree.RoleCallee)
		}
		if f.Text(object) != "super" {
			return value{}, false
		}
		name = f.Text(f.Child(callee, tree.RoleProperty))
	default:
		return value{}, false
	}
	class := w.classAround(w.current())
	if class == tree.None {
		return value{}, false
	}
	parent := w.classes[w.lastName(f.Child(class, tree.RoleParent))]
	method := tree.None
	if parent != tree.None {
		if method = w.method(parent, name); name == "" {
			method = w.constructor(parent)
		}
	}
	if method == tree.None {
		return value{}, false
	}
	self := "this"
	if f.Language == tree.Python {
		self = "self"
	}
	object := value{own: w.state.get(self), parts: map[string]taints{}}
	for _, part := range w.state.below(self) {
		object.parts[part[len(self)+1:]] = w.state.vars[part]
	}
	result, ok = w.invoke(w.inPlace(method), arguments, self, object)
	return result.at(id), ok
}
