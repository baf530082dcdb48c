package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// eval walks an expression and gives its value. It asks the rule about every expression: sanitizers first, then sources, then sinks.
func (w *walk) eval(id tree.ID) value {
	if id == tree.None || w.state.dead || !w.spend() {
		return value{}
	}
	v := w.plain(id)
	if len(w.marks.sanitizers[id]) > 0 {
		v = w.sanitize(id, v)
	}
	v = w.begin(id, v)
	v = w.sameText(id, v)
	for _, i := range w.marks.guards[id] {
		v.checks = v.checks.and(w.proven(&w.places.Guards[i]))
	}
	for _, i := range w.marks.carries[id] {
		v = w.carry(i, id, v)
	}
	if len(v.taints) > 0 && w.safe(id) {
		if w.watch != nil {
			w.watch.lose(v.taints, Clean{Span: w.file.Span(id), By: ByType})
		}
		v.taints = nil
	}
	if w.watch != nil {
		w.watch.hold(w.whole(v), w.site(id))
	}
	w.arrive(id, v)
	if w.marks.wanted[id] {
		w.seen[w.site(id)] = v
	}
	return v
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
		w.declaration(id)
		return value{}
	case tree.Conditional:
		return w.ternary(id)
	case tree.Binary:
		return w.binary(id)
	case tree.Unary:
		return w.unary(id)
	case tree.Function:
		v := w.functionValue(w.unit, id, w.frame)
		for child := range f.Children(id) {
			if f.Role(child) == tree.RoleDecorator {
				v = w.decorated(child, v)
			}
		}
		return v
	case tree.Object, tree.Composite, tree.Array, tree.Tuple, tree.Set:
		return w.literal(id)
	case tree.String, tree.Number, tree.Bool, tree.Null, tree.Char, tree.Regex:
		return constant(f.Value(id))
	case tree.Error, tree.Ellipsis:
		return value{}
	case tree.TypeTest:
		v := w.eval(f.Child(id, tree.RoleValue))
		if target := f.Child(id, tree.RoleTarget); target != tree.None {
			w.assign(target, v)
		}
		if w.options.SafeBooleans || w.options.SafeComparisons {
			return value{}
		}
		return tainted(w.whole(v))
	case tree.Yield:
		return w.yield(id)
	case tree.Comprehension:
		return w.comprehension(id)
	case tree.Class:
		w.classStatement(id)
		return value{may: []int32{w.class(w.unit, id)}}
	case tree.Switch:
		return w.choice(id)
	case tree.If, tree.Block, tree.Return, tree.Throw, tree.Break, tree.Continue, tree.Try:
		w.statement(id)
		return value{}
	case tree.Cast:
		return w.eval(f.Child(id, tree.RoleValue))
	case tree.Await:
		return w.awaited(w.eval(f.Child(id, tree.RoleValue)))
	case tree.Spread, tree.Keyword:
		return w.eval(f.Child(id, tree.RoleValue))
	case tree.Sequence:
		var last value
		for child := range f.Children(id) {
			last = w.eval(child)
		}
		return last
	case tree.Slice:
		for child := range f.Children(id) {
			w.eval(child)
		}
		return value{}
	case tree.Template:
		return w.template(id)
	}
	// Everything else holds what its parts hold.
	var all taints
	for child := range f.Children(id) {
		if r := f.Role(child); r != tree.RoleType && r != tree.RoleModifier && r != tree.RoleDecorator {
			all = all.with(w.whole(w.eval(child)))
		}
	}
	return tainted(all)
}

// template walks a text with interpolations.
func (w *walk) template(id tree.ID) value {
	var out value
	out.known = match.Value{Kind: match.StringValue}
	for part := range w.file.Children(id) {
		v := w.eval(part)
		out.taints = out.taints.with(w.whole(v))
		out.known = operate("+", out.known, v.known)
		out.soft |= v.soft
	}
	out.taints = out.taints.at(w.site(id))
	return w.moved(out)
}

// moved is the result of an operator or call: nothing when taint moves by assignments alone.
func (w *walk) moved(v value) value {
	if w.options.AssignmentsOnly {
		v.taints = nil
	}
	return v
}

// comprehension walks [e for x in y if z].
func (w *walk) comprehension(id tree.ID) value {
	f := w.file
	before := w.state.clone()
	for child := range f.Children(id) {
		if f.Role(child) != tree.RoleClause {
			continue
		}
		if f.Kind(child) == tree.ForEach {
			w.head(child, tree.None)
		} else {
			condition := f.Child(child, tree.RoleCondition)
			w.assume(condition, w.eval(condition), true)
		}
	}
	number := w.object(id)
	element := f.Child(id, tree.RoleElement)
	if f.Kind(element) == tree.Pair {
		w.add(place{number, keys}, w.eval(f.Child(element, tree.RoleKey)))
		element = f.Child(element, tree.RoleValue)
	}
	v := w.eval(element)
	w.add(place{number, elements}, v)
	w.state = join(before, w.state)
	w.entities[number].sealed = true
	return value{may: []int32{number}}
}

// yield walks a yield: the function gives a list of all that it yields.
func (w *walk) yield(id tree.ID) value {
	v := w.eval(w.file.Child(id, tree.RoleValue))
	if w.file.Text(id) == "yield from" {
		v = w.elementsOf(v)
	}
	number, _ := w.entity(identity{kind: objectEntity, at: w.site(w.entities[w.frame].at.id), frame: w.frame})
	w.entities[number].sealed = true
	w.add(place{number, elements}, v.at(w.site(id)))
	w.returned = w.returned.joined(value{may: []int32{number}})
	w.yields = true
	return value{}
}
