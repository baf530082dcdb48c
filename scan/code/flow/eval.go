package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// eval walks an expression and gives its value. It asks the rule about every expression: sanitizers first, then sources, then sinks.
func (w *walk) eval(id tree.ID) value {
	if id == tree.None || w.state.dead || !w.spend() {
		return value{}
	}
	v := w.plain(id)
	if w.clean(id) {
		if key := w.key(id); key != "" && w.cleansVariable(id) {
			w.state.set(key, value{})
		}
		v = value{}
	}
	v = w.begin(id, v)
	for _, i := range w.marks.carries[id] {
		v = w.carry(i, id, v)
	}
	w.arrive(id, v)
	return v
}

// clean reports whether a sanitizer cleans an expression.
func (w *walk) clean(id tree.ID) bool {
	for _, i := range w.marks.sanitizers[id] {
		if w.rule.Sanitizers[w.places.Sanitizers[i].Of].NotConflicting && (len(w.marks.sources[id]) > 0 || len(w.marks.sinks[id]) > 0) {
			continue
		}
		return true
	}
	return false
}

// cleansVariable reports whether a sanitizer cleans the variable itself.
func (w *walk) cleansVariable(id tree.ID) bool {
	for _, i := range w.marks.sanitizers[id] {
		if w.rule.Sanitizers[w.places.Sanitizers[i].Of].SideEffect {
			return true
		}
	}
	return false
}

// begin adds the taint of the sources that an expression is.
func (w *walk) begin(id tree.ID, v value) value {
	for _, i := range w.marks.sources[id] {
		s := &w.rule.Sources[w.places.Sources[i].Of]
		if s.Requires != nil && !s.Requires.Hold(v.whole().labels()) {
			continue
		}
		t := taints{{source: i, label: s.Label, from: &step{at: id, length: 1}}}
		if s.SideEffect != rule.SideEffectNone {
			if key := w.key(id); key != "" {
				w.state.add(key, t)
			}
		}
		if s.SideEffect != rule.SideEffectOnly {
			v.own = v.own.with(t)
		}
	}
	return v
}

// carry follows a propagator.
func (w *walk) carry(i int, id tree.ID, v value) value {
	c := &w.places.Propagators[i]
	p := &w.rule.Propagators[c.Of]
	t := w.peek(c.From)
	if p.Requires != nil && !p.Requires.Hold(t.labels()) {
		return v
	}
	if p.Label != "" {
		t = relabelled(t, p)
	}
	t = t.at(c.To)
	if key := w.key(c.To); key != "" && p.SideEffect {
		w.state.add(key, t)
	}
	if c.To == id {
		v.own = v.own.with(t)
	}
	return v
}

// peek is what an expression holds, without walking it again.
func (w *walk) peek(id tree.ID) taints {
	if key := w.key(id); key != "" && len(w.marks.sources[id]) == 0 {
		return w.state.whole(key)
	}
	steps, sinks := w.steps, w.sinks
	v := w.eval(id)
	w.steps, w.sinks = steps, sinks
	return v.whole()
}

func relabelled(t taints, p *rule.Propagator) taints {
	var out taints
	for _, each := range t {
		if len(p.Replace) > 0 && !slices.Contains(p.Replace, each.label) {
			out = out.with(taints{each})
			continue
		}
		each.label = p.Label
		out = out.with(taints{each})
	}
	return out
}

// arrive looks at the sinks that an expression is.
func (w *walk) arrive(id tree.ID, v value) {
	for _, i := range w.marks.sinks[id] {
		s := &w.rule.Sinks[w.places.Sinks[i].Of]
		t := v.whole()
		if s.Exact && !s.Focused {
			t = t.with(w.inputs(id))
		}
		w.reach(t, i, id)
	}
}

// reach reports what arrives at a sink, if the rule asks for it.
func (w *walk) reach(t taints, sink int, at tree.ID) {
	t = t.data()
	s := &w.rule.Sinks[w.places.Sinks[sink].Of]
	real := false
	for _, each := range t {
		real = real || each.source >= 0
	}
	if len(t) == 0 || real && !s.Requires.Hold(t.labels()) {
		return
	}
	for _, each := range t {
		if each.source >= 0 {
			w.report(each, sink, at)
		} else {
			w.sinks = append(w.sinks, reached{each, sink, at})
		}
	}
}

// inputs are what goes into a call that is a sink as a whole: its arguments. They were walked before.
func (w *walk) inputs(id tree.ID) taints {
	var t taints
	if k := w.file.Kind(id); k != tree.Call && k != tree.New {
		return nil
	}
	for child := range w.file.Children(id) {
		if w.file.Role(child) == tree.RoleArgument {
			t = t.with(w.arguments[child])
		}
	}
	return t
}

