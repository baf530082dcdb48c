package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// loop walks a loop until nothing changes. As long as the condition is a constant it runs as the program does.
func (w *walk) loop(id tree.ID) {
	f := w.file
	for child := range f.Children(id) {
		if f.Role(child) == tree.RoleInit {
			w.statement(child)
		}
	}
	out := &exit{label: w.label(id)}
	w.loops = append(w.loops, out)
	postfix := f.Has(id, tree.Postfix)
	condition := f.Child(id, tree.RoleCondition)
	var left *state // what holds where the condition does not
	exact, v := f.Kind(id) != tree.ForEach && condition != tree.None, value{}
	for round, concrete := 0, 0; round < maxRounds && w.spend(); {
		before := w.state.clone()
		if !postfix {
			v = w.head(id, condition)
			if left = w.ends(left, id, condition, v, exact); w.state.dead {
				break
			}
		}
		w.block(f.Child(id, tree.RoleBody))
		w.state = join(w.state, out.resumes)
		if postfix && !w.state.dead {
			v = w.head(id, condition)
			left = w.ends(left, id, condition, v, exact)
		}
		if !w.state.dead {
			w.statements(id, tree.RoleUpdate)
		}
		if w.state.dead {
			break
		}
		if _, known := w.truth(v); exact && known && concrete < maxConcrete {
			concrete++
			continue
		}
		exact = false
		w.state = join(before, w.state)
		if w.state.same(before) {
			break
		}
		round++
	}
	w.loops = w.loops[:len(w.loops)-1]
	if left == nil {
		left = w.state
		left.dead = true // Only break leaves it.
	}
	w.state = left
	w.block(f.Child(id, tree.RoleElse))
	w.state = join(w.state, out.breaks)
}

// maxConcrete bounds the rounds of a loop over constants.
const maxConcrete = 32

// ends notes what holds where a loop ends, and leaves the state of its next round.
func (w *walk) ends(left *state, id, condition tree.ID, v value, exact bool) *state {
	if condition == tree.None && w.file.Kind(id) != tree.ForEach {
		return left
	}
	end := w.state.clone()
	if condition == tree.None {
		if holds, known := truth(v.known); known && !holds {
			w.state.dead = true
		}
	} else {
		here := w.state
		w.state = end
		w.assume(condition, v, false)
		end, w.state = w.state, here
		w.assume(condition, v, true)
	}
	if end.dead && left == nil {
		return nil
	}
	return join(left, end)
}

// head evaluates what a loop asks or takes before each round.
func (w *walk) head(id, condition tree.ID) value {
	f := w.file
	if f.Kind(id) != tree.ForEach {
		return w.eval(condition)
	}
	subject := f.Child(id, tree.RoleValue)
	v := w.eval(subject)
	target := f.Child(id, tree.RoleTarget)
	if n, known := w.lengthOf(v); known && n == 0 && len(v.may) == 1 {
		return constant(truthValue(false)) // There is nothing to take.
	}
	if target == tree.None {
		return value{}
	}
	w.assign(target, w.taken(v, f.Text(id)))
	return value{}
}

// taken is what a loop takes of a value in one round: its keys, its elements, or pairs of both.
func (w *walk) taken(v value, how string) value {
	element := w.elementsOf(v)
	switch {
	case how == "range":
		pair := w.pair(w.keysOf(v), element)
		return pair
	case how == "in" && (w.file.Language == tree.JavaScript || w.file.Language == tree.TypeScript):
		return w.keysOf(v)
	case how == "in" && w.file.Language == tree.Python && w.isMap(v):
		return w.keysOf(v)
	}
	return element
}

// label is the label of a statement; "" for none.
func (w *walk) label(id tree.ID) string {
	parent := w.file.Parent(id)
	if w.file.Kind(parent) != tree.Labeled {
		return ""
	}
	return w.file.Text(w.file.Child(parent, tree.RoleLabel))
}

// jump leaves a loop or a switch.
func (w *walk) jump(id tree.ID) {
	label := ""
	if l := w.file.Child(id, tree.RoleLabel); l != tree.None {
		label = w.file.Text(l)
	}
	breaks := w.file.Kind(id) == tree.Break
	for i := len(w.loops) - 1; i >= 0; i-- {
		out := w.loops[i]
		if label != "" && out.label != label || !breaks && out.isSwitch {
			continue
		}
		if breaks {
			out.breaks = join(out.breaks, w.state.clone())
		} else {
			out.resumes = join(out.resumes, w.state.clone())
		}
		break
	}
	w.state.dead = true
}
