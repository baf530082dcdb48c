package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/rule"
)

// Part is what became of one part of a rule on a line.
type Part struct {
	rule.Position
	// Depth is how deep the part stands in the rule, from 0.
	Depth int
	// Key is the part's key in the old syntax: "pattern-not-inside".
	Key string
	// Text says what the part did: what it matched, removed, or did not let pass. It never quotes the file.
	Text string
	// Here says that the part matches on the line, and is no restriction such as pattern-inside and pattern-not.
	Here bool
}

// trace collects the parts while a formula is evaluated.
type trace struct {
	// start and end are the line that is asked about.
	start, end uint32
	place      func(start, end uint32) string
	depth      int
	// not says that the next part is a negation.
	not bool
	// around counts the restrictions around the next part.
	around int
	parts  []Part
}

// Explain evaluates a formula of the rule and says what each of its parts did on a line, the whole before its parts. The
// line is a range of offsets; place names a range for the reader. found says that the formula matches on the line.
func (e *Run) Explain(f rule.Formula, start, end uint32, place func(start, end uint32) string) (parts []Part, found bool) {
	inner := *e
	inner.trace = &trace{start: start, end: end, place: place}
	hits := inner.unique(inner.formula(f))
	e.pairs, e.cut = max(e.pairs, inner.pairs), e.cut || inner.cut
	return inner.trace.parts, len(inner.trace.here(hits)) > 0
}

// here keeps the hits that touch the line.
func (t *trace) here(hits []hit) []hit {
	var out []hit
	for _, h := range hits {
		if h.start < t.end && h.end > t.start || h.start == h.end && h.start >= t.start && h.start < t.end {
			out = append(out, h)
		}
	}
	return out
}

// maxShown bounds the places that a part names.
const maxShown = 3

// places names the hits on the line: "12:5-12:20".
func (t *trace) places(hits []hit) string {
	var names []string
	for _, h := range hits {
		if name := t.place(h.start, h.end); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names) - maxShown; n > 0 {
		names = append(names[:maxShown], fmt.Sprintf("%d more", n))
	}
	return strings.Join(names, ", ")
}

// open begins a part and gives its number.
func (t *trace) open(f rule.Formula) int {
	key := keyOf(f)
	if t.not {
		key, t.not = notKey(key), false
	}
	if restriction(key) {
		t.around++
	}
	t.parts = append(t.parts, Part{Position: f.At(), Depth: t.depth, Key: key})
	t.depth++
	return len(t.parts) - 1
}

// close says what a part matched.
func (t *trace) close(part int, hits []hit) {
	t.depth--
	here := t.here(hits)
	p := &t.parts[part]
	switch {
	case len(here) > 0:
		p.Text, p.Here = "matches "+t.places(here), t.around == 0
	case len(hits) > 0:
		p.Text = fmt.Sprintf("matches elsewhere in the file (%d), not on this line", len(hits))
	default:
		p.Text = "matches nothing in the file"
	}
	if restriction(p.Key) {
		t.around--
	}
}

// restriction reports whether a part with a key says where others match.
func restriction(key string) bool {
	return key == "pattern-inside" || key == "anywhere" || strings.HasPrefix(key, "pattern-not")
}

// changed says what a step of a conjunction left of the hits on the line.
func (t *trace) changed(at rule.Position, key string, before, after []hit) {
	was, is := t.here(before), t.here(after)
	if len(was) == 0 {
		return
	}
	text := "so all of them are left"
	switch {
	case len(is) == 0:
		text = "so nothing is left on this line"
	case len(is) < len(was):
		text = fmt.Sprintf("so %d of %d are left: %s", len(is), len(was), t.places(is))
	}
	t.parts = append(t.parts, Part{Position: at, Depth: t.depth, Key: key, Text: text})
}

// together says what the positive parts of a conjunction match in one another.
func (t *trace) together(at rule.Position, hits []hit) {
	text := "the parts above do not match in one another with the same metavariables on this line"
	if here := t.here(hits); len(here) > 0 {
		text = "the parts above match together: " + t.places(here)
	}
	t.parts = append(t.parts, Part{Position: at, Depth: t.depth, Key: "patterns", Text: text})
}

// held says whether a condition holds for a hit on the line.
func (t *trace) held(h hit, c rule.Condition, holds bool) {
	key, name := conditionKey(c)
	text := "does not hold"
	if holds {
		text = "holds"
	}
	if b, ok := h.get(plainName(name)); name != "" {
		text += fmt.Sprintf(" for %s", name)
		if ok {
			text += " (" + t.place(b.Start, b.End) + ")"
		} else {
			text += ", which is bound to nothing"
		}
	}
	t.parts = append(t.parts, Part{Position: c.At(), Depth: t.depth, Key: key, Text: text})
}

// keyOf is the key of a formula in the old syntax.
func keyOf(f rule.Formula) string {
	switch f := f.(type) {
	case *rule.Pattern:
		return "pattern"
	case *rule.RegexPattern:
		return "pattern-regex"
	case *rule.Or:
		return "pattern-either"
	case *rule.Inside:
		return "pattern-inside"
	case *rule.Anywhere:
		return "anywhere"
	case *rule.Not:
		return notKey(keyOf(f.Formula))
	}
	return "patterns"
}

// notKey is the key of the negation of a part.
func notKey(key string) string {
	switch key {
	case "pattern-inside", "pattern-regex":
		return "pattern-not" + strings.TrimPrefix(key, "pattern")
	}
	return "pattern-not"
}

// conditionKey is the key of a condition, and the metavariable that it is about; "" when it may be about several.
func conditionKey(c rule.Condition) (key, metavariable string) {
	switch c := c.(type) {
	case *rule.RegexCondition:
		return "metavariable-regex", c.Metavariable
	case *rule.Comparison:
		return "metavariable-comparison", ""
	case *rule.SubFormula:
		return "metavariable-pattern", c.Metavariable
	case *rule.TypeCondition:
		return "metavariable-type", c.Metavariable
	case *rule.NameCondition:
		return "metavariable-name", c.Metavariable
	case *rule.AnalysisCondition:
		return "metavariable-analysis", c.Metavariable
	}
	return "where", ""
}
