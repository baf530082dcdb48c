package match

import "github.com/sluice-scan/sluice/scan/code/tree"

// place is where a variable is declared.
type place struct {
	// scope is the node in which the declaration holds; from is the first byte at which it does.
	scope tree.ID
	from  uint32
	// target is the name in the declaration itself.
	target tree.ID
}

// sameVariable reports whether two names of the same spelling are the same variable. Names of which one is no variable
// (a member, the name of a function) are the same.
func (f *File) sameVariable(a, b tree.ID) bool {
	if !f.refers(a) || !f.refers(b) {
		return true
	}
	return f.scope(a) == f.scope(b)
}

// refers reports whether a name reads or binds a variable.
func (f *File) refers(id tree.ID) bool {
	switch f.Role(id) {
	case tree.RoleProperty, tree.RoleName, tree.RoleKey, tree.RoleModule, tree.RoleLabel, tree.RoleModifier, tree.RoleType, tree.RoleResult, tree.RoleTypeArgument, tree.RoleParent, tree.RoleImplements:
		return false
	}
	return !f.Has(f.Parent(id), tree.Field)
}

// scope finds the scope that declares a name, None for one that the file does not declare.
func (f *File) scope(id tree.ID) tree.ID {
	if f.places == nil {
		f.declare()
	}
	innermost := tree.None
	for _, p := range f.places[f.Nodes[id].Text] {
		if p.target == id {
			return p.scope
		}
		if p.scope > innermost && f.Within(id, p.scope) && f.Nodes[id].Start >= p.from {
			innermost = p.scope
		}
	}
	return innermost
}

// declare collects the declarations of the file.
func (f *File) declare() {
	f.places = map[tree.Text][]place{}
	for id := tree.Root; int(id) < len(f.Nodes); id++ {
		n := &f.Nodes[id]
		if n.Kind == tree.Imported || n.Kind == tree.Import {
			if local := f.Child(id, tree.RoleAlias); f.Kind(local) == tree.Name {
				f.places[f.Nodes[local].Text] = append(f.places[f.Nodes[local].Text], place{tree.Root, 0, local})
			}
			continue
		}
		if n.Role != tree.RoleTarget || f.Kind(n.Parent) == tree.TypedMetavariable {
			continue
		}
		scope, from, ok := f.holds(n.Parent)
		if !ok || n.Kind == tree.Member || n.Kind == tree.Index {
			continue
		}
		for target := id; target < n.Limit; target++ {
			if f.Kind(target) == tree.Name && f.Role(target) != tree.RoleProperty && f.Role(target) != tree.RoleKey {
				text := f.Nodes[target].Text
				f.places[text] = append(f.places[text], place{scope, from, target})
			}
		}
	}
}

// holds says where a declaration holds: a function's parameter in the function, Python's assignments in their function,
// other declarations in their block. Go's hold from their end on.
func (f *File) holds(id tree.ID) (scope tree.ID, from uint32, ok bool) {
	if f.Has(id, tree.Field) {
		return tree.None, 0, false
	}
	switch f.Kind(id) {
	case tree.Parameter, tree.Catch, tree.Case, tree.TypeTest:
		return f.Parent(id), 0, true
	case tree.ForEach:
		if f.Language == tree.Python && f.Role(id) != tree.RoleClause {
			return f.scopeOf(id), 0, true
		}
		if f.Role(id) == tree.RoleClause {
			return f.Parent(id), 0, true
		}
		return id, 0, f.Has(id, tree.Declares)
	case tree.Assign, tree.Declare:
	default:
		return tree.None, 0, false
	}
	if f.Language == tree.Python || f.Language == tree.PHP || f.Language == tree.Ruby {
		return f.scopeOf(id), 0, true
	}
	if f.Kind(id) == tree.Assign && !f.Has(id, tree.Declares) {
		return tree.None, 0, false
	}
	for child := range f.Children(id) {
		if f.Kind(child) == tree.Modifier && f.Text(child) == "var" && f.Language != tree.Go {
			return f.scopeOf(id), 0, true
		}
	}
	if f.Language == tree.Go {
		from = f.Nodes[id].End
	}
	for scope = f.Parent(id); scope != tree.Root; scope = f.Parent(scope) {
		switch f.Kind(scope) {
		case tree.Block, tree.For, tree.ForEach, tree.If, tree.Switch, tree.Function, tree.With, tree.Try:
			return scope, from, true
		}
	}
	return scope, from, true
}
