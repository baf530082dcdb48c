package flow

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// walk runs through one function and those that it calls, or through a file's own statements.
type walk struct {
	*analysis
	*unit
	// function is what the walk began with, and home its file.
	function tree.ID
	home     *unit
	state    *state
	// frame is the call at hand.
	frame int32
	// calls are the calls that are followed, the innermost last.
	calls []followed
	// loops are the loops and switches around the statement, the innermost last.
	loops []*exit
	// raised is what holds where something in the innermost try may be thrown; nil outside of a try.
	raised *state
	// raisedRoot is the root of the state that was noted last.
	raisedRoot *node
	// thrown is what is thrown in the innermost try.
	thrown value
	// returned is what the function returns, and ended the state where it does.
	returned value
	ended    *state
	// deferred are the calls that run when the function ends.
	deferred []tree.ID
	// yields says that the function is a generator.
	yields bool
	// seen are the values of the arguments of calls that are sinks, and of what propagators ask for.
	seen map[site]value
	// exports is how deep the walk is in files that hand on what they import.
	exports int
	effort  effort
	// until is the cost at which the walk ends, and full says that it did.
	until int
	full  bool
}

// followed is a call that is followed.
type followed struct {
	function site
	// from is the call in the code; its node is tree.None where other code calls.
	from site
}

// exit is where break and continue of a loop go.
type exit struct {
	label           string
	breaks, resumes *state
	isSwitch        bool
}

func (a *analysis) newWalk(u *unit, function tree.ID) *walk {
	return &walk{analysis: a, unit: u, home: u, function: function, seen: map[site]value{}}
}

func (w *walk) site(id tree.ID) site { return site{w.number, id} }

// rest follows the functions that were made and that nothing called: callbacks of frameworks.
func (w *walk) rest() {
	for n := 0; len(w.made) > 0 && !w.full; n++ {
		e := w.entities[w.made[0]]
		w.made = w.made[1:]
		if e.called {
			continue
		}
		u := w.units[e.at.unit]
		if u.around(e.at.id) == tree.Root && u.file.Child(e.at.id, tree.RoleName) != tree.None {
			continue // It is an entry.
		}
		e.called = true
		before := w.state.clone()
		w.invoke(&callee{unit: u, id: e.at.id, around: e.inner.of, object: e.inner.name}, tree.None, nil, true)
		if n >= maxMerged {
			w.state = before
			continue
		}
		w.state.dead = false
		w.state = join(before, w.state)
	}
}

// maxMerged bounds how many callbacks of one function see what those before them changed.
const maxMerged = 50

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
		w.hoist(id, tree.RoleItem)
		w.statements(id, tree.RoleItem)
	default:
		w.statement(id)
	}
}

// hoist makes the functions of a block known before its first statement, as they may be called there.
func (w *walk) hoist(block tree.ID, role tree.Role) {
	if w.file.Kind(w.file.Parent(block)) == tree.Class {
		return
	}
	for child := range w.file.Children(block) {
		if w.file.Kind(child) == tree.Export {
			child = w.file.Child(child, tree.RoleValue)
		} else if w.file.Role(child) != role {
			continue
		}
		name := w.file.Child(child, tree.RoleName)
		if w.file.Kind(child) != tree.Function || name == tree.None || w.file.Child(child, tree.RoleReceiver) != tree.None || w.file.Child(child, tree.RoleDecorator) != tree.None {
			continue
		}
		w.store(w.variable(name), w.functionValue(w.unit, child, w.frame))
	}
}

// statement walks one statement.
func (w *walk) statement(id tree.ID) {
	if w.state.dead || !w.spend() {
		return
	}
	f := w.file
	switch f.Kind(id) {
	case tree.Spawn:
		// It runs at any time: now, or after all that follows.
		w.eval(f.Child(id, tree.RoleValue))
		w.later(f.Child(id, tree.RoleValue))
	case tree.ExprStmt, tree.Directive:
		w.eval(f.Child(id, tree.RoleValue))
	case tree.Export:
		w.export(id)
	case tree.Defer:
		w.later(f.Child(id, tree.RoleValue))
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
		w.mark(id, v)
		w.leave(v)
	case tree.Throw:
		w.thrown = w.thrown.joined(w.eval(f.Child(id, tree.RoleValue)))
		w.raise()
		w.state.dead = true
	case tree.Break, tree.Continue:
		w.jump(id)
	case tree.Labeled:
		w.statement(f.Child(id, tree.RoleBody))
	case tree.Function:
		w.functionStatement(id)
	case tree.Class:
		w.classStatement(id)
	case tree.Package:
		w.block(f.Child(id, tree.RoleBody))
	case tree.Assert:
		w.eval(f.Child(id, tree.RoleCondition))
	case tree.Delete:
		for child := range f.Children(id) {
			w.delete(child)
		}
	case tree.Import, tree.TypeAlias, tree.Scope, tree.Empty:
	default:
		w.eval(id)
	}
}

// later notes a call that runs when the function ends.
func (w *walk) later(call tree.ID) {
	if len(w.deferred) < maxDeferred {
		w.deferred = append(w.deferred, call)
	}
}

// maxDeferred bounds the deferred calls of a function.
const maxDeferred = 100

// mark looks at what a rule says of a statement that holds a value.
func (w *walk) mark(id tree.ID, v value) {
	v = w.begin(id, v)
	w.arrive(id, v)
}

// leave returns from the function.
func (w *walk) leave(v value) {
	w.returned = w.either(w.ended, w.returned, v)
	here := w.state.clone()
	e := w.entities[w.frame]
	// Nothing asks for the variables of the call any more, except what runs at its end.
	over := e.over
	e.over = e.kind == frameEntity && !e.seen && len(w.deferred) == 0 && w.file.Language != tree.Go
	w.ended = join(w.ended, here)
	e.over = over
	w.state.dead = true
}

// either is one of two values: the second alone when there is no first.
func (w *walk) either(some *state, first, second value) value {
	if some == nil && !w.yields {
		return second
	}
	return first.joined(second)
}
