package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// argument is one argument of a call.
type argument struct {
	id tree.ID
	// name is that of a keyword; "" for one by position.
	name string
	v    value
	// spread says that the argument stands for the elements of the value.
	spread bool
}

// site is a call with what is known of it.
type callSite struct {
	id, callee tree.ID
	// name is the last name of what is called.
	name string
	// receiverID and receiver are the object of a method.
	receiverID tree.ID
	receiver   value
	arguments  []argument
}

// call walks a call. A function whose code is known is followed with what it is called with; of any other the result holds what its arguments
// and its receiver hold.
func (w *walk) call(id tree.ID) value {
	f := w.file
	c := &callSite{id: id, callee: f.Child(id, tree.RoleCallee)}
	var called value
	switch f.Kind(c.callee) {
	case tree.Member:
		c.receiverID = f.Child(c.callee, tree.RoleObject)
		c.receiver = w.eval(c.receiverID)
		if property := f.Child(c.callee, tree.RoleProperty); f.Kind(property) == tree.Name {
			c.name = f.Text(property)
			called = w.partOf(c.receiver, w.unit.nameOfText(w.analysis, f.Nodes[property].Text))
		}
		called = w.begin(c.callee, called)
		c.receiver.taints = c.receiver.taints.with(called.taints)
		w.arrive(c.callee, called)
	case tree.Invalid:
	default:
		called = w.eval(c.callee)
		c.receiver.taints = called.taints
		c.name = f.Text(c.callee)
		if f.Kind(c.callee) == tree.Generic {
			c.name = w.typeName(c.callee)
		}
	}
	c.arguments = w.evalArguments(id)
	if f.Has(id, tree.Tagged) {
		c.arguments = w.tagArguments(id)
	}
	w.raise()
	v := w.result(c, called)
	if v.checks == nil {
		v.checks = w.guard(c)
	}
	if len(v.may) > 0 || len(v.taints) > 0 {
		w.seen[w.site(id)] = v
	}
	return v
}

// result is what a call gives.
func (w *walk) result(c *callSite, called value) value {
	if v, ok := w.super(c); ok {
		return v
	}
	if w.file.Kind(c.id) == tree.New {
		return w.newObject(c)
	}
	if v, ok := w.follow(c, w.functionsOf(called)); ok {
		return v
	}
	for _, e := range called.may {
		switch w.entities[e].kind {
		case classEntity:
			return w.construct(e, c.id, c.arguments)
		case settlerEntity:
			for _, a := range c.arguments {
				w.add(w.entities[e].inner, a.v)
			}
			return value{}
		}
	}
	if v, ok := w.follow(c, w.resolve(c)); ok {
		return v
	}
	if v, ok := w.compiled(c); ok {
		return v
	}
	if v, ok := w.library(c); ok {
		return v
	}
	return w.unknown(c)
}

// follow follows a call of functions whose code is known.
func (w *walk) follow(c *callSite, list []*callee) (result value, ok bool) {
	if len(list) == 0 {
		return value{}, false
	}
	before := w.state
	var after *state
	for _, each := range list {
		if each.object == 0 && len(each.receiver.may)+len(each.receiver.taints) == 0 {
			each.receiver = c.receiver
		}
		w.state = before
		if len(list) > 1 {
			w.state = before.clone()
		}
		v, followed := w.invoke(each, c.id, c.arguments, false)
		if !followed {
			continue
		}
		if ok {
			v = result.joined(v)
		}
		result, ok = v, true
		after = join(after, w.state)
	}
	if after != nil {
		w.state = after
	} else {
		w.state = before
	}
	return result.at(w.site(c.id)), ok
}

// resolve finds the functions that a call may call where no value says so: by the declared type of the receiver, or as the one function of the
// name in the file.
func (w *walk) resolve(c *callSite) (list []*callee) {
	if c.name == "" {
		return nil
	}
	f := w.file
	if f.Kind(c.callee) == tree.Name {
		if class := w.classAround(c.id); class != tree.None && f.Language == tree.Java {
			if u, method := w.method(w.class(w.unit, class), c.name); method != tree.None {
				self, _ := w.state.get(w.self())
				return []*callee{{unit: u, id: method, around: w.scope(u, method), receiver: self}}
			}
		}
		return w.onlyOne(c)
	}
	if known := w.classesOf(c.receiver); len(known) > 0 {
		for _, class := range known {
			list = append(list, w.methods(class, c)...)
		}
		return list
	}
	if f.Imported(c.receiverID) && f.Language != tree.Java {
		return nil
	}
	if typ := f.Type(c.receiverID); typ != tree.None {
		if class := w.named(w.unit, typ); class != 0 {
			return w.methods(class, c)
		}
		return nil
	}
	if len(c.receiver.may) > 0 || c.receiver.known.Kind != match.Unknown {
		return nil
	}
	return w.onlyOne(c)
}

