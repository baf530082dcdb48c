// Package display makes text that somebody else has written fit to be shown: it removes or escapes what moves a cursor, turns the
// direction of text or hides in it, measures how wide text is, and cuts and wraps it. Everything here is pure, takes any bytes, and
// gives valid UTF-8.
package display

import "unicode"

// Hidden reports characters that move the cursor, reorder text, take no place of their own, or mean nothing to anybody
// else; among them are those that XML 1.0 does not have (https://www.w3.org/TR/xml/#charsets). Line ends and tabs are hidden too.
func Hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point)
}

// turns reports characters that end a line, move the cursor or turn the direction of text.
func turns(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// joiner keeps the parts of an emoji together. Text that is cleaned keeps it; text that is escaped shows it.
const joiner = '\u200d'

// isPlain reports whether s is printable ASCII, which most text is and which needs no work.
func isPlain[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
