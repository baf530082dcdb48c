package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// matchNode reduces the goal that a node matches to the goals that its parts match. With symbolic propagation, a name also
// matches what its expression matches.
func (s *solver) matchNode(p, e tree.ID, next int32) (int32, bool) {
	if !s.p.options.SymbolicPropagation || s.file.Kind(e) != tree.Name || s.p.tree.Kind(p) == tree.Metavariable || s.p.tree.Kind(p) == tree.Ellipsis {
		return s.matchThis(p, e, next)
	}
	meant := s.file.symbol(e)
	if meant == tree.None {
		return s.matchThis(p, e, next)
	}
	found := false
	if at, ok := s.matchThis(p, e, next); ok {
		if at == solved {
			found = true
		} else {
			found, _ = s.try(at)
		}
	}
	other, _ := s.try(s.node(p, meant, next))
	return tried(found || other)
}

// matchThis is matchNode for the node as it is.
func (s *solver) matchThis(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	info := &s.p.info[p]
	kind := t.Kind(p)
	switch kind {
	case tree.Metavariable:
		return s.matchMetavariable(p, e, next)
	case tree.Ellipsis:
		return next, t.Role(p) != tree.RolePart || f.Kind(e) != tree.String
	case tree.Deep:
		return s.matchDeep(t.Child(p, tree.RoleValue), e, next)
	case tree.TypedMetavariable:
		return s.matchTyped(p, e, next)
	case tree.String:
		if info.text != exactText || f.Kind(e) != tree.String {
			return s.matchText(p, e, next)
		}
		return next, t.Text(p) == f.Text(e)
	case tree.Name, tree.Member:
		return s.matchName(p, e, next)
	case tree.ExprStmt:
		return s.matchExpressionStatement(p, e, next)
	case tree.Block:
		return s.matchBlock(p, e, next)
	}
	found := f.Kind(e)
	if kind != found {
		return s.matchOther(p, e, next)
	}
	switch kind {
	case tree.Number, tree.Bool, tree.Char:
		return next, t.Text(p) == f.Text(e)
	case tree.Call:
		if t.Has(p, tree.Tagged) != f.Has(e, tree.Tagged) {
			return next, false
		}
	case tree.Cast:
		if t.Text(p) != "!" && f.Text(e) != "!" {
			// `x as T` and `<T>x` are the same.
			return s.parts(p, e, next)
		}
	case tree.Regex:
		if info.text == anyText {
			return next, true
		}
		if info.text == boundText {
			return next, s.bind(info.slot, textBound(f, e, f.Text(e)))
		}
	case tree.Binary:
		if flat, ok := associative[t.Text(p)]; ok && s.p.options.AssociativeMatching {
			return s.matchChain(p, e, flat, next)
		}
		if t.Text(p) == f.Text(e) && s.p.options.SymmetricEquality && (t.Text(p) == "==" || t.Text(p) == "!=") {
			return s.matchSwapped(p, e, next)
		}
	case tree.Import:
		return s.matchImport(p, e, next)
	case tree.Assign, tree.Declare:
		return s.matchAssign(p, e, next)
	case tree.Function:
		if t.Has(p, tree.Async) && !f.Has(e, tree.Async) {
			return next, false
		}
	case tree.Parameter:
		if t.Text(p) == "" && f.Text(e) != "" {
			return next, false
		}
	case tree.Decorator:
		// `@x` means a decorator without arguments, and so does `@x()`.
		want, got := t.Child(p, tree.RoleValue), f.Child(e, tree.RoleValue)
		switch {
		case t.Kind(want) != tree.Call && f.Kind(got) == tree.Call:
			return next, false
		case t.Kind(want) == tree.Call && f.Kind(got) != tree.Call && t.Child(want, tree.RoleArgument) == tree.None:
			return s.node(t.Child(want, tree.RoleCallee), got, next), true
		}
	case tree.ForEach:
		if t.Has(p, tree.Async) && !f.Has(e, tree.Async) {
			return next, false
		}
	}
	if t.Text(p) != f.Text(e) && !sameSign(t.Text(p), f.Text(e)) {
		return next, false
	}
	return s.parts(p, e, next)
}

// sameSign reports whether a sign of a pattern means that of the file too.
func sameSign(p, e string) bool { return p == "." && e == "?." || p == "=" && e == ":=" }

