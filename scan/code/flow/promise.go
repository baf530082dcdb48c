package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
