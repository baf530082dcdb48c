package flow

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// library is a call of a function of a standard library that moves parts of objects. ok is false for any other.
func (w *walk) library(c *callSite) (result value, ok bool) {
	f := w.file
	if f.Kind(c.callee) != tree.Member {
		return w.builtin(c)
	}
	if v, ok := w.textMethod(c); ok {
		return v, true
	}
	if v, ok := w.standard(c); ok {
		return v, true
	}
	if v, ok := w.fillsBuffer(c); ok {
		return v, true
	}
	if v, ok := w.invocation(c); ok {
		return v, true
	}
	if v, ok := w.promised(c); ok {
		return v, true
	}
	var object int32
	for _, e := range c.receiver.may {
		if k := w.entities[e].kind; k == objectEntity {
			object = e
		}
	}
	held := w.holders(c.receiverID, c.receiver, false)
	if len(held) == 1 {
		object = held[0]
	}
	if visits[c.name] {
		if v, ok := w.visit(c); ok {
			return v, true
		}
	}
	if v, ok := w.bean(c); ok {
		return v, true
	}
	if object == 0 {
		return w.filled(c)
	}
	if len(held) > 1 {
		if fills[c.name] {
			for _, e := range held {
				for _, a := range c.arguments {
					w.add(place{e, elements}, a.v)
				}
			}
			return c.receiver, true
		}
		if reads[c.name] && !gets[c.name] {
			return w.mixed(c.id, c.receiver), true
		}
		if !gets[c.name] {
			return value{}, false
		}
	}
	return w.collection(c, object)
}

// filled is a method that puts its arguments into an object that is not known.
func (w *walk) filled(c *callSite) (value, bool) {
	if !fills[c.name] || len(c.arguments) == 0 {
		return value{}, false
	}
	carries := false
	for _, a := range c.arguments {
		carries = carries || len(w.whole(a.v)) > 0 || len(a.v.may) > 0
	}
	if !carries || c.receiver.known.Kind == match.StringValue || w.file.Imported(c.receiverID) {
		return value{}, false
	}
	result := w.unknown(c)
	for _, e := range w.holders(c.receiverID, c.receiver, true) {
		if name := w.section(c); len(c.arguments) == 3 && puts[c.name] && name != elements {
			w.store(place{e, name}, c.arguments[2].v)
			continue
		}
		for i, a := range c.arguments {
			if i == 0 && len(c.arguments) == 2 && puts[c.name] {
				w.add(place{e, keys}, a.v)
				continue
			}
			if len(c.arguments) == 2 && puts[c.name] && c.arguments[0].v.known.Kind != match.Unknown {
				w.store(place{e, w.keyName(c.arguments[0].v, value{})}, a.v)
				continue
			}
			w.add(place{e, elements}, tainted(w.whole(a.v).at(w.site(c.id))))
		}
		result.may = unionOf(result.may, []int32{e})
	}
	return result, true
}

// bean is a getter or setter of Java whose class is not there, by its name.
func (w *walk) bean(c *callSite) (value, bool) {
	if w.file.Language != tree.Java || len(c.name) < 4 || w.file.Imported(c.receiverID) {
		return value{}, false
	}
	field := w.name(strings.ToLower(c.name[3:4]) + c.name[4:])
	switch {
	case c.name[:3] == "set" && len(c.arguments) == 1:
		for _, e := range w.holders(c.receiverID, c.receiver, true) {
			w.store(place{e, field}, c.arguments[0].v)
		}
		return c.receiver, true // A setter of a builder gives the builder.
	case c.name[:3] == "get" && len(c.arguments) == 0:
		for _, e := range w.holders(c.receiverID, c.receiver, false) {
			if _, ok := w.state.get(place{e, field}); ok {
				return w.partOf(c.receiver, field).at(w.site(c.id)), true
			}
			if w.entities[e].at.id == tree.None && len(w.entities[e].fields) > 0 && len(c.receiver.taints) == 0 {
				return value{}, true // Only other fields were set.
			}
		}
	}
	return value{}, false
}
