package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// conditional walks if. A branch whose condition is known to be false is not walked.
func (w *walk) conditional(id tree.ID) {
	f := w.file
	if init := f.Child(id, tree.RoleInit); init != tree.None {
		w.statement(init)
	}
	condition := f.Child(id, tree.RoleCondition)
	v := w.eval(condition)
	before := w.state
	w.state = before.clone()
	w.assume(condition, v, true)
	w.block(f.Child(id, tree.RoleThen))
	then := w.state
	w.state = before
	w.assume(condition, v, false)
	w.block(f.Child(id, tree.RoleElse))
	w.state = join(then, w.state)
}

// ternary walks c ? a : b. A side that is known not to be taken is not walked.
func (w *walk) ternary(id tree.ID) value {
	f := w.file
	condition := f.Child(id, tree.RoleCondition)
	first := w.eval(condition)
	before := w.state
	w.state = before.clone()
	w.assume(condition, first, true)
	a, aDead := first, w.state.dead
	if then := f.Child(id, tree.RoleThen); then != tree.None {
		a = w.eval(then)
	}
	after := w.state
	w.state = before
	w.assume(condition, first, false)
	bDead := w.state.dead
	b := w.eval(f.Child(id, tree.RoleElse))
	w.state = join(after, w.state)
	switch {
	case aDead:
		return b
	case bDead:
		return a
	}
	return a.joined(b)
}