// onlyOne is the function of a name, if the file has one only.
func (w *walk) onlyOne(c *callSite) []*callee {
	list := w.unit.functions[c.name]
	if len(list) != 1 || c.receiverID != tree.None && (fills[c.name] || reads[c.name]) {
		return nil
	}
	around := w.unit.globals
	if w.unit.around(list[0]) != tree.Root {
		around = w.frame
	}
	return []*callee{{unit: w.unit, id: list[0], around: around}}
}

// classesOf are the classes of the objects that a value may be.
func (w *walk) classesOf(v value) (list []int32) {
	for _, e := range w.holders(tree.None, v, false) {
		if entity := w.entities[e]; entity.kind == objectEntity && entity.class != 0 {
			list = append(list, entity.class)
		}
	}
	return list
}

// methods are the methods that a call on an object of a class may call: its own, or those of the classes that implement it.
func (w *walk) methods(class int32, c *callSite) (list []*callee) {
	if u, method := w.method(class, c.name); method != tree.None {
		return []*callee{{unit: u, id: method, around: w.scope(u, method)}}
	}
	for _, below := range w.implementations(class, c.name) {
		if u, method := w.method(below, c.name); method != tree.None {
			list = append(list, &callee{unit: u, id: method, around: w.scope(u, method)})
		}
	}
	return list
}

// unknown is a call of a function whose code is not there.
func (w *walk) unknown(c *callSite) value {
	var given taints
	for _, a := range c.arguments {
		given = given.with(w.whole(a.v))
	}
	held := w.whole(c.receiver).with(given)
	for _, a := range c.arguments {
		for _, e := range a.v.may {
			if w.entities[e].kind == pointerEntity && len(held) > 0 {
				w.add(w.entities[e].inner, tainted(held.at(w.site(c.id)))) // It may fill what it gets the address of.
			}
		}
	}
	result := tainted(held.at(w.site(c.id)))
	for _, a := range c.arguments {
		for _, each := range w.functionsOf(a.v) {
			result.taints = result.taints.with(w.whole(w.callback(c, each, tainted(held))))
		}
	}
	if (truths[c.name] || c.name == "valueOf" && boxed[w.file.Text(c.receiverID)]) && (w.options.SafeBooleans || w.options.SafeNumbers) || w.options.SafeFunctions {
		return value{}
	}
	return w.moved(result)
}

// callback follows a function that an unknown one is given. Each of its parameters may hold what that one was given.
func (w *walk) callback(c *callSite, f *callee, held value) value {
	var arguments []argument
	for parameter := range f.unit.file.Children(f.id) {
		if f.unit.file.Role(parameter) == tree.RoleParameter {
			arguments = append(arguments, argument{v: held})
		}
	}
	return w.called(c, f, arguments)
}

// called follows a function that may be called: what it changes may have happened or not.
func (w *walk) called(c *callSite, f *callee, arguments []argument) value {
	before := w.state.clone()
	v, _ := w.invoke(f, c.id, arguments, false)
	w.state = join(before, w.state)
	w.state.dead = false
	return v
}

// evalArguments walks the arguments of a call.
func (w *walk) evalArguments(id tree.ID) (list []argument) {
	for child := range w.file.Children(id) {
		if w.file.Role(child) == tree.RoleArgument {
			list = append(list, w.argument(child))
		}
	}
	return list
}

// tagArguments are what the function before a template gets: the list of the texts, and then each interpolated value.
func (w *walk) tagArguments(id tree.ID) []argument {
	list := []argument{{}}
	for part := range w.file.Children(w.file.Child(id, tree.RoleArgument)) {
		if w.file.Kind(part) != tree.String {
			list = append(list, argument{id: part, v: w.eval(part)})
		}
	}
	return list
}

// argument walks one argument.
func (w *walk) argument(id tree.ID) argument {
	f := w.file
	a := argument{id: id}
	switch f.Kind(id) {
	case tree.Keyword:
		a.name = f.Text(f.Child(id, tree.RoleName))
		a.v = w.begin(id, w.eval(f.Child(id, tree.RoleValue)))
		w.arrive(id, a.v)
	case tree.Spread:
		a.v = w.eval(id)
		a.spread = f.Text(id) != "**"
		if !a.spread {
			a.name = "**"
		}
	default:
		a.v = w.eval(id)
	}
	a.v = w.copied(id, a.v)
	w.seen[w.site(id)] = tainted(w.whole(a.v))
	return a
}

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

// prototype makes an object of a function of JavaScript that is used as a constructor.
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
