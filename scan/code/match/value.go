package match

import (
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// ValueKind is what is known of a value.
type ValueKind uint8

// The kinds of values.
const (
	// Unknown: nothing is known.
	Unknown ValueKind = iota
	// StringValue: a text. Known says whether its content is known.
	StringValue
	// NumberValue: a number in the normal form of lex.Number.
	NumberValue
	// BoolValue: "true" or "false".
	BoolValue
	// NullValue: nothing.
	NullValue
	// RegexValue: a regular expression.
	RegexValue
	// symbol: the value of another expression, which is all that is known. Only matching by names sees it.
	symbol
)

// Value is the constant that an expression has whenever it is evaluated.
type Value struct {
	Kind ValueKind
	// Text is the content.
	Text string
	// Any says that the kind is known and the content is not.
	Any bool
	// node is the expression of a symbol.
	node tree.ID
}

// maxConstant bounds the texts that are computed.
const maxConstant = 4096

// Value gives the constant value of an expression: of a literal, of operators on constants, and of a variable that holds
// one constant at this place.
func (f *File) Value(id tree.ID) Value { return f.value(id, f.flow()) }

// value evaluates with a table of the values of names.
func (f *File) value(id tree.ID, known map[tree.ID]Value) Value {
	switch f.Kind(id) {
	case tree.String, tree.Char:
		return Value{Kind: StringValue, Text: f.Text(id)}
	case tree.Number:
		return Value{Kind: NumberValue, Text: f.Text(id)}
	case tree.Bool:
		return Value{Kind: BoolValue, Text: f.Text(id)}
	case tree.Null:
		return Value{Kind: NullValue}
	case tree.Name:
		if v := known[id]; v.Kind != symbol {
			return v
		}
	case tree.Template:
		return f.concatenation(id, known)
	case tree.Unary:
		if f.Text(id) == "-" {
			if v := f.value(f.Child(id, tree.RoleOperand), known); v.Kind == NumberValue && !v.Any && v.Text != "0" {
				if text, ok := strings.CutPrefix(v.Text, "-"); ok {
					return Value{Kind: NumberValue, Text: text}
				}
				return Value{Kind: NumberValue, Text: "-" + v.Text}
			}
		}
	case tree.Regex:
		return Value{Kind: RegexValue, Text: f.Text(id)}
	case tree.Conditional:
		return joinValues(f.value(f.Child(id, tree.RoleThen), known), f.value(f.Child(id, tree.RoleElse), known))
	case tree.Call:
		return f.formatted(id, known)
	case tree.Binary:
		return operate(f.Text(id), f.value(f.Child(id, tree.RoleLeft), known), f.value(f.Child(id, tree.RoleRight), known))
	}
	return Value{}
}

// symbol gives the expression that a name was last assigned, when its value is no constant, or None.
func (f *File) symbol(id tree.ID) tree.ID {
	if f.Kind(id) != tree.Name {
		return tree.None
	}
	v := f.flow()[id]
	return v.node
}

// formatted evaluates Java's String.format with constants: a text that is not computed.
func (f *File) formatted(id tree.ID, known map[tree.ID]Value) Value {
	if name := f.dotted(f.Child(id, tree.RoleCallee)); f.Language != tree.Java || name != "String.format" && name != "java.lang.String.format" {
		return Value{}
	}
	for argument := range f.Children(id) {
		if f.Role(argument) == tree.RoleArgument && f.value(argument, known).Kind == Unknown {
			return Value{}
		}
	}
	return Value{Kind: StringValue, Any: true}
}

// concatenation evaluates a text with interpolations.
func (f *File) concatenation(id tree.ID, known map[tree.ID]Value) Value {
	var out strings.Builder
	any := false
	for part := range f.Children(id) {
		v := f.value(part, known)
		if v.Kind == Unknown {
			return Value{}
		}
		any = any || v.Any || out.Len() > maxConstant
		if !any {
			out.WriteString(v.Text)
		}
	}
	if any {
		return Value{Kind: StringValue, Any: true}
	}
	return Value{Kind: StringValue, Text: out.String()}
}

// operate evaluates an operator on constants.
func operate(sign string, a, b Value) Value {
	switch {
	case a.Kind == Unknown || b.Kind == Unknown:
		return Value{}
	case sign == "+" && (a.Kind == StringValue || b.Kind == StringValue):
		if a.Any || b.Any || len(a.Text)+len(b.Text) > maxConstant {
			return Value{Kind: StringValue, Any: true}
		}
		return Value{Kind: StringValue, Text: a.Text + b.Text}
	case sign == "*" && a.Kind == StringValue && b.Kind == NumberValue:
		return Value{Kind: StringValue, Any: true}
	case a.Kind == NumberValue && b.Kind == NumberValue:
		if a.Any || b.Any {
			return Value{Kind: NumberValue, Any: true}
		}
		if text, ok := lex.Calculate(sign, a.Text, b.Text); ok {
			return Value{Kind: NumberValue, Text: text}
		}
	}
	return Value{}
}

// joinValues gives what is known where two ways meet.
func joinValues(a, b Value) Value {
	switch {
	case a == b:
		return a
	case a.Kind == b.Kind && a.Kind != Unknown && a.Kind != NullValue && a.Kind != symbol:
		return Value{Kind: a.Kind, Any: true}
	}
	return Value{}
}
