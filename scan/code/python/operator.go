package python

import "strings"

// operators are the signs of one to three bytes. The longest comes first where one begins another.
var operators = func() (byFirst [256][]operator) {
	for _, o := range []operator{
		{"...", ellipsis}, {".", dot}, {",", comma}, {";", semicolon}, {"`", backtick}, {"~", tilde},
		{"(", openParen}, {")", closeParen}, {"[", openBracket}, {"]", closeBracket}, {"{", openBrace}, {"}", closeBrace},
		{":=", walrus}, {":", colon}, {"==", equalEqual}, {"=", equal}, {"!=", notEqual}, {"!", bang},
		{"->", arrow}, {"-=", augmented}, {"-", minus}, {"+=", augmented}, {"+", plus},
		{"**=", augmented}, {"**", power}, {"*=", augmented}, {"*", star},
		{"//=", augmented}, {"//", doubleSlash}, {"/=", augmented}, {"/", slash},
		{"%=", augmented}, {"%", percent}, {"@=", augmented}, {"@", at},
		{"&=", augmented}, {"&", ampersand}, {"|=", augmented}, {"|", pipe}, {"^=", augmented}, {"^", caret},
		{"<<=", augmented}, {"<<", shiftLeft}, {"<=", lessEqual}, {"<>", notEqual}, {"<", less},
		{">>=", augmented}, {">>", shiftRight}, {">=", greaterEqual}, {">", greater},
	} {
		byFirst[o.sign[0]] = append(byFirst[o.sign[0]], o)
	}
	return byFirst
}()

type operator struct {
	sign string
	kind kind
}

// operator reads a sign. A colon of an interpolation begins its format.
func (l *lexer) operator(b byte) {
	rest := l.source[l.at:]
	if l.pattern {
		if strings.HasPrefix(rest, "<...") {
			l.emit(deepOpen, l.at+4)
			return
		}
		if strings.HasPrefix(rest, "...>") {
			l.emit(deepClose, l.at+4)
			return
		}
	}
	if b == ':' && l.inInterpolation() {
		l.emit(colon, l.at+1)
		l.literal()
		return
	}
	for _, o := range operators[b] {
		if strings.HasPrefix(rest, o.sign) {
			l.bracket(b)
			if b == '}' && l.inInterpolation() {
				l.closeInterpolation()
				return
			}
			if n := len(l.open); n > 0 && l.open[n-1] != 'F' && (b == ')' || b == ']' || b == '}') {
				l.open = l.open[:n-1]
			}
			l.emit(o.kind, l.at+len(o.sign))
			return
		}
	}
	l.emit(bad, l.at+1)
}

// bracket notes an opening bracket.
func (l *lexer) bracket(b byte) {
	if b == '(' || b == '[' || b == '{' {
		l.open = append(l.open, b)
	}
}
