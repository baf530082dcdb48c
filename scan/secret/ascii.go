package secret

import (
	"bytes"
)

// Letters and digits in their order.
const (
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	decimals     = "0123456789"
	alphanumeric = decimals + upperLetters + lowerLetters
)

// Classes of ASCII bytes.
const (
	classLower = 1 << iota
	classUpper
	classDigit
	classHex
	classSpace
	classAlnum = classLower | classUpper | classDigit
)

var classOf = func() (table [256]uint8) {
	for b := range 256 {
		switch {
		case 'a' <= b && b <= 'z':
			table[b] = classLower
		case 'A' <= b && b <= 'Z':
			table[b] = classUpper
		case '0' <= b && b <= '9':
			table[b] = classDigit
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			table[b] = classSpace
		}
		if '0' <= b && b <= '9' || 'a' <= b && b <= 'f' || 'A' <= b && b <= 'F' {
			table[b] |= classHex
		}
	}
	return table
}()

func is(b byte, class uint8) bool { return classOf[b]&class != 0 }

func printable(text []byte) bool {
	for _, b := range text {
		if b < ' ' || b == 0x7f {
			return false
		}
	}
	return true
}

// diverse reports whether text holds at least n different bytes.
func diverse(text []byte, n int) bool {
	var seen [256]bool
	for _, b := range text {
		if !seen[b] {
			seen[b] = true
			n--
		}
	}
	return n <= 0
}

func hasDigit(text []byte) bool { return hasClass(text, classDigit) }

func hasLetter(text []byte) bool { return hasClass(text, classLower|classUpper) }

func hasClass(text []byte, class uint8) bool {
	for _, b := range text {
		if is(b, class) {
			return true
		}
	}
	return false
}

// containsFold reports whether text holds a lower-case ASCII pattern in any case.
func containsFold(text, pattern []byte) bool {
	for i := 0; i+len(pattern) <= len(text); i++ {
		if equalFold(text[i:i+len(pattern)], pattern) {
			return true
		}
	}
	return false
}

// equalFold compares text with a lower-case ASCII pattern.
func equalFold(text, pattern []byte) bool {
	if len(text) != len(pattern) {
		return false
	}
	for i, b := range text {
		if is(b, classUpper) {
			b += 'a' - 'A'
		}
		if b != pattern[i] {
			return false
		}
	}
	return true
}

// onlyOf reports whether all bytes are of a class or in extra.
func onlyOf(value []byte, class uint8, extra string) bool {
	for _, b := range value {
		if !is(b, class) && (extra == "" || bytes.IndexByte([]byte(extra), b) < 0) {
			return false
		}
	}
	return true
}
