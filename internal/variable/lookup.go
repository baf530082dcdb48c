package variable

import (
	"strconv"
)

// Lookup returns the value of a variable. ok is false if it is not set.
type Lookup func(name string) (value string, ok bool)

// Chain asks each lookup in turn: flags, the environment, the repository's file. A value that counts as not set does not
// hide the next lookup.
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
			// Return a literal $NAME if no other lookup has a value, so that a note can mention it.
			if ok && literal == "" && Tidy(value) != "" {
				literal = value
			}
		}
		return literal, literal != ""
	}
}

// lookuper wraps a Lookup. An empty value and a literal $NAME count as not set. It joins the arrays of pipes: X_COUNT=2,
// X_0 and X_1 are the value of X.
type lookuper struct {
	lookup Lookup
	// lists names the variables that are lists.
	lists map[string]bool
}

// maxArray is the largest X_COUNT.
const maxArray = 1000

func (l lookuper) Lookup(name string) (string, bool) {
	if value, ok := l.lookup(name); ok && said(value) {
		// List.UnmarshalText tidies the items.
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
