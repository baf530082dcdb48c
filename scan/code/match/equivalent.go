package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
