package lex

import (
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDigits bounds the numbers whose value is computed. A longer one stays as it is written.
const maxDigits = 400

// NumberEnd returns the end of the number that begins at an offset with a digit, or with a dot and a digit. It takes the
// numbers of all languages, and some that none has: digits of any base with `_` between them, one fraction, an exponent
// with its sign, and letters after.
func NumberEnd(source string, at int) int {
	i := at
	hex := strings.HasPrefix(source[i:], "0x") || strings.HasPrefix(source[i:], "0X")
	dot := false
	for i < len(source) {
		b := source[i]
		switch {
		case b < utf8.RuneSelf && Letter(b):
			i++
			exponent := !hex && b|0x20 == 'e' || hex && b|0x20 == 'p'
			if exponent && i+1 < len(source) && (source[i] == '+' || source[i] == '-') && Digit(source[i+1]) {
				i++
			}
		case b == '.' && !dot && fraction(source, i+1):
			dot = true
			i++
		default:
			return i
		}
	}
	return i
}

// fraction reports whether a dot before an offset belongs to the number: not when another dot follows, or a name
// (`1.times`). An exponent (`1.e5`) or one letter after the number (`1.f`) is no name.
func fraction(source string, at int) bool {
	if at >= len(source) {
		return true
	}
	b := source[at]
	if b == '.' {
		return false
	}
	if !Letter(b) || Digit(b) {
		return true
	}
	if at+1 >= len(source) || !Letter(source[at+1]) {
		switch b | 0x20 {
		case 'f', 'd', 'j', 'i', 'm':
			return true
		case 'e':
			return at+2 < len(source) && (source[at+1] == '+' || source[at+1] == '-') && Digit(source[at+2])
		}
		return false
	}
	return b|0x20 == 'e' && Digit(source[at+1])
}

// Number gives a number in normal form, so that the same value has the same text in whatever form it is written: whole
// numbers in decimal without leading zeros, signs between digits and letters after, others as Go's shortest form. A
// whole number with a leading zero is octal. Imaginary numbers keep their letter. What is no number stays as it is.
func Number(text string) string {
	if len(text) > maxDigits {
		return text
	}
	if len(text) == 1 {
		return text
	}
	clean := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	suffix := ""
	if strings.HasSuffix(clean, "j") || strings.HasSuffix(clean, "i") {
		clean, suffix = clean[:len(clean)-1], clean[len(clean)-1:]
	}
	based := strings.HasPrefix(clean, "0x") || strings.HasPrefix(clean, "0b") || strings.HasPrefix(clean, "0o")
	clean = strings.TrimRight(clean, "lun")
	if !based {
		clean = strings.TrimRight(clean, "fdm")
	}
	if based || !strings.ContainsAny(clean, ".e") {
		base := 0
		if !based && strings.ContainsAny(clean, "89") {
			base = 10
		}
		if small, err := strconv.ParseUint(clean, base, 64); err == nil {
			return strconv.FormatUint(small, 10) + suffix
		}
		if value, ok := new(big.Int).SetString(clean, base); ok {
			return value.String() + suffix
		}
	}
	if value, err := strconv.ParseFloat(clean, 64); err == nil {
		return strconv.FormatFloat(value, 'g', -1, 64) + suffix
	}
	return text
}

// Calculate applies an operator to two whole numbers in normal form. It reports whether the result is known: for +, -, *
// and the operators on bits, within 64 bits.
func Calculate(sign, a, b string) (string, bool) {
	x, errX := strconv.ParseInt(a, 10, 64)
	y, errY := strconv.ParseInt(b, 10, 64)
	if errX != nil || errY != nil {
		return "", false
	}
	left, right, result := big.NewInt(x), big.NewInt(y), new(big.Int)
	switch sign {
	case "+":
		result.Add(left, right)
	case "-":
		result.Sub(left, right)
	case "*":
		result.Mul(left, right)
	case "&":
		result.And(left, right)
	case "|":
		result.Or(left, right)
	case "^":
		result.Xor(left, right)
	case "<<":
		if y < 0 || y > 62 {
			return "", false
		}
		result.Lsh(left, uint(y))
	case "**":
		if y < 0 || y > 64 {
			return "", false
		}
		result.Exp(left, right, nil)
	default:
		return "", false
	}
	if !result.IsInt64() {
		return "", false
	}
	return result.String(), true
}
