package match

import (
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// matchText matches a string of a pattern with a literal, or with an expression whose value is a constant string.
func (s *solver) matchText(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	info := &s.p.info[p]
	var value Value
	switch f.Kind(e) {
	case tree.String, tree.Char:
		value = Value{Kind: StringValue, Text: f.Text(e)}
	case tree.Name:
		if f.Role(e) == tree.RoleKey && f.Language != tree.Python && !f.Has(f.Parent(e), tree.Computed) {
			// The key of an object may be written with quotes or without.
			value = Value{Kind: StringValue, Text: f.Text(e)}
			break
		}
		if !s.p.options.ConstantPropagation || f.Role(e) == tree.RoleTarget || f.Role(e) == tree.RoleProperty {
			return next, false
		}
		value = f.Value(e)
	case tree.Template, tree.Binary, tree.Conditional, tree.Call:
		if !s.p.options.ConstantPropagation {
			return next, false
		}
		value = f.Value(e)
	case tree.Number:
		return next, false
	}
	if value.Kind != StringValue {
		return next, false
	}
	switch info.text {
	case anyText:
		return next, true
	case regexText:
		return next, !value.Any && info.regex.MatchString(value.Text)
	case boundText, manyText:
		if value.Any {
			return next, false
		}
		return next, s.bind(info.slot, textBound(f, e, value.Text))
	}
	return next, !value.Any && value.Text == t.Text(p)
}

// textBound is the binding of a text's content.
func textBound(f *File, e tree.ID, text string) Bound {
	b := f.Bind(e)
	b.Text, b.IsText = text, true
	n := &f.Nodes[e]
	if (n.Kind == tree.String || n.Kind == tree.Regex) && n.Role != tree.RolePart {
		// The range of the content: without the quotes, where they are simple.
		if raw := f.At(e); len(raw) >= len(text)+2 && raw[len(raw)-1-len(text):len(raw)-1] == text {
			b.Start, b.End = n.End-1-uint32(len(text)), n.End-1
		}
	}
	return b
}

// matchConstant matches a literal with an expression that has its value.
func (s *solver) matchConstant(p, e tree.ID, next int32) (int32, bool) {
	f := s.file
	if !s.p.options.ConstantPropagation {
		return next, false
	}
	switch f.Kind(e) {
	case tree.Name, tree.Binary, tree.Unary:
	default:
		return next, false
	}
	if role := f.Role(e); role == tree.RoleTarget || role == tree.RoleProperty || role == tree.RoleName {
		return next, false
	}
	pattern := File{Tree: s.p.tree, constants: map[tree.ID]Value{}}
	want := pattern.Value(p)
	return next, want.Kind != Unknown && want == f.Value(e)
}

// Same reports whether two bindings stand for the same: equal trees apart from parentheses and the form of literals, or
// the same constant.
func (f *File) Same(a, b Bound) bool {
	if a.IsText != b.IsText {
		return f.text(a) == f.text(b)
	}
	if a.IsText {
		return a.Text == b.Text
	}
	if len(a.Nodes) != len(b.Nodes) {
		return false
	}
	for i := range a.Nodes {
		if !f.equal(a.Nodes[i], b.Nodes[i]) {
			return false
		}
	}
	return true
}

// SameVariables reports whether the names that two bindings stand for are the same variables, and not only the same
// words. Bindings that are not two names are.
func (f *File) SameVariables(a, b Bound) bool {
	if len(a.Nodes) != 1 || len(b.Nodes) != 1 || f.Kind(a.Nodes[0]) != tree.Name || f.Kind(b.Nodes[0]) != tree.Name || f.Nodes[a.Nodes[0]].Text != f.Nodes[b.Nodes[0]].Text {
		return true
	}
	return f.sameVariable(a.Nodes[0], b.Nodes[0])
}

// text is the content of a text, or the source of anything else.
func (f *File) text(b Bound) string {
	if b.IsText {
		return b.Text
	}
	if len(b.Nodes) == 1 {
		if f.Kind(b.Nodes[0]) == tree.Name {
			return f.Text(b.Nodes[0])
		}
		if v := f.Value(b.Nodes[0]); v.Kind == StringValue && !v.Any {
			return v.Text
		}
	}
	return f.Source[b.Start:b.End]
}

// equal reports whether two subtrees are equal.
func (f *File) equal(a, b tree.ID) bool {
	if a == b {
		return true
	}
	if f.shape(a, b) {
		return true
	}
	switch f.Kind(a) {
	case tree.Name, tree.String, tree.Number, tree.Bool, tree.Binary, tree.Null:
		if f.Role(a) == tree.RoleKey && f.Role(b) == tree.RoleKey && f.Language != tree.Python && f.Nodes[a].Limit == a+1 && f.Nodes[b].Limit == b+1 {
			return f.Nodes[a].Text == f.Nodes[b].Text
		}
		if v := f.Value(a); v.Kind != Unknown && !v.Any {
			return v == f.Value(b)
		}
	}
	return false
}

// shape compares two subtrees node by node.
func (f *File) shape(a, b tree.ID) bool {
	if f.Kind(a) == tree.ExprStmt && f.Kind(b) != tree.ExprStmt {
		a = f.First(a)
	} else if f.Kind(b) == tree.ExprStmt && f.Kind(a) != tree.ExprStmt {
		b = f.First(b)
	}
	const meant = tree.Optional | tree.Postfix | tree.Async | tree.Generator | tree.Computed
	n := f.Nodes[a].Limit - a
	if f.Nodes[b].Limit-b != n {
		return false
	}
	for i := tree.ID(0); i < n; i++ {
		x, y := &f.Nodes[a+i], &f.Nodes[b+i]
		if x.Kind != y.Kind || x.Text != y.Text || x.Limit-a != y.Limit-b || i > 0 && x.Role != y.Role || x.Flags&meant != y.Flags&meant {
			return false
		}
	}
	return true
}
