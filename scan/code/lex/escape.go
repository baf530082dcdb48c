package lex

import (
	"strings"
	"unicode/utf8"
)

// Escapes says which escapes a language's strings have beyond those of C that all share.
type Escapes uint8

// The escapes.
const (
	// Octal: \0 to \777.
	Octal Escapes = 1 << iota
	// Braces: \u{1F600}.
	Braces
	// Long: \U0001F600.
	Long
	// Named: \N{DASH} of Python stays as it is written.
	Named
	// KeepUnknown: an unknown escape keeps its backslash. Without it the backslash goes.
	KeepUnknown
)

// simple maps the letters that stand for one byte.
var simple = [256]byte{'n': '\n', 't': '\t', 'r': '\r', 'a': '\a', 'b': '\b', 'f': '\f', 'v': '\v', '\\': '\\', '\'': '\'', '"': '"', '`': '`'}

// Unescape decodes the escapes of the text between the quotes of a string. A backslash before a line end joins the lines.
// Invalid escapes stay as they are written. Without a backslash it returns the text itself.
func Unescape(text string, escapes Escapes) string {
	at := strings.IndexByte(text, '\\')
	if at < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for at >= 0 {
		out = append(out, text[:at]...)
		text = text[at:]
		var n int
		out, n = escape(out, text, escapes)
		text = text[n:]
		at = strings.IndexByte(text, '\\')
	}
	return string(append(out, text...))
}

// escape appends what the escape at the start of text stands for, and returns its length.
func escape(out []byte, text string, escapes Escapes) ([]byte, int) {
	if len(text) < 2 {
		return append(out, text...), len(text)
	}
	b := text[1]
	if s := simple[b]; s != 0 {
		return append(out, s), 2
	}
	switch {
	case b == '\n':
		return out, 2
	case b == '\r':
		if len(text) > 2 && text[2] == '\n' {
			return out, 3
		}
		return out, 2
	case b == 'x':
		if value, n := digits(text[2:], 16, 2); n == 2 {
			return utf8.AppendRune(out, value), 4
		}
	case b == 'u' && escapes&Braces != 0 && len(text) > 2 && text[2] == '{':
		if value, n := digits(text[3:], 16, 8); n > 0 && 3+n < len(text) && text[3+n] == '}' {
			return utf8.AppendRune(out, value), 4 + n
		}
	case b == 'u':
		if value, n := digits(text[2:], 16, 4); n == 4 {
			return surrogates(out, value, text)
		}
	case b == 'U' && escapes&Long != 0:
		if value, n := digits(text[2:], 16, 8); n == 8 {
			return utf8.AppendRune(out, value), 10
		}
	case b >= '0' && b <= '7' && escapes&Octal != 0:
		value, n := digits(text[1:], 8, 3)
		return utf8.AppendRune(out, value), 1 + n
	case b == '0':
		return append(out, 0), 2
	}
	if escapes&KeepUnknown != 0 {
		return append(out, text[:2]...), 2
	}
	if b < utf8.RuneSelf {
		return append(out, b), 2
	}
	return out, 1
}

// surrogates appends the character of a \uXXXX, or of two that make one.
func surrogates(out []byte, value rune, text string) ([]byte, int) {
	if value >= 0xD800 && value < 0xDC00 && len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if low, n := digits(text[8:], 16, 4); n == 4 && low >= 0xDC00 && low < 0xE000 {
			return utf8.AppendRune(out, 0x10000+(value-0xD800)<<10+(low-0xDC00)), 12
		}
	}
	return utf8.AppendRune(out, value), 6
}

// digits reads at most limit digits and returns their value and number.
func digits(text string, base rune, limit int) (value rune, n int) {
	for n < len(text) && n < limit {
		var d rune
		switch b := rune(text[n]); {
		case b >= '0' && b <= '9':
			d = b - '0'
		case b|0x20 >= 'a' && b|0x20 <= 'f':
			d = b | 0x20 - 'a' + 10
		default:
			d = base
		}
		if d >= base {
			break
		}
		value = value*base + d
		n++
		if value > 0x10FFFF*16 {
			return utf8.RuneError, n
		}
	}
	return value, n
}
