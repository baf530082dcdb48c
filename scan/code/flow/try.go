package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// raise notes that the statement may throw with what is known now.
func (w *walk) raise() {
	if w.raised != nil && !w.state.dead && w.raisedRoot != w.state.root {
		*w.raised = *join(w.raised, w.state.clone())
		w.raisedRoot = w.state.root
	}
}

// try walks try. Each call in it may throw, so a handler may begin with what held before any of them.
func (w *walk) try(id tree.ID) {
	f := w.file
	outer, outerThrown := w.raised, w.thrown
	w.raised, w.thrown = w.state.clone(), value{}
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleResource {
			w.eval(child)
		}
	}
	w.block(f.Child(id, tree.RoleBody))
	w.raise()
	raised, thrown := w.raised, w.thrown
	w.raised, w.thrown = outer, outerThrown
	if !w.state.dead {
		w.block(f.Child(id, tree.RoleElse))
	}
	after := w.state
	caught := false
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleCatch {
			continue
		}
		caught = true
		w.state = raised.clone()
		w.state.dead = false
		if target := f.Child(child, tree.RoleTarget); target != tree.None {
			w.assign(target, thrown)
		}
		w.block(f.Child(child, tree.RoleBody))
		after = join(after, w.state)
	}
	if !caught {
		w.thrown = w.thrown.joined(thrown)
	}
	w.state = after
	if finally := f.Child(id, tree.RoleFinally); finally != tree.None {
		dead := w.state.dead
		w.state = join(w.state, raised.clone())
		w.state.dead = false
		w.block(finally)
		w.state.dead = w.state.dead || dead
	}
}
