package compare

import (
	"fmt"
	"strings"
)

// class is the class of a token.
type class int

const (
	classEnd class = iota
	className
	classMetavariable
	classInt
	classFloat
	classString
	classSign
)

// token is a token with its place in the text, in bytes. The text of a string is what is between its quotes.
type token struct {
	class class
	text  string
	at    int
	// raw says that a string was written with the prefix r.
	raw bool
}

// signs are the tokens of several bytes and of one, longest first.
var signs = [...]string{
	"**", "//", "<<", ">>", "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "&", "|", "^", "~",
}

// tokenize cuts an expression into tokens; the last one is the end.
func tokenize(text string) ([]token, error) {
	var tokens []token
	for at := 0; ; {
		at += len(text[at:]) - len(strings.TrimLeft(text[at:], " \t\r\n\\"))
		if at >= len(text) {
			return append(tokens, token{class: classEnd, at: at}), nil
		}
		t, length := next(text[at:])
		if length == 0 {
			return nil, fmt.Errorf("character %d begins nothing that an expression may contain", at+1)
		}
		t.at = at
		tokens = append(tokens, t)
		at += length
	}
}

// next reads the token at the start of text; length 0 means that there is none.
func next(text string) (t token, length int) {
	c := text[0]
	switch {
	case c == '$':
		length = metavariableLength(text)
		return token{class: classMetavariable, text: text[:length]}, length
	case c >= '0' && c <= '9', c == '.' && len(text) > 1 && text[1] >= '0' && text[1] <= '9':
		return number(text)
	case c == '"' || c == '\'':
		return quoted(text, 0)
	case letter(c):
		length = 1
		for length < len(text) && (letter(text[length]) || digit(text[length])) {
			length++
		}
		if length < len(text) && (text[length] == '"' || text[length] == '\'') && prefix(text[:length]) {
			return quoted(text, length)
		}
		return token{class: className, text: text[:length]}, length
	}
	for _, sign := range signs {
		if strings.HasPrefix(text, sign) {
			return token{class: classSign, text: sign}, len(sign)
		}
	}
	return token{}, 0
}

// prefix reports whether a name is a prefix of texts whose meaning is that of a text: r, b, u, and pairs of them.
func prefix(name string) bool {
	return len(name) <= 2 && strings.Trim(strings.ToLower(name), "rbu") == ""
}

// metavariableLength is the length of "$X", "$...X" or "$1" at the start of text; 0 when there is none.
func metavariableLength(text string) int {
	at := 1
	if strings.HasPrefix(text[at:], "...") {
		at += len("...")
	}
	begin := at
	for at < len(text) && (text[at] >= 'A' && text[at] <= 'Z' || text[at] == '_' || digit(text[at])) {
		at++
	}
	if at == begin {
		return 0
	}
	return at
}

// number reads a number with the forms of Python: 0x1F, 0o17, 0b1, 1_000, 1.5, 1e9, and 017 of its second version.
func number(text string) (token, int) {
	at := 0
	if text[0] == '0' && len(text) > 1 && strings.ContainsRune("xXoObB", rune(text[1])) {
		for at = 2; at < len(text) && (digit(text[at]) || letter(text[at])); at++ {
		}
		return token{class: classInt, text: text[:at]}, at
	}
	kind := classInt
	for ; at < len(text); at++ {
		c := text[at]
		exponent := (c == 'e' || c == 'E') && at+1 < len(text) && (digit(text[at+1]) || text[at+1] == '-' || text[at+1] == '+')
		switch {
		case digit(c) || c == '_':
			continue
		case c == '.':
			kind = classFloat
			continue
		case exponent:
			kind = classFloat
			at++
			continue
		}
		break
	}
	return token{class: kind, text: text[:at]}, at
}

// quoted reads a text whose quotes stand at the given place.
func quoted(text string, at int) (token, int) {
	quote := text[at : at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[at:], triple) {
		quote = triple
	}
	begin := at + len(quote)
	for end := begin; end < len(text); end++ {
		switch {
		case text[end] == '\\':
			end++
		case strings.HasPrefix(text[end:], quote):
			return token{class: classString, text: text[begin:end], raw: strings.ContainsAny(text[:at], "rR")}, end + len(quote)
		}
	}
	return token{}, 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func letter(c byte) bool { return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' }
