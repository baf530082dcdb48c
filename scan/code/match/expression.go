package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

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
		return f.Kind(id) != tree.Block && (f.Kind(f.Parent(id)) != tree.File || f.Language.Data())
	}
	return true
}
