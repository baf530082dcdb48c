package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// walk runs through one function, or through the file's own statements.
type walk struct {
	*analysis
	// function is the node of what is analysed.
	function tree.ID
	state    *state
	// loops are the loops and switches around the statement, the innermost last.
	loops []*exit
	// raised is what holds where something in the innermost try may be thrown; nil outside of a try.
	raised *state
	// returned is what the function returns.
	returned value
	// sinks are the sinks that parameters reach.
	sinks []reached
	// arguments are what the arguments of calls hold, for sinks that are the whole call.
	arguments map[tree.ID]taints
	// calls are the calls that are followed, the innermost last; frame is the number of the innermost, and frames counts them.
	calls         []frame
	frame, frames int
	// thrown is what is thrown in the innermost try.
	thrown value
	steps  int
	full   bool
}

// exit is where break and continue of a loop go.
type exit struct {
	label           string
	breaks, resumes *state
	isSwitch        bool
}

// reached is a sink that the argument for a parameter reaches.
type reached struct {
	taint taint
	sink  int
	at    tree.ID
}

func (a *analysis) newWalk(function tree.ID) *walk {
	return &walk{analysis: a, function: function, state: newState(), arguments: map[tree.ID]taints{}}
}

// spend counts a step. After the last one nothing is followed any further.
func (w *walk) spend() bool {
	w.steps++
	if w.steps > budget && !w.full {
		w.full = true
		w.cut = append(w.cut, w.nameOf(w.function))
	}
	return !w.full
}

func (a *analysis) nameOf(function tree.ID) string {
	name := a.file.Child(function, tree.RoleName)
	if name == tree.None || function == tree.Root {
		return ""
	}
	return a.file.Text(name)
}

// statements walks the children of a node with a role.
func (w *walk) statements(id tree.ID, role tree.Role) {
	for child := range w.file.Children(id) {
		if w.file.Role(child) == role {
			w.statement(child)
		}
	}
}

// block walks a block, or an expression in its place.
func (w *walk) block(id tree.ID) {
	switch {
	case id == tree.None:
	case w.file.Kind(id) == tree.Block:
		w.hoist(id)
		w.statements(id, tree.RoleItem)
	default:
		w.statement(id)
	}
}

// hoist makes the functions of a block known before its first statement, as they may be called there.
func (w *walk) hoist(block tree.ID) {
	for child := range w.file.Children(block) {
		if w.file.Kind(child) == tree.Function && !w.declared(child) && w.file.Kind(w.file.Parent(block)) != tree.Class {
			if name := w.file.Child(child, tree.RoleName); name != tree.None {
				w.state.set(w.file.Text(name), w.functionValue(child, w.state.clone()))
			}
		}
	}
}

// statement walks one statement.
func (w *walk) statement(id tree.ID) {
	if w.state.dead || !w.spend() {
		return
	}
	f := w.file
	switch f.Kind(id) {
	case tree.ExprStmt, tree.Spawn, tree.Defer, tree.Directive, tree.Export:
		w.eval(f.Child(id, tree.RoleValue))
	case tree.Block:
		w.block(id)
	case tree.If:
		w.conditional(id)
	case tree.While, tree.For, tree.ForEach:
		w.loop(id)
	case tree.Switch:
		w.choice(id)
	case tree.Try:
		w.try(id)
	case tree.With:
		for child := range f.Children(id) {
			if f.Role(child) == tree.RoleResource {
				w.eval(child)
			}
		}
		w.block(f.Child(id, tree.RoleBody))
	case tree.Return:
		v := w.eval(f.Child(id, tree.RoleValue))
		for _, c := range w.closuresOf(v) {
			if c.frame == w.frame {
				c.captured = w.state.clone() // It takes along what its variables hold now.
			}
		}
		w.returned = w.returned.joined(v)
		w.state.dead = true
	case tree.Throw:
		w.thrown = w.thrown.joined(w.eval(f.Child(id, tree.RoleValue)))
		w.raise()
		w.state.dead = true
	case tree.Break, tree.Continue:
		w.jump(id)
	case tree.Labeled:
		w.statement(f.Child(id, tree.RoleBody))
	case tree.Function:
		if !w.declared(id) {
			v := w.eval(id)
			if name := w.file.Child(id, tree.RoleName); name != tree.None && w.file.Kind(w.file.Parent(w.file.Parent(id))) != tree.Class {
				w.state.set(w.file.Text(name), v)
			}
		}
	case tree.Class, tree.Package:
		w.block(f.Child(id, tree.RoleBody))
	case tree.Assert:
		w.eval(f.Child(id, tree.RoleCondition))
	case tree.Delete:
		for child := range f.Children(id) {
			if key := w.key(child); key != "" {
				w.state.set(key, value{})
			}
		}
	default:
		w.eval(id)
	}
}

// raise notes that the statement may throw with what is known now.
func (w *walk) raise() {
	if w.raised != nil && !w.state.dead {
		*w.raised = *join(w.raised, w.state.clone())
	}
}

