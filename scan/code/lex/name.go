package lex

import (
	"unicode"
	"unicode/utf8"
)

// class has a bit for each class of a byte.
var class = func() (table [256]uint8) {
	for b := range 256 {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b == '_':
			table[b] = start | part
		case b >= '0' && b <= '9':
			table[b] = part
		case b >= utf8.RuneSelf:
			table[b] = wide
		}
	}
	return table
}()

const (
	start = 1 << iota
	part
	wide
)

// Name returns the end of the identifier at an offset, or the offset when there is none. Letters are those of Unicode,
// and `_`. With dollar, `$` is a letter too.
func Name(source string, at int, dollar bool) int {
	from := at
	for at < len(source) {
		b := source[at]
		switch c := class[b]; {
		case c&part != 0 && (at > from || c&start != 0), dollar && b == '$':
			at++
		case c&wide != 0:
			r, size := utf8.DecodeRuneInString(source[at:])
			if !unicode.IsLetter(r) && (at == from || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc)) && !unicode.In(r, unicode.Nl, unicode.Other_ID_Start) {
				return at
			}
			at += size
		default:
			return at
		}
	}
	return at
}

// Letter reports whether an identifier may contain the byte, other than as its first.
func Letter(b byte) bool { return class[b] != 0 }

// Digit reports whether a byte is a decimal digit.
func Digit(b byte) bool { return b >= '0' && b <= '9' }

// Line returns the end of the line at an offset: that of its line feed or carriage return, or of the source.
func Line(source string, at int) int {
	for at < len(source) && source[at] != '\n' && source[at] != '\r' {
		at++
	}
	return at
}