// plain walks an expression by its kind.
func (w *walk) plain(id tree.ID) value {
	f := w.file
	switch f.Kind(id) {
	case tree.Name, tree.Member, tree.Index:
		return w.read(id)
	case tree.Call, tree.New:
		return w.call(id)
	case tree.Assign:
		return w.assignment(id)
	case tree.Declare:
		if target := f.Child(id, tree.RoleTarget); target != tree.None {
			w.assign(target, value{})
		}
		return value{}
	case tree.Conditional:
		return w.ternary(id)
	case tree.Binary:
		return w.binary(id)
	case tree.Unary:
		v := w.eval(f.Child(id, tree.RoleOperand))
		switch f.Text(id) {
		case "typeof", "delete", "void":
			return value{}
		case "!", "not":
			if w.options.SafeBooleans {
				return value{}
			}
		}
		return value{own: v.whole()}
	case tree.Function:
		if w.declared(id) {
			return value{}
		}
		w.closure(id, nil)
		return w.functionValue(id, w.state.clone())
	case tree.Object, tree.Composite, tree.Array, tree.Tuple:
		return w.literal(id)
	case tree.String, tree.Number, tree.Bool, tree.Null, tree.Char, tree.Regex, tree.Error, tree.Ellipsis:
		return value{}
	case tree.TypeTest:
		v := value{own: w.eval(f.Child(id, tree.RoleValue)).whole()}
		if w.options.SafeBooleans || w.options.SafeComparisons {
			return value{}
		}
		return v
	case tree.Yield:
		v := value{own: w.eval(f.Child(id, tree.RoleValue)).whole()}
		w.returned = w.returned.joined(v)
		return v
	case tree.Comprehension:
		return w.comprehension(id)
	case tree.Class:
		w.statement(id)
		return value{}
	case tree.If, tree.Block, tree.Return, tree.Throw, tree.Break, tree.Continue, tree.Switch, tree.Try:
		w.statement(id)
		return value{}
	case tree.Cast:
		return w.eval(f.Child(id, tree.RoleValue))
	}
	// Everything else holds what its parts hold: templates, spreads, pairs, elements, awaits.
	var all taints
	for child := range f.Children(id) {
		if r := f.Role(child); r != tree.RoleType && r != tree.RoleModifier && r != tree.RoleDecorator {
			all = all.with(w.eval(child).whole())
		}
	}
	return value{own: all}
}

// ternary walks c ? a : b. A side that is known not to be taken is not walked.
func (w *walk) ternary(id tree.ID) value {
	f := w.file
	condition := f.Child(id, tree.RoleCondition)
	first := w.eval(condition)
	known := f.Value(condition)
	before := w.state
	var v value
	w.state = before.clone()
	if !isFalse(known) {
		if then := f.Child(id, tree.RoleThen); then != tree.None {
			v = w.eval(then)
		} else {
			v = first
		}
	}
	after := w.state
	w.state = before.clone()
	if !isTrue(known) {
		v = v.joined(w.eval(f.Child(id, tree.RoleElse)))
	}
	w.state = join(after, w.state)
	return v
}

// comparisons give truth values, which carry nothing.
var comparisons = map[string]bool{
	"==": true, "!=": true, "===": true, "!==": true, "<": true, ">": true, "<=": true, ">=": true, "in": true, "not in": true, "is": true, "is not": true, "instanceof": true,
}

// binary walks an operator. The right side of && and || may not run.
func (w *walk) binary(id tree.ID) value {
	f := w.file
	left := w.eval(f.Child(id, tree.RoleLeft))
	switch f.Text(id) {
	case "&&", "||", "and", "or", "??":
		before := w.state.clone()
		right := w.eval(f.Child(id, tree.RoleRight))
		w.state = join(before, w.state)
		return left.joined(right)
	}
	right := w.eval(f.Child(id, tree.RoleRight))
	if comparisons[f.Text(id)] && w.options.SafeComparisons {
		return value{}
	}
	if v := f.Value(id); v.Kind != match.Unknown && !v.Any {
		return value{}
	}
	return value{own: left.whole().with(right.whole())}
}

// comprehension walks [e for x in y if z].
func (w *walk) comprehension(id tree.ID) value {
	f := w.file
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleClause {
			continue
		}
		if f.Kind(child) == tree.ForEach {
			w.head(child, tree.None)
		} else {
			w.eval(f.Child(child, tree.RoleCondition))
		}
	}
	return value{own: w.eval(f.Child(id, tree.RoleElement)).whole()}
}
