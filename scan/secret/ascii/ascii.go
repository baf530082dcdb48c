package ascii

import "bytes"

// Letters and digits in their order.
const (
	LowerLetters = "abcdefghijklmnopqrstuvwxyz"
	UpperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	Decimals     = "0123456789"
	Alphanumeric = Decimals + UpperLetters + LowerLetters
)

// Classes of ASCII bytes.
const (
	ClassLower = 1 << iota
	ClassUpper
	ClassDigit
	ClassHex
	ClassSpace
	ClassAlnum = ClassLower | ClassUpper | ClassDigit
)

// ClassOf holds the classes of every byte. Bytes beyond ASCII have none.
var ClassOf = func() (table [256]uint8) {
	for b := range 256 {
		switch {
		case 'a' <= b && b <= 'z':
			table[b] = ClassLower
		case 'A' <= b && b <= 'Z':
			table[b] = ClassUpper
		case '0' <= b && b <= '9':
			table[b] = ClassDigit
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			table[b] = ClassSpace
		}
		if '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F' {
			table[b] |= ClassHex
		}
	}
	return table
}()

// Is reports whether a byte belongs to one of the classes.
func Is(b byte, class uint8) bool { return ClassOf[b]&class != 0 }

// Printable reports whether text has no control character. Bytes beyond ASCII are printable.
func Printable(text []byte) bool {
	for _, b := range text {
		if b < ' ' || b == 0x7f {
			return false
		}
	}
	return true
}

// Diverse reports whether text holds at least n different bytes.
func Diverse(text []byte, n int) bool {
	var seen [256]bool
	for _, b := range text {
		if !seen[b] {
			seen[b] = true
			n--
		}
	}
	return n <= 0
}

// HasDigit reports whether text has a digit.
func HasDigit(text []byte) bool { return HasClass(text, ClassDigit) }

// HasLetter reports whether text has an ASCII letter.
func HasLetter(text []byte) bool { return HasClass(text, ClassLower|ClassUpper) }

// HasClass reports whether a byte of text belongs to one of the classes.
func HasClass(text []byte, class uint8) bool {
	for _, b := range text {
		if Is(b, class) {
			return true
		}
	}
	return false
}

// ContainsFold reports whether text contains pattern, which is in lower case, in any case.
func ContainsFold(text, pattern []byte) bool {
	for i := 0; i+len(pattern) <= len(text); i++ {
		if EqualFold(text[i:i+len(pattern)], pattern) {
			return true
		}
	}
	return false
}

// EqualFold reports whether text is pattern, which is in lower case, in any case.
func EqualFold(text, pattern []byte) bool {
	if len(text) != len(pattern) {
		return false
	}
	for i, b := range text {
		if Is(b, ClassUpper) {
			b += 'a' - 'A'
		}
		if b != pattern[i] {
			return false
		}
	}
	return true
}

// OnlyOf reports whether every byte belongs to one of the classes or to extra. It holds for an empty value.
func OnlyOf(value []byte, class uint8, extra string) bool {
	for _, b := range value {
		if !Is(b, class) && (extra == "" || bytes.IndexByte([]byte(extra), b) < 0) {
			return false
		}
	}
	return true
}