// parts adds the goals that the children match, role by role.
func (s *solver) parts(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	var done uint64
	// Goals that come later in the text are shown later, so they are pushed first.
	var roles [16]tree.Role
	n := 0
	collect := func(tr *tree.Tree, id tree.ID) {
		limit := tr.Nodes[id].Limit
		for child := id + 1; child < limit; child = tr.Nodes[child].Limit {
			if role := tr.Nodes[child].Role; done>>role&1 == 0 && n < len(roles) {
				done |= 1 << role
				roles[n] = role
				n++
			}
		}
	}
	collect(t, p)
	collect(f.Tree, e)
	for i := n - 1; i >= 0; i-- {
		var ok bool
		if next, ok = s.role(p, e, roles[i], next); !ok {
			return next, false
		}
	}
	return next, true
}

// role adds the goal that the children of a role match.
func (s *solver) role(p, e tree.ID, role tree.Role, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	kind := t.Kind(p)
	first := t.Child(p, role)
	if first == tree.None {
		any := kind == tree.Catch && role == tree.RoleType && t.Kind(t.Child(p, tree.RoleTarget)) == tree.Ellipsis
		return next, any || optional(kind, role)
	}
	if t.Next(first) == tree.None || t.Role(t.Next(first)) != role {
		// The usual case is one node on both sides.
		one := f.Child(e, role)
		if more := f.Next(one); one != tree.None && (more == tree.None || f.Role(more) != role) && !s.p.sequence(first) && role != tree.RoleArgument {
			return s.node(first, one, next), true
		}
	}
	ps, es := s.with(t, p, role), s.with(f.Tree, e, role)
	switch role {
	case tree.RoleArgument:
		if kind == tree.Call || kind == tree.New || kind == tree.Enumerator {
			return s.arguments(ps, es, next)
		}
	case tree.RoleParent:
		if len(ps) > 0 {
			return s.anyOrder(ps, es, true, next), true
		}
	case tree.RoleDecorator:
		if !s.p.options.DecoratorsInOrder {
			return s.anyOrder(ps, es, true, next), true
		}
	case tree.RoleModifier, tree.RoleImplements, tree.RoleThrows, tree.RoleCatch, tree.RoleImported:
		return s.anyOrder(ps, es, true, next), true
	case tree.RoleCase, tree.RoleResource:
		return s.anyOrder(ps, es, true, next), true
	case tree.RoleType:
		if kind == tree.Catch {
			return s.list(listGoal, ps, es, next), true
		}
	case tree.RoleAttribute:
		return s.anyOrder(ps, es, s.p.options.XMLAttributesEllipsis, next), true
	case tree.RoleElement:
		switch kind {
		case tree.Object, tree.ObjectType:
			exact := f.Language == tree.Python || f.Language.Data()
			return s.anyOrder(ps, es, !exact && s.p.options.ImplicitEllipsis, next), true
		case tree.Composite:
			if t.Kind(first) == tree.Pair || s.p.sequence(first) && len(ps) > 1 {
				return s.anyOrder(ps, es, false, next), true
			}
		case tree.Set:
			return s.anyOrder(ps, es, false, next), true
		}
	}
	return s.list(listGoal, ps, es, next), true
}

// optional reports whether code may have a part that the pattern does not name.
func optional(kind tree.Kind, role tree.Role) bool {
	switch role {
	case tree.RoleDecorator, tree.RoleModifier, tree.RoleResult, tree.RoleThrows, tree.RoleTypeParameter, tree.RoleTypeArgument, tree.RoleParent, tree.RoleImplements, tree.RoleBody, tree.RoleElse,
		tree.RoleReceiver, tree.RoleInit, tree.RoleAttribute, tree.RoleContent, tree.RoleCause, tree.RoleCase:
		return true
	case tree.RoleType:
		return kind != tree.Catch && kind != tree.Cast && kind != tree.TypeTest && kind != tree.New
	case tree.RoleTarget:
		return kind == tree.Catch
	case tree.RoleFinally, tree.RoleCatch:
		return kind == tree.Try && role == tree.RoleFinally
	case tree.RoleValue:
		return kind == tree.Parameter || kind == tree.Declare || kind == tree.Enumerator
	case tree.RoleAlias:
		return kind == tree.Imported
	case tree.RoleParameter:
		return kind == tree.Class
	}
	return false
}
