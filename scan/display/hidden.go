// Package display prepares foreign text for display: it removes or escapes characters that move the cursor, change the
// direction of text or hide, and it measures, cuts and wraps text. All functions are pure, accept any bytes, and return
// valid UTF-8.
package display

import "unicode"

// Hidden reports characters that move the cursor, reorder text, have no width, or have no agreed meaning, including
// those that XML 1.0 excludes (https://www.w3.org/TR/xml/#charsets). Line ends and tabs are hidden too.
func Hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Noncharacter_Code_Point)
}

// turns reports characters that end a line, move the cursor or change the direction of text.
func turns(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// joiner joins the parts of an emoji. Cleaned text keeps it; escaped text shows it.
const joiner = '\u200d'

// isPlain reports whether s is printable ASCII. Most text is, and needs no work.
func isPlain[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
