package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
