package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// invocation is a call of a function by call, apply, bind, or an interface with one Java method.
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
		return w.boundTo(c, this, rest), true
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

// boundTo is a function with an object and first arguments.
func (w *walk) boundTo(c *callSite, this value, rest []argument) value {
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
	v := w.boundTo(&inner, value{}, c.arguments[1:])
	return v, len(v.may) > 0
}
