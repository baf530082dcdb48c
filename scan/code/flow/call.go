package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// callSite is a call with what is known of it.
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
			called = w.partOf(c.receiver, w.nameOfText(w.analysis, f.Nodes[property].Text))
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
	if v, ok := w.required(c); ok {
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
	if w.isEnding(c) {
		w.raise()
		w.state.dead = true
		return value{}
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
	list := w.functions[c.name]
	if len(list) != 1 || c.receiverID != tree.None && (fills[c.name] || reads[c.name]) {
		return nil
	}
	around := w.globals
	if w.around(list[0]) != tree.Root {
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
