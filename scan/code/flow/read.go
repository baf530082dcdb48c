package flow

import (
	"strconv"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// look is what an expression holds, without walking it: of names and their parts alone.
func (w *walk) look(id tree.ID) value {
	f := w.file
	switch f.Kind(id) {
	case tree.Name:
		return w.readName(id)
	case tree.Member:
		if property := f.Child(id, tree.RoleProperty); f.Kind(property) == tree.Name {
			return w.partOf(w.look(f.Child(id, tree.RoleObject)), w.nameOfText(w.analysis, f.Nodes[property].Text))
		}
	case tree.Index:
		object := w.look(f.Child(id, tree.RoleObject))
		return w.partOf(object, w.keyName(w.look(f.Child(id, tree.RoleIndex)), object))
	case tree.Cast, tree.Spread, tree.Await:
		return w.look(f.Child(id, tree.RoleValue))
	case tree.Unary:
		if f.Text(id) == "*" {
			return w.pointed(w.look(f.Child(id, tree.RoleOperand)))
		}
		return constant(f.Value(id))
	case tree.Call, tree.New:
		return w.seen[w.site(id)]
	case tree.String, tree.Number, tree.Bool, tree.Null, tree.Char:
		return constant(f.Value(id))
	}
	return value{}
}

// read walks a variable, a member or an index.
func (w *walk) read(id tree.ID) value {
	f := w.file
	if f.Kind(id) == tree.Name {
		return w.readName(id)
	}
	objectID := f.Child(id, tree.RoleObject)
	object := w.eval(objectID)
	if f.Kind(id) == tree.Index {
		return w.readIndex(id, objectID, object)
	}
	property := f.Child(id, tree.RoleProperty)
	if f.Kind(property) != tree.Name {
		return tainted(w.whole(object))
	}
	text := f.Text(property)
	if v, ok := w.accessed(id, object, text); ok {
		return v
	}
	if class := w.packaged(w.unit, id); class != 0 {
		return value{may: []int32{class}}
	}
	if text == "length" {
		if n, ok := w.lengthOf(object); ok {
			return constant(numberValue(n))
		}
	}
	v := w.partOf(object, w.nameOfText(w.analysis, f.Nodes[property].Text))
	if object.known.Kind != match.Unknown && v.known.Kind == match.Unknown && len(v.taints) == 0 {
		return value{}
	}
	return v
}

// readIndex walks x[i].
func (w *walk) readIndex(id, objectID tree.ID, object value) value {
	f := w.file
	index := f.Child(id, tree.RoleIndex)
	if f.Kind(index) == tree.Slice {
		low, high := w.eval(f.Child(index, tree.RoleLow)), w.eval(f.Child(index, tree.RoleHigh))
		if f.Child(index, tree.RoleStep) != tree.None {
			w.eval(f.Child(index, tree.RoleStep))
			return w.mixed(id, object)
		}
		return w.sliced(id, object, low, high)
	}
	key := w.eval(index)
	if k, ok := characterOf(f.Language, object.known, key.known); ok {
		return value{known: k, soft: object.soft | key.soft}
	}
	out := w.partOf(object, w.keyName(key, object))
	if !w.options.SafeIndexes && len(key.taints) > 0 && !w.options.AssignmentsOnly {
		out.taints = out.taints.with(key.taints)
	}
	return out
}

// readName is what a variable holds, or the function, class or module that a name stands for.
func (w *walk) readName(id tree.ID) value {
	f := w.file
	text := f.Text(id)
	if text == "this" {
		v, _ := w.state.get(w.self())
		return v
	}
	p := w.variable(id)
	v, ok := w.state.get(p)
	if !ok {
		v = w.global(p, text, id)
	} else if v.known.Kind == match.Unknown && len(v.taints)+len(v.may) == 0 && w.entities[p.of].kind != frameEntity {
		v.known = f.Value(id)
	}
	if v.from == (place{}) {
		v.from = p
	}
	return v
}

// global is what a name stands for that nothing was assigned to here: a field of a class, a declared function or class, an import.
func (w *walk) global(p place, text string, id tree.ID) value {
	if w.entities[p.of].kind == classEntity || w.entities[p.of].kind == objectEntity {
		if v, ok := w.state.get(place{p.of, elements}); ok {
			return v
		}
	}
	if w.entities[p.of].kind != moduleEntity {
		return constant(w.file.Value(id))
	}
	if v := w.declaredAs(w.unit, text); len(v.may)+len(v.taints) > 0 || v.known.Kind != match.Unknown {
		return v
	}
	return constant(w.file.Value(id))
}

// declaredAs is the function, class or module that a name stands for in a file, or the variable of another file that it imports.
func (w *walk) declaredAs(u *unit, text string) (v value) {
	if list := u.functions[text]; len(list) == 1 && u.around(list[0]) == tree.Root && u.classAround(list[0]) == tree.None {
		return w.functionValue(u, list[0], u.globals)
	}
	if class, ok := u.classes[text]; ok {
		return value{may: []int32{w.class(u, class)}}
	}
	for _, target := range w.imported(u, text) {
		if target.name == "" {
			v.may = unionOf(v.may, []int32{target.unit.globals})
			continue
		}
		v = v.joined(w.exported(target.unit, target.name))
	}
	return v
}

// characterOf is a character of a constant text, where the language gives one as a text.
func characterOf(l tree.Language, text, index match.Value) (match.Value, bool) {
	if l != tree.Python && l != tree.JavaScript && l != tree.TypeScript || text.Kind != match.StringValue || text.Any || index.Kind != match.NumberValue {
		return match.Value{}, false
	}
	n, err := strconv.Atoi(index.Text)
	if n < 0 && l == tree.Python {
		n += len(text.Text)
	}
	if err != nil || n < 0 || n >= len(text.Text) || text.Text[n] >= utf8.RuneSelf {
		return match.Value{}, false
	}
	return match.Value{Kind: match.StringValue, Text: text.Text[n : n+1]}, true
}
