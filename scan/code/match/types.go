package match

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// declared is one declaration of a name with a type.
type declared struct {
	// scope is the function, class or file around the declaration.
	scope tree.ID
	// typ is the type as written, or the class that a constructor made; by then it is a name.
	typ tree.ID
}

// matchTyped matches a typed metavariable: the static type of the expression is the type of the pattern. A type with
// metavariables is matched like any other part.
func (s *solver) matchTyped(p, e tree.ID, next int32) (int32, bool) {
	t, f := s.p.tree, s.file
	typ := t.Child(p, tree.RoleType)
	if s.p.info[typ].meta || t.Kind(typ) == tree.Ellipsis {
		found := f.typeOf(e)
		if found == tree.None {
			return next, false
		}
		return s.node(t.Child(p, tree.RoleTarget), e, s.node(typ, found, next)), true
	}
	if !f.hasType(e, typeText(t, typ)) {
		return next, false
	}
	return s.node(t.Child(p, tree.RoleTarget), e, next), true
}

// HasTypeName reports whether the static type of an expression has a name, as it is written in the language.
func (f *File) HasTypeName(e tree.ID, name string) bool {
	return f.hasType(e, strings.Join(strings.Fields(name), ""))
}

// hasType reports whether the static type of an expression has a name without white space.
func (f *File) hasType(e tree.ID, want string) bool {
	if found := f.typeOf(e); found != tree.None {
		return f.sameType(want, found)
	}
	if f.Kind(e) == tree.Conditional {
		return f.hasType(f.Child(e, tree.RoleThen), want) || f.hasType(f.Child(e, tree.RoleElse), want)
	}
	known := literalTypes[f.Kind(e)]
	if known == "" {
		known = valueTypes[f.Value(e).Kind]
	}
	if known == "" && f.isBoolean(e) {
		known = literalTypes[tree.Bool]
	}
	if known != "" {
		return strings.Contains(known, " "+want+" ")
	}
	// The name of a class stands for its static members.
	return (f.Kind(e) == tree.Name || f.Kind(e) == tree.Member) && f.Language == tree.Java && f.sameType(want, e)
}

// literalTypes are the names of the types of literals in all languages.
var literalTypes = map[tree.Kind]string{
	tree.String: " str string String ", tree.Template: " str string String ", tree.Bool: " bool boolean Boolean ",
	tree.Number: " int number float long Integer double ", tree.Char: " char rune ", tree.Array: " list ", tree.Object: " dict ",
}

// valueTypes are the names of the types of constants.
var valueTypes = map[ValueKind]string{StringValue: literalTypes[tree.String], NumberValue: literalTypes[tree.Number], BoolValue: literalTypes[tree.Bool]}

// boxes are the Java classes around the primitive types.
var boxes = map[string]string{
	"Integer": "int", "Boolean": "boolean", "Long": "long", "Double": "double", "Float": "float", "Short": "short", "Byte": "byte", "Character": "char",
}

// sameType reports whether a type of the file has a name: as it is written, or by the imports. Java's classes around
// primitive types count as these.
func (f *File) sameType(want string, found tree.ID) bool {
	full, written := f.Name(found), typeText(f.Tree, found)
	if f.Language == tree.Java {
		plain := strings.TrimPrefix(written, "java.lang.")
		if primitive, ok := boxes[plain]; ok {
			plain = primitive
		}
		if primitive, ok := boxes[want]; ok && primitive == plain || want == plain || qualified(f.dotted(found), want) {
			return true
		}
	}
	return full != "" && sameName(want, full) || written == want || sameName(want, f.dotted(found))
}

// typeText gives a type without white space.
func typeText(t *tree.Tree, typ tree.ID) string {
	return strings.Join(strings.Fields(t.At(typ)), "")
}

