package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
