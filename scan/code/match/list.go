package match

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// matchList matches nodes in order. An ellipsis and `$...X` stand for any number of nodes.
func (s *solver) matchList(g goal) (int32, bool) {
	ps, es := g.ps, g.es
	if len(ps) == 0 {
		return g.next, len(es) == 0 || g.kind == prefixGoal
	}
	first := ps[0]
	if !s.p.sequence(first) {
		if len(es) == 0 {
			return g.next, false
		}
		// What follows comes after the statement, not inside of it.
		after := es[1:]
		for len(after) > 0 && after[0] < s.file.Nodes[es[0]].Limit {
			after = after[1:]
		}
		rest := s.list(g.kind, ps[1:], after, g.next)
		if g.kind == prefixGoal {
			s.last = es[0]
		}
		return s.node(first, es[0], rest), true
	}
	if len(ps) == 1 {
		if g.kind == prefixGoal && len(es) > 0 {
			s.last = es[len(es)-1]
		}
		return g.next, s.bindMany(first, es)
	}
	found := false
	least := s.least(ps[1:])
	for n := 0; n+least <= len(es); n++ {
		if s.steps <= 0 {
			break
		}
		trail := len(s.trail)
		if s.bindMany(first, es[:n]) {
			ok, enough := s.try(s.list(g.kind, ps[1:], es[n:], g.next))
			found = found || ok
			if enough && s.p.info[first].slot < 0 {
				return tried(found)
			}
		}
		s.undo(trail)
	}
	return tried(found)
}

// least is how many nodes a list needs at least.
func (s *solver) least(ps []tree.ID) int {
	n := 0
	for _, p := range ps {
		if !s.p.sequence(p) {
			n++
		}
	}
	return n
}

// bindMany binds `$...X` to nodes; an ellipsis binds nothing.
func (s *solver) bindMany(p tree.ID, es []tree.ID) bool {
	if s.p.tree.Kind(p) == tree.Ellipsis {
		return true
	}
	return s.bindNodes(s.p.info[p].slot, es...)
}

// anyOrder adds the goal that nodes match in any order. With extra, or where the pattern has an ellipsis, nodes may be
// left over. Only the last `$...X` binds what is left.
func (s *solver) anyOrder(ps, es []tree.ID, extra bool, next int32) int32 {
	var rest tree.ID
	from := len(s.ids)
	for _, p := range ps {
		switch {
		case !s.p.sequence(p):
			s.ids = append(s.ids, p)
		case s.p.tree.Kind(p) == tree.Metavariable:
			rest = p
		default:
			extra = true
		}
	}
	plain := s.ids[from:len(s.ids):len(s.ids)]
	return s.push(goal{kind: setGoal, ps: plain, es: es, p: rest, extra: extra, next: next, meta: s.metaIn(ps)})
}

// matchSet matches the first node of the pattern with each node that is left.
func (s *solver) matchSet(g goal) (int32, bool) {
	if len(g.ps) > len(g.es) {
		return g.next, false
	}
	if len(g.ps) == 0 {
		if g.p != tree.None {
			return g.next, s.bindMany(g.p, g.es)
		}
		return g.next, g.extra || len(g.es) == 0
	}
	found := false
	for i, e := range g.es {
		if s.steps <= 0 {
			break
		}
		left := slices.Concat(g.es[:i], g.es[i+1:])
		s.steps -= len(left) / 16
		rest := g
		rest.kind, rest.ps, rest.es, rest.meta = setGoal, g.ps[1:], left, s.metaIn(g.ps[1:]) || g.p != tree.None && s.p.info[g.p].meta
		ok, enough := s.try(s.node(g.ps[0], e, s.push(rest)))
		found = found || ok
		if enough {
			break
		}
	}
	return tried(found)
}

