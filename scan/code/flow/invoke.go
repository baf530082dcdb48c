package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

const (
	// maxCalls bounds how deep functions are followed.
	maxCalls = 48
	// maxAgain bounds how often a function is followed inside of itself.
	maxAgain = 2
)

// callee is a function to follow.
type callee struct {
	unit *unit
	id   tree.ID
	// around is the frame whose variables the function sees.
	around int32
	// object is what a method was taken from, 0 for none.
	object int32
	// receiver is what the function is called on.
	receiver value
	// entity is the function as a value, 0 when it is none.
	entity int32
}

// functionsOf are the functions that a value may be.
func (w *walk) functionsOf(v value) (list []*callee) {
	for _, e := range v.may {
		if entity := w.entities[e]; entity.kind == functionEntity {
			list = append(list, &callee{unit: w.units[entity.at.unit], id: entity.at.id, around: entity.inner.of, object: entity.inner.name, entity: e})
		}
	}
	return list
}

// invoke follows a call of a function with the values that it is called with, or with unknown ones. ok is false when it is not followed: it has
// no code, it is in itself too often, the calls are too deep, or it lies aside of all ways from sources to sinks.
func (w *walk) invoke(c *callee, at tree.ID, arguments []argument, unknown bool) (result value, ok bool) {
	body := c.unit.file.Child(c.id, tree.RoleBody)
	if c.entity != 0 {
		w.entities[c.entity].called = true
	}
	here := site{c.unit.number, c.id}
	again := 0
	for _, each := range w.calls {
		if each.function == here {
			again++
		}
	}
	if body == tree.None || w.state.dead || len(w.calls) >= maxCalls || again >= maxAgain || !unknown && (w.full || len(w.calls) > w.effort.calls) {
		return value{}, false
	}
	if !unknown && len(w.calls) > maxAside && c.unit != w.home && !w.bears(c.unit, c.id) {
		return value{}, false
	}
	if c.unit != w.unit {
		w.enterUnit(c.unit)
	}
	saved := *w
	frame, made := w.entity(identity{kind: frameEntity, at: here, frame: w.frame, inner: place{c.around, int32(at)}})
	if !made {
		for _, name := range w.entities[frame].fields {
			w.state.remove(place{frame, name})
		}
	}
	if c.entity != 0 {
		if first, ok := w.state.get(place{c.entity, elements}); ok {
			arguments = append([]argument{{v: first, spread: true}}, arguments...) // It was bound to them.
		}
	}
	w.entities[frame].over = false
	w.calls = append(w.calls, followed{here, w.site(at)})
	w.unit = c.unit
	w.loops, w.returned, w.ended, w.deferred, w.yields = nil, value{}, nil, nil, false
	w.take(c, frame, arguments, unknown)
	w.frame = frame
	if w.file.Kind(body) == tree.Block {
		w.block(body)
	} else {
		v := w.eval(body)
		w.leave(v)
	}
	result = w.returned
	w.state = join(w.ended, w.state)
	w.runDeferred()
	result = w.finish(c, frame, result)
	w.unit, w.frame, w.calls, w.loops, w.returned, w.ended, w.deferred, w.yields = saved.unit, saved.frame, saved.calls, saved.loops, saved.returned, saved.ended, saved.deferred, saved.yields
	result.soft |= throughResult
	return result, true
}

// finish ends a call: its variables are gone, unless a function or a pointer sees them.
func (w *walk) finish(c *callee, frame int32, result value) value {
	if c.unit.file.Language == tree.Go && w.ended != nil && c.unit.file.Child(c.id, tree.RoleResult) != tree.None {
		result = w.namedResult(c, result)
	}
	if e := w.entities[frame]; !e.seen {
		e.over = true
		for _, name := range e.fields {
			w.state.remove(place{frame, name})
		}
	}
	return result
}

// enterUnit makes the variables of a file known before one of its functions is followed.
func (w *walk) enterUnit(u *unit) {
	if u.loaded {
		return
	}
	u.loaded = true
	w.opened = append(w.opened, u)
	inner := w.newWalk(u, tree.Root)
	inner.frame, inner.state = u.globals, w.state
	inner.effort, inner.until = w.effort, w.until
	inner.hoist(tree.Root, tree.RoleBody)
	inner.statements(tree.Root, tree.RoleBody)
	inner.state.dead = false
	w.state = inner.state
	w.full = w.full || inner.full
}

// runDeferred runs the deferred calls of a Go function, the last first.
func (w *walk) runDeferred() {
	list := w.deferred
	w.deferred = nil
	dead := w.state.dead
	for _, call := range slices.Backward(list) {
		if dead && w.raised != nil {
			w.state = w.raised.clone()
		}
		w.state.dead = false
		w.eval(call)
		w.state.dead = dead
	}
}

// namedResult adds what the named results hold when a Go function ends.
func (w *walk) namedResult(c *callee, result value) value {
	f := c.unit.file
	list := f.Child(c.id, tree.RoleResult)
	if f.Kind(list) != tree.Tuple || len(result.may)+len(result.taints) > 0 {
		return result
	}
	var parts []value
	for p := range f.Children(list) {
		if f.Kind(p) == tree.Parameter {
			if target := f.Child(p, tree.RoleTarget); target != tree.None {
				v, _ := w.state.get(w.variable(target))
				parts = append(parts, v)
			}
		}
	}
	switch len(parts) {
	case 0:
		return result
	case 1:
		return parts[0]
	}
	number := w.object(list)
	for i, part := range parts {
		w.store(place{number, w.name(itoa(i))}, part)
	}
	return value{may: []int32{number}}
}
