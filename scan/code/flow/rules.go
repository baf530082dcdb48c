package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// sanitize cleans an expression, and the variable that it is when the sanitizer says so.
func (w *walk) sanitize(id tree.ID, v value) value {
	marks := w.marks
	cleans := false
	for _, i := range marks.sanitizers[id] {
		s := &w.rule.Sanitizers[w.unit.places.Sanitizers[i].Of]
		if s.NotConflicting && (len(marks.sources[id]) > 0 || len(marks.sinks[id]) > 0) {
			continue
		}
		cleans = true
		if w.watch != nil {
			w.watch.lose(w.whole(v), Clean{w.file.Span(id), BySanitizer, s.Position})
		}
		if p, ok := w.place(id); ok && s.SideEffect {
			w.store(p, value{known: v.known})
		}
	}
	if cleans {
		return value{known: v.known, checks: v.checks}
	}
	return v
}

// begin adds the taint of the sources that an expression is.
func (w *walk) begin(id tree.ID, v value) value {
	for _, i := range w.marks.sources[id] {
		s := &w.rule.Sources[w.unit.places.Sources[i].Of]
		if s.Requires != nil && !s.Requires.Hold(w.whole(v).labels()) || s.Uncalled && w.isCalled(id) {
			continue
		}
		t := taints{{source: w.firstSource + i, label: s.Label, from: &step{at: w.site(id), length: 1}}}
		if s.Control {
			w.add(place{w.globals, control}, tainted(t))
			continue
		}
		if s.SideEffect != rule.SideEffectNone {
			if p, ok := w.place(id); ok {
				w.add(p, tainted(t))
			}
		}
		if s.SideEffect != rule.SideEffectOnly {
			v.taints = v.taints.with(t)
			v.known = match.Value{}
		}
	}
	return v
}

// carry follows a propagator.
func (w *walk) carry(i int, id tree.ID, v value) value {
	c := &w.places.Propagators[i]
	p := &w.rule.Propagators[c.Of]
	from, walked := w.seen[w.site(c.From)]
	switch {
	case c.From == id:
		from = v
	case !walked:
		from = w.eval(c.From)
	}
	t := w.whole(from)
	if p.Requires != nil && !p.Requires.Hold(t.labels()) {
		return v
	}
	if p.Label != "" {
		t = relabelled(t, p)
	}
	t = t.at(w.site(c.To))
	if to, ok := w.place(c.To); ok && p.SideEffect {
		w.add(to, tainted(t))
	}
	if c.To == id {
		v.taints = v.taints.with(t)
	}
	return v
}

func relabelled(t taints, p *rule.Propagator) taints {
	var out taints
	for _, each := range t {
		if len(p.Replace) == 0 || slices.Contains(p.Replace, each.label) {
			each.label = p.Label
		}
		out = out.with(taints{each})
	}
	return out
}

// arrive looks at the sinks that an expression is.
func (w *walk) arrive(id tree.ID, v value) {
	for _, i := range w.marks.sinks[id] {
		s := &w.rule.Sinks[w.unit.places.Sinks[i].Of]
		if s.AtExit && !w.last(id) {
			continue
		}
		t := v.taints
		if !s.Text {
			t = w.whole(v)
		}
		if s.Exact && !s.Focused {
			t = t.with(w.inputs(id))
		}
		if always, ok := w.state.get(place{w.globals, control}); ok {
			t = t.with(always.taints)
		}
		if len(t) == 0 || !s.Requires.Hold(t.labels()) {
			continue
		}
		for _, each := range t {
			w.report(each, w.firstSink+i, w.site(id))
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
			t = t.with(w.seen[w.site(child)].taints)
		}
	}
	return t
}

// last reports whether an expression stands in one of the last statements of a function.
func (w *walk) last(id tree.ID) bool {
	f := w.file
	for id != tree.Root && f.Kind(id) != tree.Function {
		parent := f.Parent(id)
		switch {
		case f.Kind(id) == tree.Return:
			return true
		case f.Kind(parent) == tree.Block && f.Next(id) != tree.None:
			return false
		}
		id = parent
	}
	return true
}

// safe reports whether the rule takes an expression for clean because of its type.
func (w *walk) safe(id tree.ID) bool {
	o := w.options
	if !o.SafeNumbers && !o.SafeBooleans {
		return false
	}
	types := numberTypes
	if !o.SafeNumbers {
		types = nil
	}
	if o.SafeBooleans {
		types = append(types[:len(types):len(types)], booleanTypes...)
	}
	for _, name := range types {
		if w.file.HasTypeName(id, name) {
			return true
		}
	}
	return o.SafeNumbers && w.numeric(id)
}

// numeric reports whether an expression is a number by its form.
func (w *walk) numeric(id tree.ID) bool {
	f := w.file
	switch f.Kind(id) {
	case tree.Number:
		return true
	case tree.Member:
		return f.Text(f.Child(id, tree.RoleProperty)) == "length"
	case tree.Name:
		return w.look(id).known.Kind == match.NumberValue || f.Value(id).Kind == match.NumberValue
	case tree.Binary:
		left, right := w.numeric(f.Child(id, tree.RoleLeft)), w.numeric(f.Child(id, tree.RoleRight))
		switch f.Text(id) {
		case "+":
			// Python joins no text with a number; other languages do.
			return left && right || f.Language == tree.Python && (left || right)
		case "-", "/", "*", "%", "**", "//", "<<", ">>", "&", "|", "^":
			return f.Language != tree.Python || left || right
		}
	}
	return false
}

var (
	numberTypes  = []string{"int", "long", "short", "byte", "float", "double", "number", "Integer", "Long", "Double", "Float", "int64", "int32", "uint", "uint64", "uint32", "float64", "BigInteger", "BigDecimal"}
	booleanTypes = []string{"bool", "boolean", "Boolean"}
)
