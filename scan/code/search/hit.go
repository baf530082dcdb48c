package search

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/match"
)

// hit is a range with its bindings.
type hit struct {
	start, end uint32
	// bindings are sorted by name.
	bindings []Binding
	// inside says that the range is not found itself, but restricts others.
	inside bool
	// regex says that the range is that of an expression.
	regex bool
}

// within reports whether a range lies in another.
func (h hit) within(other hit) bool { return h.start >= other.start && h.end <= other.end }

// get returns the binding of a name.
func (h hit) get(name string) (match.Bound, bool) {
	at, ok := slices.BinarySearchFunc(h.bindings, name, func(b Binding, name string) int { return cmp.Compare(b.Name, name) })
	if !ok {
		return match.Bound{}, false
	}
	return h.bindings[at].Bound, true
}

// plainName is the name of a metavariable without the dots of `$...X`.
func plainName(name string) string { return strings.Replace(name, "$...", "$", 1) }

// group reports whether a name is that of an expression's group, which each expression binds anew.
func isGroup(name string) bool { return len(name) > 1 && name[1] >= '0' && name[1] <= '9' }

// agree reports whether the bindings of two hits can hold together.
func agree(f *match.File, a, b []Binding) bool {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := cmp.Compare(a[i].Name, b[j].Name); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			if !isGroup(a[i].Name) && !f.Same(a[i].Bound, b[j].Bound) {
				return false
			}
			i++
			j++
		}
	}
	return true
}

// union gives all bindings of two hits that agree; those of the first go before.
func union(a, b []Binding) []Binding {
	if len(b) == 0 {
		return a
	}
	out := make([]Binding, 0, len(a)+len(b))
	i := 0
	for _, each := range b {
		for i < len(a) && a[i].Name < each.Name {
			out = append(out, a[i])
			i++
		}
		if i < len(a) && a[i].Name == each.Name {
			out = append(out, a[i])
			i++
			continue
		}
		out = append(out, each)
	}
	return append(out, a[i:]...)
}

// with gives the bindings with one more, or with another value of it.
func with(bindings []Binding, name string, bound match.Bound) []Binding {
	return union([]Binding{{name, bound}}, bindings)
}
