package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
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

// choice walks switch and its like. Each branch may be the first; where a language falls through, the one before it may come first too.
func (w *walk) choice(id tree.ID) value {
	f := w.file
	if init := f.Child(id, tree.RoleInit); init != tree.None {
		w.statement(init)
	}
	subject := f.Child(id, tree.RoleValue)
	v := w.eval(subject)
	if subject == tree.None {
		v = value{known: match.Value{Kind: match.BoolValue, Text: "true"}}
	}
	before := w.state
	out := &exit{label: w.label(id), isSwitch: true}
	w.loops = append(w.loops, out)
	falls := f.Language == tree.JavaScript || f.Language == tree.TypeScript || f.Language == tree.Java || f.Language == tree.PHP || f.Language == tree.CSharp
	var ended, running *state
	var result value
	complete, taken := f.Text(id) == "select", false
	before.top = before.clone().top // Each branch starts from it.
	for branch := range f.Children(id) {
		if f.Role(branch) != tree.RoleCase {
			continue
		}
		labels := w.labelsOf(branch)
		isDefault := len(labels) == 0 || w.catchesAll(labels, branch)
		complete = complete || isDefault
		w.state = before.clone()
		fits, sure := w.fits(v, labels)
		if !isDefault && !fits || taken {
			w.state.dead = true
		}
		taken = taken || sure
		if !w.state.dead {
			for _, label := range labels {
				w.bind(label, v, len(labels) == 1)
			}
			if guard := f.Child(branch, tree.RoleGuard); guard != tree.None {
				g := w.eval(guard)
				w.assume(guard, g, true)
			}
		}
		if falls && running != nil {
			w.state = join(w.state, running)
		}
		body := f.Child(branch, tree.RoleBody)
		result = result.joined(w.branchBody(body))
		if falls || w.fallsThrough(body) {
			running = w.state.clone()
		} else {
			ended = join(ended, w.state.clone())
			running = nil
		}
	}
	w.loops = w.loops[:len(w.loops)-1]
	w.state = join(join(ended, running), out.breaks)
	if !complete && !taken || w.state == nil {
		w.state = join(w.state, before)
	}
	return result
}

// branchBody walks a branch. One that is an expression is what the whole switch gives.
func (w *walk) branchBody(body tree.ID) (result value) {
	f := w.file
	if f.Kind(body) != tree.Block {
		return w.eval(body)
	}
	last := tree.None
	for item := range f.Children(body) {
		last = item
	}
	w.hoist(body, tree.RoleItem)
	for item := range f.Children(body) {
		if item == last && f.Kind(item) == tree.ExprStmt && !w.state.dead {
			result = w.eval(f.Child(item, tree.RoleValue))
			continue
		}
		w.statement(item)
	}
	return result
}

// fallsThrough reports whether a branch of Go goes on with the next one.
func (w *walk) fallsThrough(body tree.ID) bool {
	for item := range w.file.Children(body) {
		if w.file.Kind(item) == tree.Directive && w.file.Text(item) == "fallthrough" {
			return true
		}
	}
	return false
}

// catchesAll reports whether a branch of Python's match takes every value.
func (w *walk) catchesAll(labels []tree.ID, branch tree.ID) bool {
	return w.file.Language == tree.Python && len(labels) == 1 && w.file.Kind(labels[0]) == tree.Name && w.file.Child(branch, tree.RoleGuard) == tree.None
}

// labelsOf are the labels of a branch.
func (w *walk) labelsOf(branch tree.ID) (list []tree.ID) {
	for child := range w.file.Children(branch) {
		if w.file.Role(child) == tree.RoleLabel {
			list = append(list, child)
		}
	}
	return list
}

// fits reports whether a branch may be taken for a value, and whether it surely is.
func (w *walk) fits(v value, labels []tree.ID) (fits, sure bool) {
	if v.known.Kind == match.Unknown || v.known.Any || !w.decides(v) {
		return true, false
	}
	for _, label := range w.alternatives(labels) {
		if k := w.file.Kind(label); k == tree.Name && w.file.Language == tree.Python {
			return true, false
		}
		switch known := w.eval(label).known; {
		case known.Kind == match.Unknown || known.Any:
			fits = true
		case known.Kind == v.known.Kind && known.Text == v.known.Text:
			return true, true
		}
	}
	return fits, false
}

// alternatives are labels without the signs between those that stand for one branch: `case 1 | 2`.
func (w *walk) alternatives(labels []tree.ID) (list []tree.ID) {
	for _, label := range labels {
		if w.file.Kind(label) == tree.Binary && w.file.Text(label) == "|" {
			list = append(list, w.alternatives([]tree.ID{w.file.Child(label, tree.RoleLeft), w.file.Child(label, tree.RoleRight)})...)
			continue
		}
		list = append(list, label)
	}
	return list
}

// bind gives the value of a switch to what a label of a branch declares, and evaluates other labels.
func (w *walk) bind(label tree.ID, v value, alone bool) {
	f := w.file
	switch f.Kind(label) {
	case tree.Declare:
		w.assign(f.Child(label, tree.RoleTarget), v)
	case tree.Alias:
		w.bind(f.Child(label, tree.RoleValue), v, alone)
		w.assign(f.Child(label, tree.RoleTarget), v)
	case tree.Name:
		if f.Language == tree.Python {
			w.assign(label, v)
			return
		}
		w.eval(label)
	case tree.Array, tree.Tuple, tree.Object:
		if f.Language == tree.Python {
			w.assign(label, v)
			return
		}
		w.eval(label)
	case tree.Call:
		if f.Language != tree.Python {
			w.eval(label)
			return
		}
		// A class pattern takes the object apart.
		i := 0
		for child := range f.Children(label) {
			if f.Role(child) != tree.RoleArgument {
				continue
			}
			if f.Kind(child) == tree.Keyword {
				w.bind(f.Child(child, tree.RoleValue), w.partOf(v, w.name(f.Text(f.Child(child, tree.RoleName)))), true)
				continue
			}
			w.bind(child, tainted(w.whole(v)), true)
			i++
		}
	case tree.Binary:
		if f.Text(label) == "|" && f.Language == tree.Python {
			w.bind(f.Child(label, tree.RoleLeft), v, alone)
			w.bind(f.Child(label, tree.RoleRight), v, alone)
			return
		}
		w.eval(label)
	case tree.String, tree.Number:
		w.eval(label)
		if alone && w.options.Guards {
			w.clean(v)
		}
	default:
		w.eval(label)
	}
}
