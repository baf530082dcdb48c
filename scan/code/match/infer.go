package match

import "github.com/sluice-scan/sluice/scan/code/tree"

// comparisons are the operators whose result is a truth value in every language.
var comparisons = map[string]bool{
	"==": true, "!=": true, "===": true, "!==": true, "<": true, ">": true, "<=": true, ">=": true, "!": true, "not": true, "in": true, "not in": true, "is": true, "is not": true, "instanceof": true,
	"&&": true, "||": true,
}

// questions are the methods of Java's library that return a truth value whatever they are called on:
// https://docs.oracle.com/en/java/javase/21/docs/api/index.html.
var questions = map[string]bool{
	"equals": true, "equalsIgnoreCase": true, "matches": true, "isEmpty": true, "isBlank": true, "contains": true, "containsKey": true, "containsValue": true, "startsWith": true, "endsWith": true,
	"hasNext": true, "hasMoreElements": true, "isPresent": true, "isDirectory": true, "isFile": true, "exists": true,
}

// isBoolean reports whether an expression is a truth value by its operator or method.
func (f *File) isBoolean(e tree.ID) bool {
	switch f.Kind(e) {
	case tree.TypeTest:
		return true
	case tree.Unary:
		return comparisons[f.Text(e)]
	case tree.Binary:
		switch sign := f.Text(e); sign {
		case "and", "or":
			return f.Language != tree.Python
		case "&", "|", "^":
			// On truth values these are operators of logic. One operand says it for both.
			return f.hasType(f.Child(e, tree.RoleLeft), "boolean") || f.hasType(f.Child(e, tree.RoleRight), "boolean")
		default:
			return comparisons[sign] && (f.Language != tree.JavaScript && f.Language != tree.TypeScript || sign != "&&" && sign != "||")
		}
	case tree.Call:
		callee := f.Child(e, tree.RoleCallee)
		return f.Language == tree.Java && f.Kind(callee) == tree.Member && questions[f.Text(f.Child(callee, tree.RoleProperty))]
	}
	return false
}

// elementOf gives the type of what the method `get` of a Java collection returns: the last type argument of the
// collection's type.
func (f *File) elementOf(callee tree.ID) tree.ID {
	if f.Language != tree.Java || f.Kind(callee) != tree.Member || f.Text(f.Child(callee, tree.RoleProperty)) != "get" {
		return tree.None
	}
	collection := f.typeOf(f.Child(callee, tree.RoleObject))
	last := tree.None
	if f.Kind(collection) != tree.Generic {
		return last
	}
	for argument := range f.Children(collection) {
		if f.Role(argument) == tree.RoleTypeArgument {
			last = argument
		}
	}
	return last
}
