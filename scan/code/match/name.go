package match

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// matchName matches a name or a member: as it is written, or by the full name that the imports give it.
func (s *solver) matchName(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	want, found := s.p.info[p].dotted, f.Kind(e)
	if want != "" && (found == tree.Name || found == tree.Member) {
		if full := f.Name(e); full != "" && (sameName(want, full) || found == tree.Name && f.wildcard(e, want)) {
			return next, true
		}
	}
	if found == tree.Member && t.Kind(p) == tree.Name && f.Language == tree.Java && qualified(f.dotted(e), want) {
		return next, true
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

// qualified reports whether a Java name is that of a class with its package before it: java.io.File is File.
// The names of packages are in lower case: https://docs.oracle.com/javase/specs/jls/se21/html/jls-6.html#jls-6.1.
func qualified(full, class string) bool {
	packages, ok := strings.CutSuffix(full, "."+class)
	return ok && class != "" && class[0] >= 'A' && class[0] <= 'Z' && packages == strings.ToLower(packages)
}

// matchImported matches `$X.$Y`, `$X.name` and `a.$Y` with a name that an import brings: `b` after `from a import b` is a.b.
func (s *solver) matchImported(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	full, ok := f.imported()[f.Nodes[e].Text]
	dot := strings.LastIndexByte(full, '.')
	object, property := t.Child(p, tree.RoleObject), t.Child(p, tree.RoleProperty)
	named := ok && dot > 0 && t.Kind(object) != tree.Metavariable
	if !ok || dot <= 0 || named && (t.Kind(property) != tree.Metavariable || s.p.info[object].dotted == "" || !sameName(s.p.info[object].dotted, full[:dot])) {
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
	return next, named || s.bind(s.p.info[object].slot, bound(full[:dot]))
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