// arguments adds the goals that the arguments of a call match: by position in order, those with a name in any order.
func (s *solver) arguments(ps, es []tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	many, gap := false, false
	for _, p := range ps {
		many = many || s.p.sequence(p) && t.Kind(p) == tree.Metavariable
		gap = gap || t.Kind(p) == tree.Ellipsis
	}
	plain, named := s.split(t, ps)
	if many && len(named) == 0 {
		return s.list(listGoal, ps, es, next), true
	}
	values, keywords := s.split(f.Tree, es)
	if len(keywords) < len(named) || len(named) < len(keywords) && !gap && !many {
		return next, false
	}
	if len(named) > 0 {
		next = s.push(goal{kind: setGoal, ps: named, es: keywords, extra: gap || many, next: next, meta: s.metaIn(named)})
	}
	return s.list(listGoal, plain, values, next), true
}

// split separates arguments with a name from the others.
func (s *solver) split(t *tree.Tree, ids []tree.ID) (plain, named []tree.ID) {
	if !slices.ContainsFunc(ids, func(id tree.ID) bool { return t.Kind(id) == tree.Keyword }) {
		return ids, nil
	}
	for _, id := range ids {
		if t.Kind(id) == tree.Keyword {
			named = append(named, id)
		} else {
			plain = append(plain, id)
		}
	}
	return plain, named
}

// associative are the operators whose chains are flat lists; true means that the order does not matter either.
var associative = map[string]bool{"and": false, "or": false, "&&": false, "||": false, "+": false, "*": false, "|": true, "&": true, "^": true}

// matchChain matches a chain of one operator with another.
func (s *solver) matchChain(p, e tree.ID, commutes bool, next int32) (int32, bool) {
	sign := s.p.tree.Text(p)
	if s.file.Text(e) != sign {
		return next, false
	}
	ps, es := s.operands(s.p.tree, p, sign), s.operands(s.file.Tree, e, sign)
	s.steps -= len(es) / 8
	open := false
	for _, each := range ps {
		kind := s.p.tree.Kind(each)
		open = open || kind == tree.Metavariable || kind == tree.Ellipsis
	}
	switch {
	case len(es) == 2 && len(ps) == 2 && !commutes:
		return s.parts(p, e, next)
	case commutes:
		return s.anyOrder(ps, es, true, next), true
	case s.p.options.CommutativeBooleans && (sign == "&&" || sign == "||" || sign == "and" || sign == "or"):
		return s.anyOrder(ps, es, open, next), true
	}
	return s.list(operandGoal, ps, es, next), true
}

// operands collects the operands of a chain from left to right.
func (s *solver) operands(t *tree.Tree, id tree.ID, sign string) []tree.ID {
	var reversed []tree.ID
	stack := []tree.ID{id}
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.Kind(top) != tree.Binary || t.Text(top) != sign {
			reversed = append(reversed, top)
			continue
		}
		stack = append(stack, t.Child(top, tree.RoleLeft), t.Child(top, tree.RoleRight))
	}
	slices.Reverse(reversed)
	return reversed
}

// matchOperands matches the operands of a chain in order. A metavariable takes one operand, or, when there are too many,
// several; it is bound to the first of them.
func (s *solver) matchOperands(g goal) (int32, bool) {
	ps, es := g.ps, g.es
	if len(ps) == 0 || len(es) == 0 {
		for len(ps) > 0 && s.p.tree.Kind(ps[0]) == tree.Ellipsis {
			ps = ps[1:]
		}
		return g.next, len(ps) == 0 && len(es) == 0
	}
	kind := s.p.tree.Kind(ps[0])
	if kind != tree.Ellipsis && kind != tree.Metavariable {
		rest := s.list(operandGoal, ps[1:], es[1:], g.next)
		return s.node(ps[0], es[0], rest), true
	}
	n := 1
	if kind == tree.Ellipsis {
		n = 0
	}
	found := false
	for ; n <= len(es) && s.steps > 0; n++ {
		rest := s.list(operandGoal, ps[1:], es[n:], g.next)
		if kind == tree.Metavariable {
			rest = s.node(ps[0], es[0], rest)
		}
		ok, enough := s.try(rest)
		found = found || ok
		if enough || ok && n > 1 {
			break
		}
	}
	return tried(found)
}
