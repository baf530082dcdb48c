package compare

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is the kind of a value.
type Kind int

// The kinds.
const (
	// KindCode is code that has no known value, by its text. It can be converted by str() and not be compared.
	KindCode Kind = iota
	KindBool
	KindInt
	KindFloat
	KindString
	KindList
)

// Value is a value of an expression. The zero value is code without text.
type Value struct {
	kind   Kind
	truth  bool
	number int64
	float  float64
	text   string
	list   []Value
}

// Code is code without a known value.
func Code(text string) Value { return Value{kind: KindCode, text: text} }

// Bool is a Boolean.
func Bool(b bool) Value { return Value{kind: KindBool, truth: b} }

// Int is a whole number.
func Int(n int64) Value { return Value{kind: KindInt, number: n} }

// Float is a number with a fraction.
func Float(f float64) Value { return Value{kind: KindFloat, float: f} }

// String is a text, without quotes.
func String(s string) Value { return Value{kind: KindString, text: s} }

// List is a list.
func List(values ...Value) Value { return Value{kind: KindList, list: values} }

// Kind gives the kind of the value.
func (v Value) Kind() Kind { return v.kind }

// equal compares like Python: whole numbers and fractions by their value, all else by kind and value.
func (v Value) equal(w Value) bool {
	if x, y, ok := floats(v, w); ok && v.kind != w.kind {
		return x == y
	}
	return v.same(w)
}

// same is equality without conversions. semgrep asks for it in lists.
func (v Value) same(w Value) bool {
	if v.kind != w.kind {
		return false
	}
	switch v.kind {
	case KindBool:
		return v.truth == w.truth
	case KindInt:
		return v.number == w.number
	case KindFloat:
		return v.float == w.float
	case KindList:
		return slices.EqualFunc(v.list, w.list, Value.same)
	default:
		return v.text == w.text
	}
}

// floats gives two numbers as fractions; false when one of them is no number.
func floats(v, w Value) (x, y float64, ok bool) {
	x, first := v.asFloat()
	y, second := w.asFloat()
	return x, y, first && second
}

func (v Value) asFloat() (float64, bool) {
	switch v.kind {
	case KindInt:
		return float64(v.number), true
	case KindFloat:
		return v.float, true
	default:
		return 0, false
	}
}

// str is what str() gives; false for a list.
func (v Value) str() (string, bool) {
	switch v.kind {
	case KindBool:
		return strconv.FormatBool(v.truth), true
	case KindInt:
		return strconv.FormatInt(v.number, 10), true
	case KindFloat:
		return strconv.FormatFloat(v.float, 'g', -1, 64), true
	case KindList:
		return "", false
	default:
		return v.text, true
	}
}

// parseInt reads a whole number in the given base, or, with base 0, by its prefix: 0x, 0o and 0b, in decimal without.
func parseInt(text string, base int) (int64, bool) {
	text = strings.TrimSpace(text)
	if base == 0 {
		digits := strings.TrimLeft(text, "+-")
		if len(digits) < 2 || digits[0] != '0' || !strings.ContainsRune("xXoObB", rune(digits[1])) {
			base, text = 10, strings.ReplaceAll(text, "_", "")
		}
	} else if digits := strings.TrimLeft(text, "+-"); len(digits) > 2 && digits[0] == '0' {
		// Python allows the prefix that belongs to the base.
		prefix := map[int]string{2: "bB", 8: "oO", 16: "xX"}[base]
		if prefix != "" && strings.ContainsRune(prefix, rune(digits[1])) {
			text = text[:len(text)-len(digits)] + digits[2:]
		}
	}
	n, err := strconv.ParseInt(text, base, 64)
	return n, err == nil
}
