package compare

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// errUnknown says that an expression has no value: a metavariable without a value, or an operation that the values do
// not have.
var errUnknown = errors.New("the expression has no value for these bindings")

// Holds reports whether the expression is true for the bindings. An expression that has no value (a metavariable has no
// binding or no constant value, an operation does not fit its values, a number is too large) does not hold. Now is the
// time that today() gives.
func (e *Expression) Holds(bound Bindings, now time.Time) bool {
	v, err := e.Value(bound, now)
	return err == nil && v.kind == KindBool && v.truth
}

// Value evaluates the expression. The error says that it has no value.
func (e *Expression) Value(bound Bindings, now time.Time) (Value, error) {
	return (&evaluation{bound: bound, now: now}).value(&e.root)
}

type evaluation struct {
	bound Bindings
	now   time.Time
}

func (e *evaluation) value(n *node) (Value, error) {
	switch n.do {
	case "constant":
		return n.value, nil
	case "metavariable":
		if v, ok := e.bound(n.name); ok {
			return v, nil
		}
		return Value{}, errUnknown
	}
	values := make([]Value, len(n.parts))
	for i := range n.parts {
		v, err := e.value(&n.parts[i])
		if err != nil {
			return Value{}, err
		}
		values[i] = v
	}
	switch n.do {
	case "list":
		return List(values...), nil
	case "call":
		return e.call(n, values)
	case "and", "or", "not":
		return logic(n.do, values)
	case "chain":
		return chain(n.operators, values)
	}
	if len(values) == 1 {
		return unary(n.do, values[0])
	}
	return binary(n.do, values[0], values[1])
}

// logic takes Booleans only. All operands have a value here, as in semgrep: one without a value spoils the whole.
func logic(do string, values []Value) (Value, error) {
	result := do == "and"
	for _, v := range values {
		if v.kind != KindBool {
			return Value{}, errUnknown
		}
		switch do {
		case "and":
			result = result && v.truth
		case "or":
			result = result || v.truth
		default:
			result = !v.truth
		}
	}
	return Bool(result), nil
}

// chain compares neighbours. All comparisons have a value, as in logic.
func chain(operators []string, values []Value) (Value, error) {
	all := true
	for i, operator := range operators {
		v, err := binary(operator, values[i], values[i+1])
		if err != nil {
			return Value{}, err
		}
		all = all && v.truth
	}
	return Bool(all), nil
}

func unary(do string, v Value) (Value, error) {
	switch {
	case v.kind == KindInt && do == "unary ~":
		return Int(^v.number), nil
	case v.kind == KindInt && do == "unary -" && v.number != math.MinInt64:
		return Int(-v.number), nil
	case v.kind == KindFloat && do == "unary -":
		return Float(-v.float), nil
	case (v.kind == KindInt || v.kind == KindFloat) && do == "unary +":
		return v, nil
	}
	return Value{}, errUnknown
}

func binary(do string, v, w Value) (Value, error) {
	if v.kind == KindCode || w.kind == KindCode {
		return Value{}, errUnknown
	}
	switch do {
	case "==":
		return Bool(v.equal(w)), nil
	case "!=":
		return Bool(!v.equal(w)), nil
	case "in":
		return Bool(contains(w, v)), nil
	case "not in":
		known := w.kind == KindList || w.kind == KindString && v.kind == KindString
		return Bool(known && !contains(w, v)), nil
	}
	switch {
	case v.kind == KindInt && w.kind == KindInt:
		return whole(do, v.number, w.number)
	case v.kind == KindString && w.kind == KindString && do == "+":
		return String(v.text + w.text), nil
	}
	x, y, ok := floats(v, w)
	if !ok {
		return Value{}, errUnknown
	}
	return fraction(do, x, y)
}

// contains reports whether a list has the value, or a text contains the other.
func contains(in, v Value) bool {
	if in.kind == KindList {
		for i := range in.list {
			if in.list[i].same(v) {
				return true
			}
		}
		return false
	}
	return in.kind == KindString && v.kind == KindString && strings.Contains(in.text, v.text)
}

func fraction(do string, x, y float64) (Value, error) {
	switch do {
	case "<":
		return Bool(x < y), nil
	case "<=":
		return Bool(x <= y), nil
	case ">":
		return Bool(x > y), nil
	case ">=":
		return Bool(x >= y), nil
	case "+":
		return Float(x + y), nil
	case "-":
		return Float(x - y), nil
	case "*":
		return Float(x * y), nil
	case "/":
		return Float(x / y), nil
	case "//":
		return Float(math.Floor(x / y)), nil
	case "%":
		return Float(math.Mod(x, y)), nil
	case "**":
		return Float(math.Pow(x, y)), nil
	}
	return Value{}, errUnknown
}

func (e *evaluation) call(n *node, values []Value) (Value, error) {
	switch n.name {
	case "re.match":
		if values[0].kind == KindString {
			return Bool(n.match.MatchStart(values[0].text)), nil
		}
	case "str":
		if text, ok := values[0].str(); ok {
			return String(text), nil
		}
	case "len":
		switch values[0].kind {
		case KindString:
			return Int(int64(utf8.RuneCountInString(values[0].text))), nil
		case KindList:
			return Int(int64(len(values[0].list))), nil
		}
	case "int":
		return toInt(values)
	case "float":
		return toFloat(values[0])
	case "today":
		return Float(float64(e.now.Unix())), nil
	case "strptime":
		if day, err := time.Parse("2006-1-2", values[0].text); err == nil && values[0].kind == KindString {
			return Float(float64(day.Unix())), nil
		}
	case "parse_promql_duration":
		if n, ok := duration(values[0].text); ok && values[0].kind == KindString {
			return Int(n), nil
		}
	}
	return Value{}, errUnknown
}

func toInt(values []Value) (Value, error) {
	base := 0
	if len(values) == 2 {
		if values[1].kind != KindInt || values[1].number < 0 || values[1].number > 36 || values[1].number == 1 {
			return Value{}, errUnknown
		}
		base = int(values[1].number)
	}
	switch v := values[0]; v.kind {
	case KindInt:
		return v, nil
	case KindFloat:
		if v.float > -1<<62 && v.float < 1<<62 {
			return Int(int64(v.float)), nil
		}
	case KindString:
		if n, ok := parseInt(v.text, base); ok {
			return Int(n), nil
		}
	}
	return Value{}, errUnknown
}

func toFloat(v Value) (Value, error) {
	if f, ok := v.asFloat(); ok {
		return Float(f), nil
	}
	if f, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64); err == nil && v.kind == KindString {
		return Float(f), nil
	}
	return Value{}, errUnknown
}
