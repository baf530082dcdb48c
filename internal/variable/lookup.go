package variable

import (
	"strconv"
)

// Lookup gives the value of a variable; ok is false when it is not set.
type Lookup func(name string) (value string, ok bool)

// Chain asks each lookup in turn: flags, then the environment, then the repository's file. One whose value says nothing does
// not hide the next.
func Chain(lookups ...Lookup) Lookup {
	return func(name string) (string, bool) {
		literal := ""
		for _, l := range lookups {
			if l == nil {
				continue
			}
			value, ok := l(name)
			if ok && said(value) {
				return value, true
			}
			// One that was passed on unset is named when nothing else is said.
			if ok && literal == "" && Tidy(value) != "" {
				literal = value
			}
		}
		return literal, literal != ""
	}
}

// lookuper hands a Lookup to envconfig. It counts a value that says nothing as not set, and puts together the arrays of
// pipes: X_COUNT=2, X_0 and X_1 are the value of X.
type lookuper struct {
	lookup Lookup
	// lists names the variables that are lists.
	lists map[string]bool
}

// maxArray bounds X_COUNT.
const maxArray = 1000

// Lookup implements envconfig.Lookuper.
func (l lookuper) Lookup(name string) (string, bool) {
	if value, ok := l.lookup(name); ok && said(value) {
		// A list tidies its items.
		if l.lists[name] {
			return value, true
		}
		return Tidy(value), true
	}
	text, ok := l.lookup(name + "_COUNT")
	if !ok {
		return "", false
	}
	n, err := strconv.Atoi(Tidy(text))
	if err != nil || n < 1 || n > maxArray {
		return "", false
	}
	items := make([]string, 0, n)
	for i := range n {
		if item, ok := l.lookup(name + "_" + strconv.Itoa(i)); ok {
			items = append(items, item)
		}
	}
	value := Items(items)
	return value, value != ""
}
