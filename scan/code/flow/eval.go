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
	if len(w.unit.marks.sanitizers[id]) > 0 {
		v = w.sanitize(id, v)
	}
	v = w.begin(id, v)
	for _, i := range w.unit.marks.carries[id] {
		v = w.carry(i, id, v)
	}
	if len(v.taints) > 0 && w.safe(id) {
		v.taints = nil
	}
	w.arrive(id, v)
	if w.unit.marks.wanted[id] {
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

// logic are the operators whose right side may not run.
func logic(sign string) (and, or bool) {
	return sign == "&&" || sign == "and", sign == "||" || sign == "or" || sign == "??"
}

// comparisons give truth values.
var comparisons = map[string]bool{
	"==": true, "!=": true, "===": true, "!==": true, "<": true, ">": true, "<=": true, ">=": true, "in": true, "not in": true, "is": true, "is not": true, "instanceof": true,
}

// binary walks an operator with two operands.
func (w *walk) binary(id tree.ID) value {
	f := w.file
	leftID, rightID := f.Child(id, tree.RoleLeft), f.Child(id, tree.RoleRight)
	sign := f.Text(id)
	left := w.eval(leftID)
	if and, or := logic(sign); and || or {
		return w.shortcut(id, left, leftID, rightID, and)
	}
	right := w.eval(rightID)
	if sign == "<-" && f.Language == tree.Go {
		for _, e := range w.holders(leftID, left, true) {
			w.add(place{e, elements}, right.at(w.site(id)))
		}
		return value{}
	}
	out := value{known: operate(sign, left.known, right.known), soft: left.soft | right.soft}
	if comparisons[sign] {
		out.checks = w.compared(sign, left, right)
		if w.options.SafeComparisons || w.options.SafeBooleans {
			return out
		}
	}
	if out.known.Kind != match.Unknown && !out.known.Any && len(left.taints)+len(right.taints) == 0 {
		return out
	}
	if sign == "+" && f.Language == tree.Python && (w.isList(left) || w.isList(right)) {
		return w.concatenated(id, left, right)
	}
	out.taints = w.whole(left).with(w.whole(right)).at(w.site(id))
	return w.moved(out)
}

// shortcut walks && and ||.
func (w *walk) shortcut(id tree.ID, left value, leftID, rightID tree.ID, and bool) value {
	if holds, known := w.truth(left); known && holds != and {
		return left
	}
	skipped := w.state.clone()
	w.assume(leftID, left, and)
	sure := w.state.dead
	right := w.eval(rightID)
	ran := w.state.clone()
	w.state = join(skipped, w.state)
	if sure {
		return left
	}
	out := left.joined(right)
	if and {
		// What does not hold is empty.
		out = right
		out.known = match.Value{}
		if left.known == right.known {
			out.known = right.known
		}
	}
	if holds, known := w.truth(left); known && holds == and {
		out = right
	}
	out.checks = both(left.checks, right.checks, and)
	out.ran, out.ranIf = ran, and
	if right.ran != nil && right.ranIf == and {
		out.ran = right.ran
	}
	return out
}

// unary walks an operator with one operand.
func (w *walk) unary(id tree.ID) value {
	f := w.file
	operand := f.Child(id, tree.RoleOperand)
	sign := f.Text(id)
	if sign == "delete" {
		w.delete(operand)
		return value{}
	}
	v := w.eval(operand)
	switch sign {
	case "typeof", "void":
		return value{}
	case "!", "not":
		out := value{checks: v.checks.negated(), ran: v.ran, ranIf: !v.ranIf}
		if holds, known := truth(v.known); known {
			out.known, out.soft = truthValue(!holds), v.soft
		}
		if !w.options.SafeBooleans {
			out.taints = w.whole(v)
		}
		return w.moved(out)
	case "-":
		if v.known.Kind == match.NumberValue {
			return value{known: operate("-", match.Value{Kind: match.NumberValue, Text: "0"}, v.known), soft: v.soft, taints: v.taints}
		}
	case "++", "--":
		if p, ok := w.place(operand); ok {
			after := value{taints: v.taints, soft: v.soft, known: operate(sign[:1], v.known, match.Value{Kind: match.NumberValue, Text: "1"})}
			w.store(p, after)
			if !f.Has(id, tree.Postfix) {
				return after
			}
		}
		return value{taints: v.taints, known: v.known, soft: v.soft}
	case "&":
		if f.Language == tree.Go && f.Kind(operand) == tree.Name {
			number, _ := w.entity(identity{kind: pointerEntity, at: w.site(id), inner: w.variable(operand), frame: w.frame})
			return value{may: []int32{number}}
		}
		return v
	case "*":
		if f.Language == tree.Go {
			return w.pointed(v)
		}
	case "<-":
		out := w.elementsOf(v)
		out.taints = out.taints.with(v.taints)
		return out
	}
	return w.moved(tainted(w.whole(v).at(w.site(id))))
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
