package flow

import (
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/lex"
	"github.com/sluice-scan/sluice/scan/code/match"
)

// maxConstant bounds the texts that are computed.
const maxConstant = 4096

// truthValue is a truth value as a constant.
func truthValue(holds bool) match.Value {
	return match.Value{Kind: match.BoolValue, Text: strconv.FormatBool(holds)}
}

// numberValue is a number as a constant.
func numberValue(n int) match.Value {
	return match.Value{Kind: match.NumberValue, Text: strconv.Itoa(n)}
}

// truth reports whether a constant holds as a condition; known is false for what is no constant.
func truth(v match.Value) (holds, known bool) {
	if v.Any {
		return false, false
	}
	switch v.Kind {
	case match.BoolValue:
		return v.Text == "true", true
	case match.NullValue:
		return false, true
	case match.NumberValue:
		return v.Text != "0", true
	case match.StringValue:
		return v.Text != "", true
	}
	return false, false
}

// operate evaluates an operator on constants.
func operate(sign string, a, b match.Value) match.Value {
	if a.Kind == match.Unknown || b.Kind == match.Unknown || a.Any || b.Any {
		return match.Value{}
	}
	numbers := a.Kind == match.NumberValue && b.Kind == match.NumberValue
	texts := a.Kind == match.StringValue && b.Kind == match.StringValue
	switch sign {
	case "+":
		if (a.Kind == match.StringValue || b.Kind == match.StringValue) && len(a.Text)+len(b.Text) <= maxConstant && a.Kind != match.NullValue && b.Kind != match.NullValue {
			return match.Value{Kind: match.StringValue, Text: a.Text + b.Text}
		}
	case "==", "===", "is":
		return equal(a, b, true)
	case "!=", "!==", "is not":
		return equal(a, b, false)
	case "in", "not in":
		if texts {
			return truthValue(strings.Contains(b.Text, a.Text) == (sign == "in"))
		}
		return match.Value{}
	case "<", ">", "<=", ">=":
		return ordered(sign, a, b, numbers, texts)
	}
	if numbers {
		if text, ok := lex.Calculate(sign, a.Text, b.Text); ok {
			return match.Value{Kind: match.NumberValue, Text: text}
		}
	}
	return match.Value{}
}

// equal compares constants of one kind. Languages differ about others, null aside.
func equal(a, b match.Value, same bool) match.Value {
	if a.Kind != b.Kind && a.Kind != match.NullValue && b.Kind != match.NullValue {
		return match.Value{}
	}
	return truthValue((a.Kind == b.Kind && a.Text == b.Text) == same)
}

func ordered(sign string, a, b match.Value, numbers, texts bool) match.Value {
	order := 0
	switch {
	case numbers:
		x, errX := strconv.ParseFloat(a.Text, 64)
		y, errY := strconv.ParseFloat(b.Text, 64)
		if errX != nil || errY != nil {
			return match.Value{}
		}
		if x < y {
			order = -1
		} else if x > y {
			order = 1
		}
	case texts:
		order = strings.Compare(a.Text, b.Text)
	default:
		return match.Value{}
	}
	switch sign {
	case "<":
		return truthValue(order < 0)
	case ">":
		return truthValue(order > 0)
	case "<=":
		return truthValue(order <= 0)
	}
	return truthValue(order >= 0)
}
