package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// super follows a call of the parent's constructor or method on the object at hand. ok is false for any other call.
func (w *walk) super(c *callSite) (result value, ok bool) {
	f := w.file
	object := c.callee
	if f.Kind(c.callee) == tree.Member {
		object = c.receiverID
		if f.Kind(object) == tree.Call {
			object = f.Child(object, tree.RoleCallee)
		}
	}
	if f.Kind(object) != tree.Name || f.Text(object) != "super" {
		return value{}, false
	}
	if f.Language == tree.Python && f.Kind(c.callee) == tree.Name {
		return value{}, true // super() alone; its member is called next.
	}
	class := w.classAround(c.id)
	if class == tree.None {
		return value{}, false
	}
	self, _ := w.state.get(w.self())
	for _, parent := range w.parents(w.class(w.unit, class)) {
		u, method := w.method(parent, c.name)
		if f.Kind(c.callee) == tree.Name || c.name == "__init__" {
			w.initialise(parent, self)
			u, method = w.constructor(parent)
		}
		if method == tree.None {
			continue
		}
		if v, followed := w.invoke(&callee{unit: u, id: method, around: w.scope(u, method), receiver: self}, c.id, c.arguments, false); followed {
			return v.at(w.site(c.id)), true
		}
	}
	// The parent is not known: the object may hold all.
	for _, e := range self.may {
		for _, a := range c.arguments {
			w.add(place{e, elements}, a.v)
		}
	}
	return value{}, f.Kind(c.callee) == tree.Name || c.name == "__init__"
}

// newObject walks new C(...).
func (w *walk) newObject(c *callSite) value {
	f := w.file
	typ := f.Child(c.id, tree.RoleType)
	name := w.typeName(typ)
	c.name = name
	made := value{}
	if v := w.look(typ); len(v.may) > 0 {
		for _, e := range v.may {
			if w.entities[e].kind == classEntity {
				made = w.construct(e, c.id, c.arguments)
			}
		}
		if len(made.may) == 0 {
			made = w.prototype(c, w.functionsOf(v))
		}
	} else if class := w.named(w.unit, typ); class != 0 {
		made = w.construct(class, c.id, c.arguments)
	}
	if len(made.may) == 0 {
		v, ok := w.library(c)
		if !ok {
			v = w.unknown(c)
			number := w.object(c.id)
			v.may = []int32{number}
			w.entities[number].sealed = false
		}
		made = v
	}
	if body := f.Child(c.id, tree.RoleBody); body != tree.None && len(made.may) == 1 {
		w.anonymous(body, made.may[0])
	}
	return made
}

// anonymous gives an object the methods of the body behind its constructor.
func (w *walk) anonymous(body tree.ID, object int32) {
	f := w.file
	for member := range f.Children(body) {
		switch f.Kind(member) {
		case tree.Function:
			number, _ := w.entity(identity{kind: functionEntity, at: w.site(member), frame: w.frame, inner: place{w.frame, object}})
			w.store(place{object, w.name(f.Text(f.Child(member, tree.RoleName)))}, value{may: []int32{number}})
		case tree.Assign:
			w.store(place{object, w.name(f.Text(f.Child(member, tree.RoleTarget)))}, w.eval(f.Child(member, tree.RoleValue)))
		}
	}
}

// prototype makes an object of a JavaScript function that is used as a constructor.
func (w *walk) prototype(c *callSite, functions []*callee) value {
	for _, f := range functions {
		number := w.object(c.id)
		w.entities[number].sealed = true
		if p, ok := w.state.get(place{f.entity, w.name("prototype")}); ok {
			w.merge(number, p)
		}
		f.receiver = value{may: []int32{number}}
		f.object = 0
		if _, ok := w.invoke(f, c.id, c.arguments, false); ok {
			return value{may: []int32{number}}
		}
	}
	return value{}
}

// construct makes an object of a class whose code is known.
func (w *walk) construct(class int32, id tree.ID, arguments []argument) value {
	number := w.object(id)
	w.entities[number].class = class
	made := value{may: []int32{number}}
	u, constructor := w.constructor(class)
	if constructor == tree.None {
		w.initialise(class, made)
		names := w.fieldNames(class)
		for i, a := range arguments {
			switch {
			case a.name != "":
				w.store(place{number, w.name(a.name)}, a.v)
			case i < len(names):
				w.store(place{number, names[i]}, a.v)
			default:
				w.add(place{number, elements}, a.v)
			}
		}
		return made
	}
	w.initialise(class, made)
	if _, ok := w.invoke(&callee{unit: u, id: constructor, around: w.scope(u, constructor), receiver: made}, id, arguments, false); !ok {
		for _, a := range arguments {
			w.add(place{number, elements}, a.v)
		}
	}
	return made
}

// scope is the frame whose variables the methods of a class see: that in which the class was declared.
func (a *analysis) scope(u *unit, method tree.ID) int32 {
	if class := u.classAround(method); class != tree.None {
		if frame := a.entities[a.class(u, class)].scope; frame != 0 {
			return frame
		}
	}
	return u.globals
}

// initialise gives an object the fields that its class declares with a value, those of its parents first.
func (w *walk) initialise(class int32, object value) {
	if len(object.may) != 1 {
		return
	}
	u, id := w.classOf(class)
	f := u.file
	outer := w.unit
	w.unit = u
	for member := range f.Children(f.Child(id, tree.RoleBody)) {
		if f.Kind(member) != tree.Assign || f.Language == tree.Python || u.static(member) {
			continue
		}
		target := f.Child(member, tree.RoleTarget)
		if f.Kind(target) != tree.Name {
			continue
		}
		w.store(place{object.may[0], u.nameOfText(w.analysis, f.Nodes[target].Text)}, w.eval(f.Child(member, tree.RoleValue)))
	}
	w.unit = outer
}