// conditional walks if. A branch whose condition is known to be false is not walked.
func (w *walk) conditional(id tree.ID) {
	f := w.file
	if init := f.Child(id, tree.RoleInit); init != tree.None {
		w.statement(init)
	}
	condition := f.Child(id, tree.RoleCondition)
	w.eval(condition)
	before := w.state
	known := f.Value(condition)
	w.state = before.clone()
	w.state.dead = w.state.dead || isFalse(known)
	w.block(f.Child(id, tree.RoleThen))
	then := w.state
	w.state = before.clone()
	w.state.dead = w.state.dead || isTrue(known)
	w.block(f.Child(id, tree.RoleElse))
	w.state = join(then, w.state)
}

func isTrue(v match.Value) bool  { return v.Kind == match.BoolValue && !v.Any && v.Text == "true" }
func isFalse(v match.Value) bool { return v.Kind == match.BoolValue && !v.Any && v.Text == "false" }

// loop walks a loop until nothing changes.
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
	var last *state
	for round := 0; round < maxRounds; round++ {
		before := w.state.clone()
		if !postfix {
			w.head(id, condition)
		}
		last = w.state.clone()
		w.block(f.Child(id, tree.RoleBody))
		w.state = join(w.state, out.resumes)
		if w.state == nil {
			w.state = last.clone()
		}
		if postfix {
			w.head(id, condition)
			last = w.state.clone()
		}
		for child := range f.Children(id) {
			if f.Role(child) == tree.RoleUpdate {
				w.statement(child)
			}
		}
		w.state = join(before, w.state)
		if w.state.same(before) {
			break
		}
	}
	w.loops = w.loops[:len(w.loops)-1]
	if condition == tree.None && f.Kind(id) != tree.ForEach || isTrue(f.Value(condition)) && condition != tree.None {
		w.state.dead = true // Only break leaves it.
	} else {
		w.state = join(w.state, last)
		w.block(f.Child(id, tree.RoleElse))
	}
	w.state = join(w.state, out.breaks)
}

// head evaluates what a loop asks or takes before each round.
func (w *walk) head(id, condition tree.ID) {
	f := w.file
	if f.Kind(id) != tree.ForEach {
		w.eval(condition)
		return
	}
	v := w.eval(f.Child(id, tree.RoleValue))
	if target := f.Child(id, tree.RoleTarget); target != tree.None {
		w.assign(target, value{own: v.whole()})
	}
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
func (w *walk) choice(id tree.ID) {
	f := w.file
	if init := f.Child(id, tree.RoleInit); init != tree.None {
		w.statement(init)
	}
	subject := f.Child(id, tree.RoleValue)
	v := w.eval(subject)
	known := f.Value(subject)
	before := w.state
	out := &exit{label: w.label(id), isSwitch: true}
	w.loops = append(w.loops, out)
	falls := f.Language == tree.JavaScript || f.Language == tree.TypeScript || f.Language == tree.Java || f.Language == tree.PHP || f.Language == tree.CSharp
	var ended, running *state
	complete, taken := false, false
	for branch := range f.Children(id) {
		if f.Role(branch) != tree.RoleCase {
			continue
		}
		labels := w.labelsOf(branch)
		isDefault := len(labels) == 0
		complete = complete || isDefault
		w.state = before.clone()
		if fits, sure := w.fits(known, labels); !fits && !isDefault || isDefault && taken {
			w.state.dead = true
		} else {
			taken = taken || sure
		}
		for _, label := range labels {
			w.bind(label, v)
		}
		if guard := f.Child(branch, tree.RoleGuard); guard != tree.None {
			w.eval(guard)
		}
		if falls && running != nil {
			w.state = join(w.state, running)
		}
		w.block(f.Child(branch, tree.RoleBody))
		if falls {
			running = w.state.clone()
		} else {
			ended = join(ended, w.state.clone())
		}
	}
	w.loops = w.loops[:len(w.loops)-1]
	w.state = join(join(ended, running), out.breaks)
	if !complete && !taken || w.state == nil {
		w.state = join(w.state, before)
	}
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
func (w *walk) fits(known match.Value, labels []tree.ID) (fits, sure bool) {
	if known.Kind == match.Unknown || known.Any {
		return true, false
	}
	for _, label := range w.alternatives(labels) {
		switch v := w.file.Value(label); {
		case v.Kind == match.Unknown || v.Any:
			fits = true
		case v.Kind == known.Kind && v.Text == known.Text:
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
func (w *walk) bind(label tree.ID, v value) {
	switch w.file.Kind(label) {
	case tree.Declare:
		w.assign(w.file.Child(label, tree.RoleTarget), v)
	case tree.Alias:
		w.assign(w.file.Child(label, tree.RoleTarget), v)
	default:
		w.eval(label)
	}
}

// try walks try. Each statement in it may throw, so a handler may begin with what held before any of them.
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
	raised := w.raised
	thrown := w.thrown
	w.raised, w.thrown = outer, outerThrown
	w.block(f.Child(id, tree.RoleElse))
	after := w.state
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleCatch {
			continue
		}
		w.state = raised.clone()
		w.state.dead = false
		if target := f.Child(child, tree.RoleTarget); target != tree.None {
			w.assign(target, thrown)
		}
		w.block(f.Child(child, tree.RoleBody))
		after = join(after, w.state)
	}
	w.state = after
	if finally := f.Child(id, tree.RoleFinally); finally != tree.None {
		dead := w.state.dead
		if dead {
			w.state = raised.clone()
			w.state.dead = false
		}
		w.block(finally)
		w.state.dead = w.state.dead || dead
	}
}
