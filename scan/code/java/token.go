package java

// token is a lexeme with its span.
type token struct {
	kind       kind
	start, end uint32
	// line says that a line ends before it. Java's grammar does not ask; recovery does.
	line bool
}

// kind is the kind of a token.
type kind uint8

const (
	// stop is shown to the parser after an error until the statement has been given up.
	stop kind = iota
	endOfFile
	bad

	name
	number
	char
	text
	textBlock
	metavariable
	manyMetavariable
	deepOpen
	deepClose

	openParen
	closeParen
	openBracket
	closeBracket
	openBrace
	closeBrace
	comma
	semicolon
	colon
	doubleColon
	dot
	ellipsis
	question
	arrow
	at
	assign
	assignOperator
	increment
	decrement

	plus
	minus
	star
	slash
	percent
	ampersand
	pipe
	caret
	shiftLeft
	andAnd
	orOr
	equal
	notEqual
	less
	lessEqual
	greater
	greaterEqual
	not
	tilde

	kwAssert
	kwBreak
	kwCase
	kwCatch
	kwClass
	kwContinue
	kwDefault
	kwDo
	kwElse
	kwEnum
	kwExtends
	kwFalse
	kwFinally
	kwFor
	kwIf
	kwImplements
	kwImport
	kwInstanceof
	kwInterface
	kwModifier
	kwNew
	kwNull
	kwPackage
	kwPrimitive
	kwReturn
	kwSwitch
	kwSynchronized
	kwThrow
	kwThrows
	kwTrue
	kwTry
	kwWhile

	tokenKinds
)

// keywords are the reserved words, but this and super, which are names in the tree. The words that are reserved in some places only, such as
// var and record, are names to the lexer. The modifiers and the primitive types are one kind each.
var keywords = map[string]kind{
	"assert": kwAssert, "break": kwBreak, "case": kwCase, "catch": kwCatch, "class": kwClass, "continue": kwContinue, "default": kwDefault, "do": kwDo, "else": kwElse, "enum": kwEnum,
	"extends": kwExtends, "false": kwFalse, "finally": kwFinally, "for": kwFor, "if": kwIf, "implements": kwImplements, "import": kwImport, "instanceof": kwInstanceof,
	"interface": kwInterface, "new": kwNew, "null": kwNull, "package": kwPackage, "return": kwReturn, "switch": kwSwitch, "synchronized": kwSynchronized, "throw": kwThrow,
	"throws": kwThrows, "true": kwTrue, "try": kwTry, "while": kwWhile,
	"abstract": kwModifier, "final": kwModifier, "native": kwModifier, "private": kwModifier, "protected": kwModifier, "public": kwModifier, "static": kwModifier, "strictfp": kwModifier,
	"transient": kwModifier, "volatile": kwModifier,
	"boolean": kwPrimitive, "byte": kwPrimitive, "char": kwPrimitive, "double": kwPrimitive, "float": kwPrimitive, "int": kwPrimitive, "long": kwPrimitive, "short": kwPrimitive, "void": kwPrimitive,
}

type operator struct {
	text string
	kind kind
}

// operators are the signs, by their first byte, the longest first. `>>` and `>>>` are read as single signs, because they may close types.
var operators = func() (table [256][]operator) {
	for _, o := range []operator{
		{"<...", deepOpen}, {"...>", deepClose}, {">>>=", assignOperator},
		{"...", ellipsis}, {"<<=", assignOperator}, {">>=", assignOperator},
		{"->", arrow}, {"::", doubleColon}, {"==", equal}, {"!=", notEqual}, {"<=", lessEqual}, {">=", greaterEqual}, {"&&", andAnd}, {"||", orOr}, {"++", increment}, {"--", decrement},
		{"+=", assignOperator}, {"-=", assignOperator}, {"*=", assignOperator}, {"/=", assignOperator}, {"%=", assignOperator}, {"&=", assignOperator}, {"|=", assignOperator},
		{"^=", assignOperator}, {"<<", shiftLeft},
		{"+", plus}, {"-", minus}, {"*", star}, {"/", slash}, {"%", percent}, {"&", ampersand}, {"|", pipe}, {"^", caret}, {"<", less}, {">", greater}, {"=", assign}, {"!", not}, {"~", tilde},
		{"(", openParen}, {")", closeParen}, {"[", openBracket}, {"]", closeBracket}, {"{", openBrace}, {"}", closeBrace}, {",", comma}, {";", semicolon}, {":", colon}, {".", dot},
		{"?", question}, {"@", at},
	} {
		table[o.text[0]] = append(table[o.text[0]], o)
	}
	return table
}()

// precedence is that of binary operators (https://docs.oracle.com/javase/specs/jls/se24/html/jls-15.html); 0 for what is none. The parser adds
// those of `>`, `>>` and instanceof.
func precedence(k kind) int {
	switch k {
	case orOr:
		return 1
	case andAnd:
		return 2
	case pipe:
		return 3
	case caret:
		return 4
	case ampersand:
		return 5
	case equal, notEqual:
		return 6
	case less, lessEqual, greater, greaterEqual, kwInstanceof:
		return 7
	case shiftLeft:
		return 8
	case plus, minus:
		return 9
	case star, slash, percent:
		return 10
	}
	return 0
}

// set is a set of kinds.
type set [tokenKinds]bool

func kinds(members ...kind) (s set) {
	for _, k := range members {
		s[k] = true
	}
	return s
}

var (
	// beginsStatement are the words that stand at the beginning of a statement or a member and nowhere else.
	beginsStatement = kinds(kwAssert, kwBreak, kwContinue, kwDo, kwFor, kwIf, kwImport, kwModifier, kwPackage, kwReturn, kwThrow, kwTry, kwWhile)
	// beginsOperand are the tokens with which the operand of a cast to a class can begin.
	beginsOperand = kinds(name, number, char, text, textBlock, metavariable, openParen, not, tilde, kwTrue, kwFalse, kwNull, kwNew, kwSwitch, kwPrimitive, deepOpen)
)
