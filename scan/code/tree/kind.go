package tree

// Kind says what a node is. The comment of each kind lists its children by role: `Name` is exactly one, `Name?` at most
// one, `Name*` any number. It also says what [Node].Text holds, if anything.
type Kind uint8

// The kinds of all languages. A front end lowers what its language has of its own to these.
const (
	// Invalid is the kind of the node that is not there. No tree contains it.
	Invalid Kind = iota

	// File is the root. Body*: statements, or the one part that a pattern is.
	File
	// Error is text that the parser skipped. It has no children.
	Error

	// Name is an identifier. Text is the name. Keywords that act as one (this, self, super, None) are names too, unless
	// they are literals.
	Name
	// Member is x.y, x?.y, x->y, X::y. Object, Property. Text is the operator. Property is a Name, a Metavariable, a
	// String of a computed private name, or an Ellipsis for a chain of any length (`x. ... .y`).
	Member
	// Index is x[i] or x[i, j]. Object, Index*. Flag Optional for `x?.[i]`.
	Index
	// Slice is the a:b:c of an index, or Go's x[a:b]. Low?, High?, Step?.
	Slice
	// Call is f(x). Callee, TypeArgument*, Argument*. An argument is an expression, a Keyword, a Spread or a Block of Ruby.
	// Flag Tagged for a tagged template, whose one argument is the Template.
	Call
	// Keyword is an argument with a name: f(k=v). Name, Value.
	Keyword
	// New is new T(x) { body }. Type, Argument*, Body?. Body is a Block of members of an anonymous class.
	New
	// Composite is Go's T{a, k: v} and what is like it. Type?, Element*. An element is an expression or a Pair.
	Composite
	// Unary is an operator before or after one operand. Operand. Text is the operator, in the language's own spelling
	// (not, !, -, ~, &, *, ++, typeof, delete, void). Flag Postfix when it follows.
	Unary
	// Binary is an operator between two operands, comparisons and logic included. Left, Right. Text is the operator in
	// the language's own spelling, words joined by one blank (`not in`, `is not`, `instanceof`). `a < b < c` of Python is
	// ((a < b) < c) with flag Chained on the outer one.
	Binary
	// Conditional is c ? a : b. Condition, Then?, Else. Then is absent in `a ?: b`.
	Conditional
	// Assign is an assignment or a declaration with a value, as an expression or a statement. Target+, Type?, Value,
	// Modifier*, Decorator*. Text is the operator: =, +=, := and so on. Flag Declares when it declares its target
	// (`let x = 1`, `var x = 1`, `int x = 1`, Go's `x := 1`), and Text is "=" then, Go's ":=" aside. `a = b = c` is
	// nested to the right. `a, b = c` has one Tuple as target. A class's member has flag Field.
	Assign
	// Declare is a declaration without a value. Target, Type?, Modifier*, Decorator*. A class's member has flag Field.
	Declare
	// Cast is a conversion. Type, Value. Text is "()" for (T)x, "as", "satisfies", "!" (without Type), ".()" for Go's
	// x.(T).
	Cast
	// TypeTest is `x instanceof T t` where T is a type and not an expression. Value, Type, Target?. Text is the operator.
	TypeTest
	// Sequence is the comma operator. Element*.
	Sequence
	// Spread is *x, **x, ...x as an argument, element, parameter's pattern or member. Value?. Text is the operator.
	Spread
	// Await is await x. Value.
	Await
	// Yield is yield x. Value?. Text is "yield" or "yield from"; JavaScript's yield* is "yield from".
	Yield

	// String is a text without interpolation. Text is its decoded value. Adjacent literals that the language joins are one
	// String. Flag Raw, Bytes by prefix. Text between tags of XML is a String with flag Raw.
	String
	// Template is a text with interpolation. Part*: Strings, which are never empty and never adjacent, and expressions.
	// f-strings and `templates` are Templates also when nothing is interpolated. The String parts have the span of their
	// raw text.
	Template
	// Number is a number. Text is its value in the normal form of lex.Number.
	Number
	// Char is a character literal of languages that have a type for it. Text is the decoded character.
	Char
	// Bool is a truth value. Text is "true" or "false" in every language.
	Bool
	// Null is null, nil or None. Undefined of JavaScript is a Name.
	Null
	// Regex is a regular expression literal. Text is the expression without delimiters and flags.
	Regex

	// Array is [a, b]. Element*. A hole is left out.
	Array
	// Tuple is (a, b) or a, b. Element*.
	Tuple
	// Set is {a, b} of Python. Element*.
	Set
	// Object is {k: v} of JavaScript, a dict of Python, a hash of Ruby. Element*: Pair, Spread, Function (a method; its
	// Name is the key) or a Name for `{a}`.
	Object
	// Pair is k: v. Key, Value. A key that is an identifier in JavaScript is a Name; a computed key has flag Computed.
	Pair
	// Comprehension is [e for x in y if z]. Element, Clause+: ForEach without a body, and If with nothing but its
	// Condition. Text is "[", "{" or "(".
	Comprehension
	// Element is <a b={c}>d</a>. Name? (absent for a fragment), Attribute*: Attribute or Spread; Content*: Strings (blank
	// ones are left out), Elements and expressions.
	Element
	// Attribute is b={c} or b. Name, Value?.
	Attribute

	// Function is a function, method, lambda or arrow. Decorator*, Modifier*, Name?, Receiver?, TypeParameter*, Parameter*,
	// Result?, Throws*, Body?. Body is a Block, or an expression with flag Arrow. Flags
	// Arrow, Async, Generator, Accessor. A constructor has the name that the language gives it.
	Function
	// Parameter is one parameter. Decorator*, Modifier*, Target?, Type?, Value? (the default). Target is a Name, or a
	// pattern: Object, Array, Tuple. Text is "*", "**", "...", "&", or "/" and "*" for Python's bare markers, which have no
	// Target. Inside Parameter roles an Ellipsis or a Metavariable with flag Many may stand instead.
	Parameter
	// Class is a class, interface, enum, record, struct or trait, as a statement or an expression. Decorator*, Modifier*,
	// Name?, TypeParameter*, Parent*, Implements*, Parameter*, Body?. Text is the word: class, interface, enum, record,
	// struct, trait, object, @interface. Body is a Block of members: Function, Assign and Declare with flag Field, Class,
	// Enumerator, Block (an initialiser).
	Class
	// Enumerator is a member of an enum. Name, Argument*, Value?, Body?.
	Enumerator
	// Decorator is @x. Value: a Name, Member or Call. Java's @A(k = v) is a Call with Keyword arguments.
	Decorator
	// Modifier is a word before a declaration: public, static, final, readonly, async not. Text is the word.
	Modifier

	// Generic is T<A, B>. Object, TypeArgument*.
	Generic
	// TypeOperator is a type made of types by a sign. Element*. Text is the sign: [] (array of), * (pointer), ? (optional),
	// |, &, map, chan, keyof, ... A simple type is a Name or a Member; Python's types are expressions.
	TypeOperator
	// FunctionType is the type of functions. Parameter*, Result?.
	FunctionType
	// ObjectType is the type of objects with members: TypeScript's {a: b}, Go's struct and interface. Element*: Declare,
	// Function, and embedded types. Text is "", "struct" or "interface".
	ObjectType
	// TypeParameter is T in class C<T extends B>. Name, Type*, Value?.
	TypeParameter
	// TypeAlias is type T = U. Name, TypeParameter*, Type.
	TypeAlias

	// Block is a sequence of statements: {...}, an indented suite, a class's body. Item*.
	Block
	// ExprStmt is an expression as a statement. Value. Its span holds the semicolon.
	ExprStmt
	// Empty is a statement that does nothing: pass. Superfluous semicolons are no statements.
	Empty
	// If is a conditional statement. Init?, Condition, Then, Else?. Then is a Block, also around a single statement; Else
	// is a Block or an If. Go's `if x := f(); c` has an Init.
	If
	// While is a loop with a condition. Condition?, Body, Else?. Flag Postfix for do-while.
	While
	// For is the loop of C. Init*, Condition?, Update*, Body. `for (...)` of a pattern has one Ellipsis as Condition.
	For
	// ForEach is a loop over something. Target?, Value, Body?, Else?. Text is "in", "of" or "range". Flag Async, Declares.
	ForEach
	// Switch is switch, match, select. Init?, Value?, Case*. Text is the word. It may be an expression.
	Switch
	// Case is one branch. Label*, Guard?, Body. Body is a Block. A default has no labels. Labels of Python's match are the
	// expressions that they look like; `p as x` is an Alias.
	Case
	// Alias is `p as x` in a pattern of match. Value, Target.
	Alias
	// Try is try with its clauses. Resource*, Body, Catch*, Else?, Finally?.
	Try
	// Catch is one handler. Type*, Target?, Guard?, Body.
	Catch
	// With is a block around which something is held: Python's with, synchronized, using, lock. Resource*, Body. Text is
	// the word. A resource is an expression or an Assign with flag Declares.
	With
	// Return is return. Value?.
	Return
	// Throw is throw or raise. Value?, Cause?.
	Throw
	// Break is break. Label?.
	Break
	// Continue is continue. Label?.
	Continue
	// Goto is goto. Label.
	Goto
	// Labeled is l: statement. Label, Body.
	Labeled
	// Delete is Python's del. Value*.
	Delete
	// Assert is assert. Condition, Message?.
	Assert
	// Scope is Python's global and nonlocal. Name*. Text is the word.
	Scope
	// Defer is Go's defer. Value.
	Defer
	// Spawn is Go's go. Value.
	Spawn
	// Import brings names from one module. Module?, Alias?, Imported*. Module is a Name or Member for dotted names, a
	// String for JavaScript and Go. A statement that imports several modules is several Imports. Text holds the leading
	// dots of Python's relative imports, "static" for Java's, "type" for TypeScript's, else it is empty. Forms:
	//
	//	import a.b as c       Module a.b, Alias c
	//	import a.b            Module a.b
	//	from a import f as g  Module a, Imported f as g; flag From
	//	from a import *       Module a, Imported *; flag From
	//	import p.C;           (Java) Module p.C;  import p.*; has Module p, Imported *
	//	import d, {f as g}, * as n from 'm'   Imported default as d, f as g, * as n; flag From
	//	import x "path"       (Go) Module "path", Alias x, which may be _ or .
	Import
	// Imported is one imported or exported name. Name (a Name whose Text is "*" or "default" for those), Alias?.
	Imported
	// Export is JavaScript's export. Value?, Imported*, Module?. Text is "", "default", "=" or "*". Value is the exported
	// declaration or expression; several declarators are several Exports.
	Export
	// Package is package a.b, namespace a.b {...}. Name, Body?.
	Package
	// Directive is what fits nowhere else and has no meaning for data: a pragma, use of a module. Value*. Text is the word.
	Directive

	// Ellipsis is `...` in a pattern, and Python's own `...`.
	Ellipsis
	// Metavariable is $X or, with flag Many, $...X. Text is the name with the dollar and without the dots: "$X".
	// It stands where a Name could stand, and also for whole statements, arguments and members.
	Metavariable
	// TypedMetavariable is ($X: T) or (T $X). Target (the Metavariable), Type.
	TypedMetavariable
	// Deep is <... p ...>. Value.
	Deep

	kinds
)

