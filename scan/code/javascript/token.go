package javascript

// token is a lexeme with its span.
type token struct {
	kind       kind
	start, end int
	// line says that a line ends before it, which may end a statement.
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
	privateName
	number
	text
	backquote
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
	dot
	ellipsis
	question
	optional
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
	power
	ampersand
	pipe
	caret
	shiftLeft
	shiftRight
	shiftUnsigned
	andAnd
	orOr
	coalesce
	equal
	notEqual
	less
	lessEqual
	greater
	greaterEqual
	not
	tilde

	kwBreak
	kwCase
	kwCatch
	kwClass
	kwConst
	kwContinue
	kwDebugger
	kwDefault
	kwDelete
	kwDo
	kwElse
	kwEnum
	kwExport
	kwExtends
	kwFalse
	kwFinally
	kwFor
	kwFunction
	kwIf
	kwImport
	kwIn
	kwInstanceof
	kwNew
	kwNull
	kwReturn
	kwSwitch
	kwThrow
	kwTrue
	kwTry
	kwTypeof
	kwVar
	kwVoid
	kwWhile
	kwWith

	tokenKinds
)

// keywords are the reserved words that are not names in the tree. this and super are names; the words that are reserved in some places only,
// such as let, async and of, are names to the lexer.
var keywords = map[string]kind{
	"break": kwBreak, "case": kwCase, "catch": kwCatch, "class": kwClass, "const": kwConst, "continue": kwContinue, "debugger": kwDebugger, "default": kwDefault, "delete": kwDelete,
	"do": kwDo, "else": kwElse, "enum": kwEnum, "export": kwExport, "extends": kwExtends, "false": kwFalse, "finally": kwFinally, "for": kwFor, "function": kwFunction, "if": kwIf,
	"import": kwImport, "in": kwIn, "instanceof": kwInstanceof, "new": kwNew, "null": kwNull, "return": kwReturn, "switch": kwSwitch, "throw": kwThrow, "true": kwTrue, "try": kwTry,
	"typeof": kwTypeof, "var": kwVar, "void": kwVoid, "while": kwWhile, "with": kwWith,
}

type operator struct {
	text string
	kind kind
}

// operators are the signs, by their first byte, the longest first.
var operators = func() (table [256][]operator) {
	for _, o := range []operator{
		{"<...", deepOpen}, {"...>", deepClose}, {">>>=", assignOperator},
		{"...", ellipsis}, {"===", equal}, {"!==", notEqual}, {"**=", assignOperator}, {"<<=", assignOperator}, {">>=", assignOperator}, {">>>", shiftUnsigned}, {"&&=", assignOperator},
		{"||=", assignOperator}, {"??=", assignOperator},
		{"=>", arrow}, {"==", equal}, {"!=", notEqual}, {"<=", lessEqual}, {">=", greaterEqual}, {"&&", andAnd}, {"||", orOr}, {"??", coalesce}, {"?.", optional}, {"++", increment},
		{"--", decrement}, {"+=", assignOperator}, {"-=", assignOperator}, {"*=", assignOperator}, {"/=", assignOperator}, {"%=", assignOperator}, {"&=", assignOperator}, {"|=", assignOperator},
		{"^=", assignOperator}, {"<<", shiftLeft}, {">>", shiftRight}, {"**", power},
		{"+", plus}, {"-", minus}, {"*", star}, {"/", slash}, {"%", percent}, {"&", ampersand}, {"|", pipe}, {"^", caret}, {"<", less}, {">", greater}, {"=", assign}, {"!", not}, {"~", tilde},
		{"(", openParen}, {")", closeParen}, {"[", openBracket}, {"]", closeBracket}, {"{", openBrace}, {"}", closeBrace}, {",", comma}, {";", semicolon}, {":", colon}, {".", dot},
		{"?", question}, {"@", at}, {"`", backquote},
	} {
		table[o.text[0]] = append(table[o.text[0]], o)
	}
	return table
}()

// precedence is that of binary operators (https://tc39.es/ecma262/#prod-ShortCircuitExpression); 0 for what is none.
func precedence(k kind) int {
	switch k {
	case coalesce:
		return 1
	case orOr:
		return 2
	case andAnd:
		return 3
	case pipe:
		return 4
	case caret:
		return 5
	case ampersand:
		return 6
	case equal, notEqual:
		return 7
	case less, lessEqual, greater, greaterEqual, kwInstanceof, kwIn:
		return 8
	case shiftLeft, shiftRight, shiftUnsigned:
		return 9
	case plus, minus:
		return 10
	case star, slash, percent:
		return 11
	case power:
		return 12
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
	// beginsStatement are the words that stand at the beginning of a statement and nowhere else. A line that begins with one ends the brackets
	// before it, which somebody forgot to close.
	beginsStatement = kinds(kwBreak, kwConst, kwContinue, kwDebugger, kwDo, kwExport, kwFor, kwIf, kwReturn, kwSwitch, kwThrow, kwTry, kwVar, kwWhile)
	// dividesBehind are the tokens after which a slash divides. After others it begins a regular expression. Recovery alone guesses so.
	dividesBehind = kinds(name, privateName, number, text, backquote, metavariable, closeParen, closeBracket, closeBrace, increment, decrement, kwNull, kwTrue, kwFalse)
	// beginsExpression are the tokens with which an expression can begin.
	beginsExpression = kinds(name, privateName, number, text, backquote, metavariable, manyMetavariable, deepOpen, openParen, openBracket, openBrace, at, increment, decrement, plus, minus, slash,
		less, not, tilde, assignOperator, kwClass, kwDelete, kwFalse, kwFunction, kwImport, kwNew, kwNull, kwTrue, kwTypeof, kwVoid)
)
