// Package tree is the syntax tree that the front ends of all languages make, and that patterns, flow and reports read.
// Start with [Kind], which describes every node, and with [Builder]. The package knows no language.
//
// # The tree
//
// A tree is a slice of nodes in preorder. The subtree of a node is a range of the slice, so that a search through it is a
// loop. A node has a kind, a role (what it is to its parent), a text (a name, a value or an operator, interned), flags,
// and a span of bytes that holds the spans of its children. Consumers find children by role, never by number.
//
// The tree keeps what matters to the meaning. Parentheses, separators and comments have no nodes; [Parens] and
// [Tree.Comments] remember them. What one language has of its own is lowered to what others have: both kinds of adjacent
// and concatenated literals to one String, several declarators to several statements, `elif` to an If inside Else.
//
// # A front end
//
// A front end is a package scan/code/LANGUAGE with two functions:
//
//	func Parse(source string) *tree.Tree
//	func ParsePattern(source string) (*tree.Tree, error)
//
// Parse never fails. It takes any bytes, in time and memory linear in their number, and has no state outside the call. It
// makes its tree with a [Builder], reads with a lexer of its own by hand, and uses package lex for names, numbers and
// escapes. Its rules:
//
//   - A statement that cannot be read becomes an Error from its first byte up to the next token at its own level that ends
//     or begins a statement. Nothing else is lost: when the head of a block cannot be read, the block follows the
//     Error as a Block.
//   - Recursion deeper than [MaxDepth] gives an Error for the rest of the expression or statement. Chains of operators are
//     loops, not recursion. The builder bounds the height of the tree.
//   - Loops over statements end when [Builder.Full].
//   - The span of a node begins with its first token and ends with its last: decorators and modifiers, a statement's
//     semicolon and a string's quotes belong to it; comments and white space around it and its own parentheses do not.
//   - An optional part that is not there has no node. An empty block is a Block without items.
//   - Comments are reported to [Builder.Comment], and so is a `#!` line.
//   - Adjacent String literals that the language joins are one String over the whole span. A `+` is a Binary.
//   - Statements are the items of a Block: ExprStmt around an expression that stands as a statement, other kinds bare. An
//     assignment or declaration that is a statement of its own is a bare Assign; where the language has assignment as an
//     expression, `a = b;` is an ExprStmt around the Assign.
//
// The usual trick for errors: the parser has a flag. When it meets a token that fits nowhere, it sets the flag and shows
// the token Stop from then on, on which every loop ends. The loop over statements sees the flag, makes the Error and goes
// on behind it. So no function returns an error.
//
// # Patterns
//
// ParsePattern reads a pattern of a rule with the same parser in a mode that also knows:
//
//   - `...` as an Ellipsis: a statement (a bare item, no ExprStmt), an argument, a parameter, an element, a member of a
//     class, an imported name, a case, a handler, a type, a base class, the property of a Member (`x. ... .y`), an
//     expression.
//   - `$X` as a Metavariable wherever a name can stand. As a statement it is an ExprStmt around it. `$...X` has flag Many
//     and stands like an Ellipsis.
//   - `<... p ...>` as Deep; `($X: T)` or `(T $X)` as TypedMetavariable.
//   - strings "..." , "$X", "$...X" and "=~/re/" as ordinary Strings; the matcher knows them by their text. The same for the
//     String parts of a Template; `${...}` has an Ellipsis as its part.
//   - a part instead of statements: a Decorator, Catch, Case, Pair, Attribute, Parameter, or Modifier alone; a Function or
//     Class without a body. The language decides which it can read.
//
// The File of a pattern holds the statements, or the part, or, for a pattern that is one expression, the expression
// itself without an ExprStmt. An expression with the language's semicolon is an ExprStmt. ParsePattern fails when
// something of the pattern cannot be read; its error names the byte. A pattern holds no Error node.
//
// # Tests of a front end
//
// Golden trees of own samples for each construct ([Tree.String]); [Check] on every tree; a fuzz target with seeds that
// calls Check; deep nesting, a 10 MB line and cut files in bounded time; and the property that a pattern made of the text
// of any expression or statement matches it.
package tree
