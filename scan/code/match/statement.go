package match

import (
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// matchExpressionStatement matches a statement that is an expression. A metavariable stands for any statement. Else the
// expression may also stand somewhere in the statement, outside of the statements inside of it.
func (s *solver) matchExpressionStatement(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	inner := t.Child(p, tree.RoleValue)
	if t.Kind(inner) == tree.Metavariable {
		return next, s.bindNodes(s.p.info[inner].slot, e)
	}
	if t.Kind(inner) == tree.Assign && f.Kind(e) == tree.Assign {
		return s.node(inner, e, next), true
	}
	if f.Kind(e) == tree.ExprStmt && !s.p.options.ImplicitDeepStatement {
		return s.node(inner, f.Child(e, tree.RoleValue), next), true
	}
	if !s.p.options.ImplicitDeepStatement {
		return next, false
	}
	found := false
	limit := f.Nodes[e].Limit
	for id := e; id < limit && s.steps > 0; id++ {
		kind := f.Kind(id)
		if kind == tree.Block {
			s.steps--
			id = f.Nodes[id].Limit - 1
			continue
		}
		if !s.possible(t.Kind(inner), kind) || !s.expression(id) && f.Role(id) != tree.RoleItem {
			continue
		}
		ok, enough := s.try(s.node(inner, id, next))
		found = found || ok
		if enough {
			break
		}
	}
	return tried(found)
}

// possible reports whether a node of one kind can match a pattern of another.
func (s *solver) possible(pattern, kind tree.Kind) bool {
	switch pattern {
	case tree.Call, tree.Assign, tree.New, tree.Await, tree.Yield, tree.Template:
		return kind == pattern
	}
	return expressions[kind]
}

// matchBlock matches a block. One statement counts as a block of one.
func (s *solver) matchBlock(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	ps := s.with(t, p, tree.RoleItem)
	if f.Kind(e) != tree.Block {
		if expressions[f.Kind(e)] && f.Role(e) == tree.RoleBody {
			// The body of an arrow: only a pattern that says nothing of it matches.
			return next, len(ps) == 1 && s.p.sequence(ps[0])
		}
		if len(ps) == 1 && s.p.sequence(ps[0]) {
			return next, s.bindMany(ps[0], []tree.ID{e})
		}
		return s.list(listGoal, ps, []tree.ID{e}, next), true
	}
	es := s.with(f.Tree, e, tree.RoleItem)
	if t.Kind(t.Parent(p)) == tree.Class && t.Role(p) == tree.RoleBody {
		return s.anyOrder(ps, es, s.p.options.ImplicitEllipsis, next), true
	}
	return s.statements(listGoal, ps, es, next)
}

// statements matches a list of statements: as it stands, or else, when the pattern has an ellipsis, together with all
// statements inside of them.
func (s *solver) statements(kind goalKind, ps, es []tree.ID, next int32) (int32, bool) {
	if !slices.ContainsFunc(ps, s.p.sequence) || len(ps) == 1 || !s.p.options.DeepStatement || len(es) == 0 {
		return s.list(kind, ps, es, next), true
	}
	if ok, _ := s.try(s.list(kind, ps, es, next)); ok {
		return tried(true)
	}
	flat := s.flatten(es)
	if len(flat) == len(es) {
		return next, false
	}
	return s.list(kind, ps, flat, next), true
}

// flatten gives statements with all statements inside of them, in the order of the text.
func (s *solver) flatten(es []tree.ID) []tree.ID {
	f := s.file
	from := len(s.ids)
	for id := es[0]; id < f.Nodes[es[len(es)-1]].Limit; id++ {
		if f.Role(id) == tree.RoleItem || f.Role(id) == tree.RoleBody && f.Parent(id) == tree.Root {
			s.ids = append(s.ids, id)
		}
	}
	s.steps -= len(s.ids) - from
	return s.ids[from:len(s.ids):len(s.ids)]
}

// matchImport matches an import by what it brings in: `import a.b` also matches `from a import b` and `import a.b.c`.
func (s *solver) matchImport(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	if f.Kind(e) == tree.Import && t.Text(p) != f.Text(e) || f.Child(e, tree.RoleModule) == tree.None {
		return next, false
	}
	module, alias := t.Child(p, tree.RoleModule), t.Child(p, tree.RoleAlias)
	if alias != tree.None {
		if f.Child(e, tree.RoleAlias) == tree.None {
			return next, false
		}
		next = s.node(alias, f.Child(e, tree.RoleAlias), next)
	}
	imported := s.with(t, p, tree.RoleImported)
	if t.Kind(module) == tree.String && s.p.info[module].text == exactText {
		// The path of a module also stands for those below it.
		if rest, ok := strings.CutPrefix(f.Text(f.Child(e, tree.RoleModule)), t.Text(module)); !ok || rest != "" && rest[0] != '/' {
			return next, false
		}
		if len(imported) == 0 {
			return next, true
		}
		return s.anyOrder(imported, s.with(f.Tree, e, tree.RoleImported), true, next), true
	}
	want := dotted(t, module)
	if want == "" || len(imported) > 0 && s.metaIn(imported) {
		if t.Has(p, tree.From) != f.Has(e, tree.From) {
			return next, false
		}
		return s.importParts(p, e, imported, next)
	}
	whole := f.dotted(f.Child(e, tree.RoleModule))
	if len(imported) == 0 && !t.Has(p, tree.From) {
		return next, alias != tree.None && whole == want || alias == tree.None && s.brings(e, whole, want)
	}
	for _, name := range imported {
		if s.p.sequence(name) {
			if whole != want {
				return next, false
			}
			continue
		}
		full := want + "." + t.Text(t.Child(name, tree.RoleName))
		if !s.brings(e, whole, full) {
			return next, false
		}
		if local := t.Child(name, tree.RoleAlias); local != tree.None {
			return s.importParts(p, e, imported, next)
		}
	}
	return next, true
}

// importParts adds the goals that module and imported names match one by one.
func (s *solver) importParts(p, e tree.ID, imported []tree.ID, next int32) (int32, bool) {
	if len(imported) > 0 {
		next = s.anyOrder(imported, s.with(s.file.Tree, e, tree.RoleImported), true, next)
	}
	if module := s.p.tree.Child(p, tree.RoleModule); module != tree.None {
		found := s.file.Child(e, tree.RoleModule)
		if found == tree.None {
			return next, false
		}
		next = s.node(module, found, next)
	}
	return next, true
}

// brings reports whether an import brings in a full name, or something below it.
func (s *solver) brings(e tree.ID, module, want string) bool {
	f := s.file
	if below(module, want) {
		return true
	}
	for child := range f.Children(e) {
		if f.Kind(child) == tree.Imported && below(module+"."+f.Text(f.Child(child, tree.RoleName)), want) {
			return true
		}
	}
	return false
}

// below reports whether a dotted name is another or lies below it.
func below(name, prefix string) bool {
	return len(name) >= len(prefix) && name[:len(prefix)] == prefix && (len(name) == len(prefix) || name[len(prefix)] == '.')
}
