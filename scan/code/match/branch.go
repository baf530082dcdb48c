package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// loop walks a loop. What its body binds is unknown from its first pass on.
func (w *walker) loop(s *scope, st *state, id tree.ID) {
	w.role(s, st, id, tree.RoleInit, tree.RoleValue)
	w.forget(s, st, id)
	w.role(s, st, id, tree.RoleCondition)
	body := st.copy()
	w.role(s, &body, id, tree.RoleBody, tree.RoleUpdate)
	body.dead = false
	*st = join(*st, body)
	w.role(s, st, id, tree.RoleElse)
}

// branches walks the cases of a switch. A case may fall through to the next.
func (w *walker) branches(s *scope, st *state, id tree.ID) {
	f := w.f
	w.role(s, st, id, tree.RoleInit, tree.RoleValue)
	before, complete := st.copy(), false
	st.dead = true
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleCase {
			continue
		}
		one := join(before.copy(), *st)
		one.dead = before.dead
		w.children(s, &one, child)
		// A break of the switch leads to what follows it.
		one.dead = before.dead || endsFunction(f, child)
		*st = join(one, *st)
		complete = complete || f.Child(child, tree.RoleLabel) == tree.None
	}
	if !complete {
		*st = join(before, *st)
	}
}

// endsFunction reports whether the last statement of a case leaves the function.
func endsFunction(f *File, id tree.ID) bool {
	last := tree.None
	for item := range f.Children(f.Child(id, tree.RoleBody)) {
		last = item
	}
	return f.Kind(last) == tree.Return || f.Kind(last) == tree.Throw
}

// try walks a try. A handler begins with what held before or anywhere in the body.
func (w *walker) try(s *scope, st *state, id tree.ID) {
	f := w.f
	w.role(s, st, id, tree.RoleResource)
	body := f.Child(id, tree.RoleBody)
	handler := st.copy()
	w.node(s, st, body)
	raises := mayRaise(f, body)
	if raises {
		after := st.copy()
		for i := range handler.values {
			if handler.values[i] != after.values[i] {
				handler.values[i] = joinValues(handler.values[i], after.values[i])
			}
		}
	}
	w.role(s, st, id, tree.RoleElse)
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleCatch {
			one := handler.copy()
			one.dead = !raises || handler.dead
			w.children(s, &one, child)
			*st = join(*st, one)
		}
	}
	if st.dead && f.Child(id, tree.RoleFinally) != tree.None {
		w.role(s, &handler, id, tree.RoleFinally)
		return
	}
	w.role(s, st, id, tree.RoleFinally)
}

// mayRaise reports whether a block can throw: it calls, reads members, or throws.
func mayRaise(f *File, id tree.ID) bool {
	for child := id; child < f.Nodes[id].Limit; child++ {
		switch f.Kind(child) {
		case tree.Call, tree.New, tree.Throw, tree.Index, tree.Member, tree.Await, tree.Yield, tree.Import, tree.Binary, tree.Cast, tree.Error:
			return true
		}
	}
	return false
}
