package match

import (
	"strings"

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
			exact := f.Language == tree.Python
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

// matchMetavariable binds a metavariable that stands for one node.
func (s *solver) matchMetavariable(p, e tree.ID, next int32) (int32, bool) {
	f := s.file
	switch f.Kind(e) {
	case tree.Keyword, tree.Spread:
		if f.Role(e) == tree.RoleArgument {
			return next, false
		}
	case tree.Error:
		return next, false
	case tree.TypeOperator, tree.ObjectType, tree.FunctionType:
		if f.Role(e) == tree.RoleArgument {
			return next, false
		}
	case tree.Name:
		if s.isType(e) {
			return next, false
		}
	case tree.String:
		if f.Role(e) == tree.RolePart && s.p.tree.Role(p) == tree.RolePart {
			return next, false
		}
	case tree.Parameter:
		// `f($X)` in a definition stands for the parameter's name.
		if target := f.Child(e, tree.RoleTarget); target != tree.None && f.Text(e) == "" {
			return s.node(p, target, next), true
		}
	}
	return next, s.bindNodes(s.p.info[p].slot, e)
}

// isType reports whether an argument is a type: Go's make and new take one first.
func (s *solver) isType(e tree.ID) bool {
	f := s.file
	if f.Language != tree.Go || f.Role(e) != tree.RoleArgument {
		return false
	}
	call := f.Parent(e)
	callee := f.Text(f.Child(call, tree.RoleCallee))
	return (callee == "make" || callee == "new") && f.Child(call, tree.RoleArgument) == e
}

// matchDeep tries a pattern on a node and on everything inside.
func (s *solver) matchDeep(p, e tree.ID, next int32) (int32, bool) {
	f := s.file
	found := false
	for id := e; id < f.Nodes[e].Limit && s.steps > 0; id++ {
		if !expressions[f.Kind(id)] && id != e {
			s.steps--
			continue
		}
		if !s.expression(id) && id != e {
			continue
		}
		ok, enough := s.try(s.node(p, id, next))
		found = found || ok
		if enough {
			break
		}
	}
	return tried(found)
}

// expression reports whether a node stands where an expression stands, so that a metavariable alone can match it.
func (s *solver) expression(id tree.ID) bool {
	f := s.file
	if !expressions[f.Kind(id)] {
		return false
	}
	switch f.Kind(f.Parent(id)) {
	case tree.TypeOperator, tree.FunctionType, tree.ObjectType, tree.Generic:
		return false
	case tree.Export:
		if f.Kind(id) == tree.Function || f.Kind(id) == tree.Class {
			return f.Child(id, tree.RoleName) == tree.None
		}
	}
	switch f.Role(id) {
	case tree.RoleProperty, tree.RoleModule, tree.RoleAlias, tree.RoleImported, tree.RoleLabel, tree.RoleModifier, tree.RoleReceiver, tree.RoleThrows:
		return false
	case tree.RoleName:
		return f.Kind(f.Parent(id)) == tree.TypedMetavariable
	case tree.RoleType, tree.RoleResult, tree.RoleTypeArgument:
		return f.Language == tree.Python
	case tree.RoleTarget:
		parent := f.Parent(id)
		return f.Kind(parent) != tree.Parameter && f.Kind(parent) != tree.Declare && !f.Has(parent, tree.Declares) && f.Kind(parent) != tree.Catch
	case tree.RoleKey:
		return f.Language == tree.Python || f.Kind(id) != tree.Name
	case tree.RoleItem:
		return f.Kind(id) != tree.Function && f.Kind(id) != tree.Class && f.Kind(id) != tree.Switch && f.Kind(id) != tree.Assign
	case tree.RoleBody:
		return f.Kind(id) != tree.Block && f.Kind(f.Parent(id)) != tree.File
	}
	return true
}

// matchName matches a name or a member: as it is written, or by the full name that the imports give it.
func (s *solver) matchName(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	want, found := s.p.info[p].dotted, f.Kind(e)
	if want != "" && (found == tree.Name || found == tree.Member) {
		if full := f.Name(e); full != "" && (sameName(want, full) || found == tree.Name && f.wildcard(e, want)) {
			return next, true
		}
	}
	property := t.Child(p, tree.RoleProperty)
	switch {
	case property != tree.None && s.p.sequence(property):
		return s.matchCallChain(t.Child(p, tree.RoleObject), e, next)
	case found == tree.Parameter && t.Kind(p) == tree.Name:
		if target := f.Child(e, tree.RoleTarget); target != tree.None && f.Text(e) == "" {
			return s.node(p, target, next), true
		}
		return next, false
	case found == tree.String && t.Role(p) == tree.RoleKey && f.Role(e) == tree.RoleKey && f.Language != tree.Python:
		return next, t.Text(p) == f.Text(e)
	case found == tree.Name && t.Kind(p) == tree.Member && want == "":
		return s.matchImported(p, e, next)
	case found != t.Kind(p):
		return next, false
	case found == tree.Name:
		return next, t.Text(p) == f.Text(e)
	}
	if t.Text(p) != f.Text(e) && !sameSign(t.Text(p), f.Text(e)) {
		return next, false
	}
	return s.parts(p, e, next)
}

// matchImported matches `$X.$Y` and `$X.name` with a name that an import brings: `b` after `from a import b` is a.b.
func (s *solver) matchImported(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	full, ok := f.imported()[f.Nodes[e].Text]
	dot := strings.LastIndexByte(full, '.')
	object, property := t.Child(p, tree.RoleObject), t.Child(p, tree.RoleProperty)
	if !ok || dot <= 0 || t.Kind(object) != tree.Metavariable {
		return next, false
	}
	bound := func(text string) Bound {
		b := f.Bind(e)
		b.Text, b.IsText = text, true
		return b
	}
	switch t.Kind(property) {
	case tree.Name:
		if t.Text(property) != full[dot+1:] {
			return next, false
		}
	case tree.Metavariable:
		if !s.bind(s.p.info[property].slot, bound(full[dot+1:])) {
			return next, false
		}
	default:
		return next, false
	}
	return next, s.bind(s.p.info[object].slot, bound(full[:dot]))
}

// sameName reports whether a name of a pattern is the full name of the file. Paths of modules count by their last element
// too, as Go's imports do.
func sameName(want, full string) bool {
	if want == full {
		return true
	}
	i := len(full) - len(want) - 1
	return i >= 0 && full[i] == '/' && full[i+1:] == want
}

// matchCallChain matches `x. ... ` with a node or with what its chain of members and calls begins with.
func (s *solver) matchCallChain(p, e tree.ID, next int32) (int32, bool) {
	f := s.file
	found := false
	for e != tree.None && s.steps > 0 {
		ok, enough := s.try(s.node(p, e, next))
		found = found || ok
		if enough {
			break
		}
		switch f.Kind(e) {
		case tree.Member, tree.Index:
			e = f.Child(e, tree.RoleObject)
		case tree.Call:
			e = f.Child(e, tree.RoleCallee)
		default:
			e = tree.None
		}
	}
	return tried(found)
}

// matchAssign matches assignments and declarations.
func (s *solver) matchAssign(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	if t.Has(p, tree.Declares) && t.Kind(p) == tree.Assign && !f.Has(e, tree.Declares) && t.Child(p, tree.RoleType) == tree.None {
		return next, false
	}
	if !t.Has(p, tree.Declares) && f.Has(e, tree.Declares) && !s.p.options.VariableAssign {
		return next, false
	}
	if f.Has(e, tree.Field) && !t.Has(p, tree.Field) && t.Role(p) == tree.RoleBody && !s.p.options.FieldAssign {
		switch f.Language {
		case tree.JavaScript, tree.TypeScript:
			return next, false
		}
	}
	if t.Text(p) != f.Text(e) && !sameSign(t.Text(p), f.Text(e)) {
		return next, false
	}
	return s.parts(p, e, next)
}

// matchSwapped matches a comparison in either order.
func (s *solver) matchSwapped(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	pl, pr := t.Child(p, tree.RoleLeft), t.Child(p, tree.RoleRight)
	el, er := f.Child(e, tree.RoleLeft), f.Child(e, tree.RoleRight)
	first, enough := s.try(s.node(pl, el, s.node(pr, er, next)))
	if enough {
		return tried(first)
	}
	second, _ := s.try(s.node(pl, er, s.node(pr, el, next)))
	return tried(first || second)
}

// matchOther matches nodes of different kinds that mean the same.
func (s *solver) matchOther(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	kind, found := t.Kind(p), f.Kind(e)
	switch {
	case kind == tree.Import && found == tree.Export:
		return s.matchImport(p, e, next)
	case kind == tree.Object && found == tree.Set, kind == tree.Array && found == tree.Comprehension && f.Text(e) == "[", kind == tree.Object && found == tree.Comprehension && f.Text(e) == "{":
		for child := range t.Children(p) {
			if t.Kind(child) != tree.Ellipsis {
				return next, false
			}
		}
		return next, t.First(p) != tree.None
	case kind == tree.Declare && found == tree.Assign:
		return s.matchAssign(p, e, next)
	case kind == tree.For && (found == tree.ForEach || found == tree.While):
		if condition := t.Child(p, tree.RoleCondition); t.Kind(condition) == tree.Ellipsis && t.Child(p, tree.RoleInit) == tree.None {
			return s.role(p, e, tree.RoleBody, next)
		}
	case kind == tree.Function && found == tree.Assign && s.p.options.ArrowIsFunction:
		value, name := f.Child(e, tree.RoleValue), t.Child(p, tree.RoleName)
		if name == tree.None || f.Kind(value) != tree.Function || f.Child(value, tree.RoleName) != tree.None {
			return next, false
		}
		body, ok := s.unnamed(p, value, next)
		return s.node(name, f.Child(e, tree.RoleTarget), body), ok
	case kind == tree.If && found == tree.Block:
		// `else { if ... }` and `else if` are the same.
		if only := f.First(e); only != tree.None && f.Next(only) == tree.None && f.Kind(only) == tree.If {
			return s.node(p, only, next), true
		}
	case found == tree.Parameter && kind == tree.Tuple:
		return s.node(p, f.Child(e, tree.RoleTarget), next), true
	case found == tree.ExprStmt:
		return s.node(p, f.Child(e, tree.RoleValue), next), true
	case found == tree.Export && f.Role(e) != tree.RoleValue:
		if value := f.Child(e, tree.RoleValue); value != tree.None {
			return s.node(p, value, next), true
		}
	}
	if kind == tree.Regex || kind == tree.Number || kind == tree.Bool || kind == tree.Null || kind == tree.Unary {
		return s.matchConstant(p, e, next)
	}
	return next, false
}

// unnamed adds the goals that all of a function but its name matches.
func (s *solver) unnamed(p, e tree.ID, next int32) (int32, bool) {
	ok := true
	for _, role := range []tree.Role{tree.RoleBody, tree.RoleResult, tree.RoleParameter} {
		if s.p.tree.Child(p, role) == tree.None && s.file.Child(e, role) == tree.None {
			continue
		}
		var one bool
		next, one = s.role(p, e, role, next)
		ok = ok && one
	}
	return next, ok
}
