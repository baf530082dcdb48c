package variable

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Bool is a switch.
type Bool bool

// UnmarshalText reads true, yes, on, 1 and false, no, off, 0 in any case.
func (b *Bool) UnmarshalText(text []byte) error {
	switch strings.ToLower(strings.TrimSpace(string(text))) {
	case "true", "yes", "on", "1", "y", "t":
		*b = true
	case "false", "no", "off", "0", "n", "f":
		*b = false
	default:
		return fmt.Errorf("%q is neither true nor false", text)
	}
	return nil
}

// Presence is a switch that every value turns on, except an explicit no. NO_COLOR is one (https://no-color.org).
type Presence bool

// UnmarshalText never fails.
func (p *Presence) UnmarshalText(text []byte) error {
	var b Bool
	*p = Presence(b.UnmarshalText(text) != nil || bool(b))
	return nil //nolint:nilerr // every word that is not a plain no is a yes
}

// Count is a number of at least 1. The zero value is "not set".
type Count int

// UnmarshalText reads a whole number.
func (c *Count) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || n < 1 || n > math.MaxInt32 {
		return fmt.Errorf("%q is not a whole number of at least 1", text)
	}
	*c = Count(n)
	return nil
}

// Size is a number of bytes, at least 1.
type Size int64

// UnmarshalText reads a number with an optional unit: KB, MB, GB (of 1,024).
func (s *Size) UnmarshalText(text []byte) error {
	word := strings.ToUpper(strings.TrimSpace(string(text)))
	number := strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(word, "IB"), "B"), " ")
	shift := 0
	for i, unit := range []string{"K", "M", "G"} {
		if rest, ok := strings.CutSuffix(number, unit); ok {
			number, shift = strings.TrimSpace(rest), 10*(i+1)
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64>>shift {
		return fmt.Errorf("%q is not a size: write it as 500KB, 32MB or 1GB", text)
	}
	*s = Size(n << shift)
	return nil
}

// Duration is a time limit above zero.
type Duration time.Duration

// UnmarshalText reads 90s, 5m, 1h30m, or a bare number of seconds.
func (d *Duration) UnmarshalText(text []byte) error {
	word := strings.TrimSpace(string(text))
	if n, err := strconv.Atoi(word); err == nil {
		word = strconv.Itoa(n) + "s"
	}
	value, err := time.ParseDuration(word)
	if err != nil || value <= 0 {
		return fmt.Errorf("%q is not a time: write it as 90s, 5m or 1h", text)
	}
	*d = Duration(value)
	return nil
}

// List is a list of items separated by commas or line ends.
type List []string

// UnmarshalText removes white space and quotes around items, and drops empty items and literal $NAMEs. It splits a value
// of [Items] only at its item ends, and a value with line ends only at those, so that items may contain commas.
func (l *List) UnmarshalText(text []byte) error {
	value, separator := string(text), ","
	switch {
	case strings.Contains(value, itemEnd):
		separator = itemEnd
	case strings.Contains(value, "\n"):
		separator = "\n"
	default:
		value = Tidy(value)
	}
	*l = nil
	for item := range strings.SplitSeq(value, separator) {
		if said(item) {
			*l = append(*l, Tidy(item))
		}
	}
	return nil
}
