package search

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/compare"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// where keeps the hits for which all conditions hold. What conditions bind is added when all have been tried, so that no
// condition sees the bindings of another.
func (e *Run) where(hits []hit, conditions []rule.Condition) []hit {
	if len(conditions) == 0 {
		return hits
	}
	var out []hit
	for _, h := range hits {
		all := h.bindings
		holds := true
		for _, condition := range conditions {
			added, ok := e.checked(h, condition)
			if !ok {
				holds = false
				break
			}
			all = union(all, added)
		}
		if holds {
			h.bindings = all
			out = append(out, h)
		}
	}
	return out
}

// checked is condition, and tells the trace of hits on the line.
func (e *Run) checked(h hit, condition rule.Condition) ([]Binding, bool) {
	if e.trace == nil {
		return e.condition(h, condition)
	}
	t := e.trace
	if len(t.here([]hit{h})) == 0 {
		e.trace = nil
	}
	added, holds := e.condition(h, condition)
	if e.trace != nil {
		t.held(h, condition, holds)
	}
	e.trace = t
	return added, holds
}

// condition reports whether a condition holds for a hit, and what it binds.
func (e *Run) condition(h hit, condition rule.Condition) ([]Binding, bool) {
	bound := func(name string) (match.Bound, bool) { return h.get(plainName(name)) }
	switch c := condition.(type) {
	case *rule.RegexCondition:
		b, ok := bound(c.Metavariable)
		if !ok {
			return nil, false
		}
		if added, ok := e.matchStart(c.Regex, e.source(b), b); ok {
			return added, true
		}
		if !c.Constant {
			return nil, false
		}
		v := e.valueOf(b)
		if v.Kind == match.Unknown || v.Any {
			return nil, false
		}
		return e.matchStart(c.Regex, v.Text, b)
	case *rule.Comparison:
		return nil, c.Expression.Holds(func(name string) (compare.Value, bool) {
			b, ok := bound(name)
			if !ok {
				return compare.Value{}, false
			}
			return e.compared(b), true
		}, e.now)
	case *rule.TypeCondition:
		b, ok := bound(c.Metavariable)
		return nil, ok && len(b.Nodes) == 1 && slices.ContainsFunc(c.Types, func(name string) bool { return e.file.HasTypeName(b.Nodes[0], name) })
	case *rule.NameCondition:
		b, ok := bound(c.Metavariable)
		if !ok || len(b.Nodes) != 1 || !e.file.Imported(b.Nodes[0]) {
			return nil, false
		}
		full := e.file.Name(b.Nodes[0])
		return nil, slices.ContainsFunc(c.Modules, func(module string) bool {
			rest, ok := strings.CutPrefix(full, module)
			return ok && (rest == "" || rest[0] == '.' || rest[0] == '/')
		})
	case *rule.AnalysisCondition:
		b, ok := bound(c.Metavariable)
		v := e.valueOf(b)
		return nil, ok && v.Kind == match.StringValue && !v.Any && c.Analysis.Holds(v.Text)
	case *rule.SubFormula:
		b, ok := bound(c.Metavariable)
		if !ok {
			return nil, false
		}
		return e.sub(h, b, c)
	}
	return nil, false
}

// matchStart tries an expression at the start of a text, and gives its groups with their places in the binding.
func (e *Run) matchStart(regex *rule.Regex, text string, b match.Bound) ([]Binding, bool) {
	key := tried{regex, text}
	if e.fails[key] {
		return nil, false
	}
	found, err := regex.Start(text)
	if err != nil {
		e.cut = true
	}
	if found == nil {
		if err == nil && e.fails != nil {
			e.fails[key] = true
		}
		return nil, false
	}
	return e.groups(regex, found, text, b.Start), true
}

// tried is an expression with a text.
type tried struct {
	regex *rule.Regex
	text  string
}

// source is the text of a binding: the content of a text that a pattern named, else the source.
func (e *Run) source(b match.Bound) string {
	if b.IsText {
		return b.Text
	}
	return e.file.Source[b.Start:b.End]
}

// valueOf is the constant value of a binding.
func (e *Run) valueOf(b match.Bound) match.Value {
	switch {
	case b.IsText:
		return match.Value{Kind: match.StringValue, Text: b.Text}
	case len(b.Nodes) == 1:
		return e.file.Value(b.Nodes[0])
	}
	return match.Value{}
}

// compared is a binding as a value of comparisons.
func (e *Run) compared(b match.Bound) compare.Value {
	v := e.valueOf(b)
	switch {
	case v.Any:
	case v.Kind == match.StringValue:
		return compare.String(v.Text)
	case v.Kind == match.BoolValue:
		return compare.Bool(v.Text == "true")
	case v.Kind == match.NumberValue:
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			return compare.Int(n)
		}
		if n, err := strconv.ParseFloat(v.Text, 64); err == nil {
			return compare.Float(n)
		}
	}
	return compare.Code(e.source(b))
}

// sub evaluates a formula in the range of a binding and gives its bindings.
func (e *Run) sub(h hit, b match.Bound, c *rule.SubFormula) ([]Binding, bool) {
	inner := *e
	inner.start, inner.end, inner.env = b.Start, b.End, h.bindings
	if c.Language != "" && c.Language != e.program.language {
		inner = e.other(b, c.Language)
	} else if b.IsText && e.file.Source[b.Start:b.End] != b.Text {
		// The content of a text without its quotes, of which only expressions can be tried.
		inner = e.other(b, rule.LanguageRegex)
	}
	whole := hit{start: inner.start, end: inner.end}
	if inner.file == e.file {
		whole.bindings = h.bindings
	}
	var found []hit
	if and, ok := c.Formula.(*rule.And); ok && !slices.ContainsFunc(and.Members, func(m rule.Formula) bool { _, not := m.(*rule.Not); return !not }) {
		found = inner.and(and, []hit{whole})
	} else {
		found = inner.formula(c.Formula)
	}
	e.pairs, e.cut = max(e.pairs, inner.pairs), e.cut || inner.cut
	for _, each := range found {
		if inner.file == e.file {
			if !agree(e.file, h.bindings, each.bindings) {
				continue
			}
			return each.bindings, true
		}
		return e.moved(each.bindings, b, inner.file.Source, h), true
	}
	return nil, false
}

// moved gives bindings that were found in the text of a binding as bindings of the file. A text that the file writes
// otherwise, with escapes, has the range of the whole.
func (e *Run) moved(found []Binding, b match.Bound, text string, h hit) []Binding {
	at := strings.Index(e.file.Source[b.Start:b.End], text)
	var all []Binding
	for _, each := range found {
		if _, known := h.get(each.Name); known || int(each.End) > len(text) {
			continue
		}
		bound := match.Bound{Start: b.Start, End: b.End, Text: text[each.Start:each.End], IsText: true}
		if at >= 0 {
			bound.Start, bound.End = b.Start+uint32(at)+each.Start, b.Start+uint32(at)+each.End
		}
		all = append(all, Binding{each.Name, bound})
	}
	return all
}

// other reads a binding in another language: the content of a text literal, or the source.
func (e *Run) other(b match.Bound, language rule.Language) Run {
	text := e.source(b)
	if v := e.valueOf(b); v.Kind == match.StringValue && !v.Any {
		text = v.Text
	}
	inner := *e
	inner.env, inner.trace = nil, nil
	inner.start, inner.end = 0, uint32(len(text))
	seen := e.set.texts(language, text, nil)
	inner.found = seen.find(e.program.leaves)
	inner.file = seen.file
	inner.cut = inner.cut || inner.found.cut()
	return inner
}
