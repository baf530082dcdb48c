package compare

import (
	"math/bits"
	"strconv"
	"strings"
)

// whole calculates with whole numbers of 64 bits. As in semgrep, a quotient is cut toward zero and a remainder has the
// sign of the first number. A result with more bits has no value.
func whole(do string, x, y int64) (Value, error) {
	switch do {
	case "<":
		return Bool(x < y), nil
	case "<=":
		return Bool(x <= y), nil
	case ">":
		return Bool(x > y), nil
	case ">=":
		return Bool(x >= y), nil
	case "&":
		return Int(x & y), nil
	case "|":
		return Int(x | y), nil
	case "^":
		return Int(x ^ y), nil
	}
	n, ok := calculate(do, x, y)
	if !ok {
		return Value{}, errUnknown
	}
	return Int(n), nil
}

func calculate(do string, x, y int64) (n int64, ok bool) {
	switch do {
	case "+":
		n = x + y
		return n, (n > x) == (y > 0)
	case "-":
		n = x - y
		return n, (n < x) == (y > 0)
	case "*":
		return times(x, y)
	case "/", "//", "%":
		// The one quotient that has 65 bits is refused with the division by zero.
		if y == 0 || y == -1 && x == -1<<63 {
			return 0, false
		}
		switch {
		case do == "%":
			return x % y, true
		case do == "//" && x%y != 0 && (x < 0) != (y < 0):
			return x/y - 1, true
		}
		return x / y, true
	case "<<":
		if y < 0 || y > 62 {
			return 0, false
		}
		return times(x, 1<<y)
	case ">>":
		return x >> min(max(y, 0), 63), y >= 0
	case "**":
		return power(x, y)
	}
	return 0, false
}

// times multiplies, if the product fits.
func times(x, y int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(x), magnitude(y))
	negative := (x < 0) != (y < 0)
	switch {
	case high != 0 || low > 1<<63 || low == 1<<63 && !negative:
		return 0, false
	case negative:
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(x int64) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

// power raises to a power that is not negative, if the result fits. The bases 0, 1 and -1 end early, so that every other
// one leaves 64 bits after 63 steps.
func power(x, y int64) (int64, bool) {
	switch {
	case y < 0:
		return 0, false
	case x == 0 && y > 0, x == 1:
		return x, true
	case x == -1:
		return 1 - 2*(y&1), true
	}
	n, ok := int64(1), true
	for i := int64(0); ok && i < y; i++ {
		n, ok = times(n, x)
	}
	return n, ok
}

// duration reads a duration of Prometheus ("1h30m") in milliseconds. Source:
// https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
func duration(text string) (int64, bool) {
	total := int64(0)
	for text != "" {
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		n, err := strconv.ParseInt(text[:digits], 10, 64)
		if err != nil {
			return 0, false
		}
		text = text[digits:]
		unit := int64(0)
		for _, u := range units {
			if strings.HasPrefix(text, u.name) {
				unit, text = u.milliseconds, text[len(u.name):]
				break
			}
		}
		n, ok := times(n, unit)
		if !ok || unit == 0 || total+n < total {
			return 0, false
		}
		total += n
	}
	return total, total > 0
}

// units are the units of durations; "ms" precedes "m".
var units = [...]struct {
	name         string
	milliseconds int64
}{
	{"ms", 1}, {"s", 1000}, {"m", 60_000}, {"h", 3_600_000}, {"d", 86_400_000}, {"w", 7 * 86_400_000}, {"y", 365 * 86_400_000},
}