// String gives the name of the kind in lower case, as dumps of trees show it.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "invalid"
}

var kindNames = [kinds]string{
	Invalid: "invalid", File: "file", Error: "error", Name: "name", Member: "member", Index: "index", Slice: "slice",
	Call: "call", Keyword: "keyword", New: "new", Composite: "composite", Unary: "unary", Binary: "binary",
	Conditional: "conditional", Assign: "assign", Declare: "declare", Cast: "cast", TypeTest: "typetest",
	Sequence: "sequence", Spread: "spread", Await: "await", Yield: "yield", String: "string", Template: "template",
	Number: "number", Char: "char", Bool: "bool", Null: "null", Regex: "regex", Array: "array", Tuple: "tuple", Set: "set",
	Object: "object", Pair: "pair", Comprehension: "comprehension", Element: "element", Attribute: "attribute",
	Function: "function", Parameter: "parameter", Class: "class", Enumerator: "enumerator", Decorator: "decorator",
	Modifier: "modifier", Generic: "generic", TypeOperator: "typeoperator", FunctionType: "functiontype",
	ObjectType: "objecttype", TypeParameter: "typeparameter", TypeAlias: "typealias", Block: "block", ExprStmt: "exprstmt",
	Empty: "empty", If: "if", While: "while", For: "for", ForEach: "foreach", Switch: "switch", Case: "case",
	Alias: "alias", Try: "try", Catch: "catch", With: "with", Return: "return", Throw: "throw", Break: "break",
	Continue: "continue", Goto: "goto", Labeled: "labeled", Delete: "delete", Assert: "assert", Scope: "scope",
	Defer: "defer", Spawn: "spawn", Import: "import", Imported: "imported", Export: "export", Package: "package",
	Directive: "directive", Ellipsis: "ellipsis", Metavariable: "metavariable", TypedMetavariable: "typed", Deep: "deep",
}

// Statement reports whether nodes of the kind stand as statements only. Assign, Class, Function and Switch may be both,
// so they are not among them.
func (k Kind) Statement() bool {
	return k >= Block && k <= Directive && k != Switch && k != Case && k != Alias && k != Catch && k != Imported
}