// typeOf finds the type that is declared for a name, by its nearest declaration.
func (f *File) typeOf(e tree.ID) tree.ID {
	switch f.Kind(e) {
	case tree.Name:
		return f.declaration(e)
	case tree.New:
		return f.Child(e, tree.RoleType)
	case tree.Cast:
		return f.Child(e, tree.RoleType)
	case tree.Member:
		if object := f.Child(e, tree.RoleObject); f.Text(object) == "this" || f.Text(object) == "self" {
			property := f.Child(e, tree.RoleProperty)
			if typ := f.declaration(property); typ != tree.None {
				return typ
			}
			return f.injected(property)
		}
	case tree.Call:
		callee := f.Child(e, tree.RoleCallee)
		if f.Language == tree.Go && f.Text(callee) == "make" {
			return f.Child(e, tree.RoleArgument)
		}
		if element := f.elementOf(callee); element != tree.None {
			return element
		}
		if f.Language == tree.Python && (f.Kind(callee) == tree.Name || f.Kind(callee) == tree.Member) {
			return callee
		}
	}
	return tree.None
}

// injected finds the type of a member that the constructor's parameter of the same name makes: one with a modifier, or
// any of a class with a decorator, whose framework fills it.
func (f *File) injected(property tree.ID) tree.ID {
	class := f.Parent(property)
	for class != tree.Root && f.Kind(class) != tree.Class {
		class = f.Parent(class)
	}
	for member := range f.Children(f.Child(class, tree.RoleBody)) {
		if f.Kind(member) != tree.Function || f.Text(f.Child(member, tree.RoleName)) != "constructor" {
			continue
		}
		for parameter := range f.Children(member) {
			target := f.Child(parameter, tree.RoleTarget)
			if f.Role(parameter) == tree.RoleParameter && f.Kind(target) == tree.Name && f.Text(target) == f.Text(property) &&
				(f.Child(parameter, tree.RoleModifier) != tree.None || f.Child(class, tree.RoleDecorator) != tree.None) {
				return f.Child(parameter, tree.RoleType)
			}
		}
	}
	return tree.None
}

// declaration finds the innermost declaration of a name around a use of it.
func (f *File) declaration(use tree.ID) tree.ID {
	if f.types == nil {
		f.declarations()
	}
	found, innermost := tree.None, tree.None
	for _, d := range f.types[f.Nodes[use].Text] {
		if f.Within(use, d.scope) && d.scope >= innermost {
			found, innermost = d.typ, d.scope
		}
	}
	return found
}

// declarations collects what declares names with types: parameters, declarations, assignments of new objects.
func (f *File) declarations() {
	f.types = map[tree.Text][]declared{}
	for i := range f.Nodes {
		id := tree.ID(i)
		switch f.Kind(id) {
		case tree.Parameter, tree.Declare, tree.Assign, tree.ForEach, tree.Catch:
		default:
			continue
		}
		target, typ := f.Child(id, tree.RoleTarget), f.Child(id, tree.RoleType)
		if f.Kind(target) != tree.Name {
			continue
		}
		if typ == tree.None {
			typ = f.made(f.Child(id, tree.RoleValue))
		}
		if typ != tree.None {
			name := f.Nodes[target].Text
			f.types[name] = append(f.types[name], declared{f.scopeOf(id), typ})
		}
	}
}

// made gives the type of a value that says its own type.
func (f *File) made(value tree.ID) tree.ID {
	switch f.Kind(value) {
	case tree.New, tree.Cast, tree.Composite:
		return f.Child(value, tree.RoleType)
	case tree.Unary:
		return f.made(f.Child(value, tree.RoleOperand))
	case tree.Call:
		return f.typeOf(value)
	case tree.String, tree.Number, tree.Bool:
		return tree.None
	}
	return tree.None
}

// scopeOf gives the function, class or file around a node. A parameter belongs to its function.
func (f *File) scopeOf(id tree.ID) tree.ID {
	for id = f.Parent(id); id != tree.Root; id = f.Parent(id) {
		switch f.Kind(id) {
		case tree.Function, tree.Class:
			return id
		}
	}
	return id
}

// Type gives the declared type of an expression, or the class whose constructor made it; None when nothing says it.
func (f *File) Type(e tree.ID) tree.ID { return f.typeOf(e) }
