package golang

// token is a lexeme with its span.
type token struct {
	kind       kind
	start, end uint32
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
	rawText
	metavariable
	manyMetavariable
	deepOpen
	deepClose

	// newline is the semicolon that a line end stands for.
	newline
	semicolon
	openParen
	closeParen
	openBracket
	closeBracket
	openBrace
	closeBrace
	comma
	colon
	dot
	ellipsis
	assign
	define
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
	shiftRight
	andNot
	andAnd
	orOr
	arrow
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
	kwChan
	kwConst
	kwContinue
	kwDefault
	kwDefer
	kwElse
	kwFallthrough
	kwFor
	kwFunc
	kwGo
	kwGoto
	kwIf
	kwImport
	kwInterface
	kwMap
	kwPackage
	kwRange
	kwReturn
	kwSelect
	kwStruct
	kwSwitch
	kwType
	kwVar

	tokenKinds
)

var keywords = map[string]kind{
	"break": kwBreak, "case": kwCase, "chan": kwChan, "const": kwConst, "continue": kwContinue, "default": kwDefault, "defer": kwDefer, "else": kwElse, "fallthrough": kwFallthrough,
	"for": kwFor, "func": kwFunc, "go": kwGo, "goto": kwGoto, "if": kwIf, "import": kwImport, "interface": kwInterface, "map": kwMap, "package": kwPackage, "range": kwRange,
	"return": kwReturn, "select": kwSelect, "struct": kwStruct, "switch": kwSwitch, "type": kwType, "var": kwVar,
}

// operators are the signs, by their first byte, the longest first.
var operators = func() (table [256][]operator) {
	for _, o := range []operator{
		{"<...", deepOpen}, {"...>", deepClose}, {"...", ellipsis},
		{"<<=", assignOperator}, {">>=", assignOperator}, {"&^=", assignOperator},
		{"+=", assignOperator}, {"-=", assignOperator}, {"*=", assignOperator}, {"/=", assignOperator}, {"%=", assignOperator}, {"&=", assignOperator}, {"|=", assignOperator}, {"^=", assignOperator},
		{"++", increment}, {"--", decrement}, {"<<", shiftLeft}, {">>", shiftRight}, {"&^", andNot}, {"&&", andAnd}, {"||", orOr}, {"<-", arrow},
		{"==", equal}, {"!=", notEqual}, {"<=", lessEqual}, {">=", greaterEqual}, {":=", define},
		{"+", plus}, {"-", minus}, {"*", star}, {"/", slash}, {"%", percent}, {"&", ampersand}, {"|", pipe}, {"^", caret}, {"<", less}, {">", greater}, {"=", assign}, {"!", not}, {"~", tilde},
		{"(", openParen}, {")", closeParen}, {"[", openBracket}, {"]", closeBracket}, {"{", openBrace}, {"}", closeBrace}, {",", comma}, {";", semicolon}, {":", colon}, {".", dot},
	} {
		table[o.text[0]] = append(table[o.text[0]], o)
	}
	return table
}()

type operator struct {
	text string
	kind kind
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
	// endsStatement are the tokens after which a line end is a semicolon (https://go.dev/ref/spec#Semicolons). In a pattern an ellipsis is one too, and
	// so is a text that its quote does not end.
	endsStatement = kinds(bad, name, number, char, text, rawText, metavariable, manyMetavariable, deepClose, kwBreak, kwContinue, kwFallthrough, kwReturn, increment, decrement, closeParen, closeBracket, closeBrace)
	// beginsStatement are the words that stand at the beginning of a statement or declaration and nowhere else.
	beginsStatement = kinds(kwBreak, kwConst, kwContinue, kwDefer, kwFallthrough, kwFor, kwGo, kwGoto, kwIf, kwImport, kwPackage, kwReturn, kwSelect, kwSwitch, kwType, kwVar)
	// beginsType are the tokens with which a type can begin.
	beginsType = kinds(name, metavariable, star, openBracket, openParen, kwFunc, kwStruct, kwMap, kwChan, kwInterface, arrow, tilde)
)

// precedence is that of binary operators (https://go.dev/ref/spec#Operator_precedence); 0 for what is none. A channel's send binds least.
func precedence(k kind) int {
	switch k {
	case star, slash, percent, shiftLeft, shiftRight, ampersand, andNot:
		return 6
	case plus, minus, pipe, caret:
		return 5
	case equal, notEqual, less, lessEqual, greater, greaterEqual:
		return 4
	case andAnd:
		return 3
	case orOr:
		return 2
	case arrow:
		return 1
	}
	return 0
}
