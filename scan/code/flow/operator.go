package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
