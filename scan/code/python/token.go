package python

// token is a lexeme with its span. Layout tokens have an empty span.
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
	newline
	indent
	dedent
	bad

	name
	number
	text
	// An f-string is fStart, then fText and interpolations between fOpen and fClose, then fEnd.
	fStart
	fText
	fOpen
	fClose
	fEnd
	bang

	ellipsis
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
	colon
	dot
	semicolon
	at
	equal
	arrow
	walrus
	backtick
	augmented

	plus
	minus
	star
	slash
	doubleSlash
	percent
	power
	tilde
	ampersand
	pipe
	caret
	shiftLeft
	shiftRight
	less
	greater
	lessEqual
	greaterEqual
	equalEqual
	notEqual

	kwFalse
	kwNone
	kwTrue
	kwAnd
	kwAs
	kwAssert
	kwBreak
	kwClass
	kwContinue
	kwDef
	kwDel
	kwElif
	kwElse
	kwExcept
	kwFinally
	kwFor
	kwFrom
	kwGlobal
	kwIf
	kwImport
	kwIn
	kwIs
	kwLambda
	kwNonlocal
	kwNot
	kwOr
	kwPass
	kwRaise
	kwReturn
	kwTry
	kwWhile
	kwWith
	kwYield

	tokenKinds
)

// keyword returns the kind of a word. async, await, match, case, type, print and exec are names to the lexer, because
// older code uses them as such.
func keyword(word string) kind {
	if len(word) < 2 || len(word) > 8 {
		return name
	}
	switch word {
	case "False":
		return kwFalse
	case "None":
		return kwNone
	case "True":
		return kwTrue
	case "and":
		return kwAnd
	case "as":
		return kwAs
	case "assert":
		return kwAssert
	case "break":
		return kwBreak
	case "class":
		return kwClass
	case "continue":
		return kwContinue
	case "def":
		return kwDef
	case "del":
		return kwDel
	case "elif":
		return kwElif
	case "else":
		return kwElse
	case "except":
		return kwExcept
	case "finally":
		return kwFinally
	case "for":
		return kwFor
	case "from":
		return kwFrom
	case "global":
		return kwGlobal
	case "if":
		return kwIf
	case "import":
		return kwImport
	case "in":
		return kwIn
	case "is":
		return kwIs
	case "lambda":
		return kwLambda
	case "nonlocal":
		return kwNonlocal
	case "not":
		return kwNot
	case "or":
		return kwOr
	case "pass":
		return kwPass
	case "raise":
		return kwRaise
	case "return":
		return kwReturn
	case "try":
		return kwTry
	case "while":
		return kwWhile
	case "with":
		return kwWith
	case "yield":
		return kwYield
	}
	return name
}

// statementOnly are the words that begin a statement and stand nowhere in an expression. A line that begins with one ends
// the brackets before it, which someone forgot to close.
var statementOnly = kinds(kwAssert, kwBreak, kwClass, kwContinue, kwDef, kwDel, kwElif, kwExcept, kwFinally, kwGlobal, kwImport, kwNonlocal, kwPass, kwRaise, kwReturn, kwTry, kwWhile, kwWith)

// beginsExpression are the tokens with which an expression can begin.
var beginsExpression = kinds(name, number, text, fStart, ellipsis, metavariable, manyMetavariable, deepOpen, openParen, openBracket, openBrace,
	backtick, plus, minus, tilde, star, power, kwFalse, kwNone, kwTrue, kwLambda, kwNot, kwYield)

// set is a set of kinds.
type set [tokenKinds]bool

func kinds(members ...kind) (s set) {
	for _, k := range members {
		s[k] = true
	}
	return s
}
