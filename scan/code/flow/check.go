package flow

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// negated are the checks of the opposite.
func (c *checks) negated() *checks {
	if c == nil {
		return nil
	}
	return &checks{c.fails, c.holds, c.failing, c.sources}
}

// and are the checks of one condition that proves two things.
func (c *checks) and(other *checks) *checks {
	if c == nil {
		return other
	}
	if other == nil {
		return c
	}
	return &checks{slices.Concat(c.holds, other.holds), slices.Concat(c.fails, other.fails), slices.Concat(c.sources, other.sources), slices.Concat(c.failing, other.failing)}
}

// both are the checks of `a && b`, or of `a || b`: what each of them proves where both are known, what both prove else.
func both(a, b *checks, and bool) *checks {
	if a == nil && b == nil {
		return nil
	}
	if a == nil {
		a = &checks{}
	}
	if b == nil {
		b = &checks{}
	}
	if and {
		return &checks{slices.Concat(a.holds, b.holds), shared(a.fails, b.fails), slices.Concat(a.sources, b.sources), shared(a.failing, b.failing)}
	}
	return &checks{shared(a.holds, b.holds), slices.Concat(a.fails, b.fails), shared(a.sources, b.sources), slices.Concat(a.failing, b.failing)}
}

// shared are the elements of both lists.
func shared[T comparable](x, y []T) (list []T) {
	for _, each := range x {
		if slices.Contains(y, each) {
			list = append(list, each)
		}
	}
	return list
}

// alternative are the checks of a value that is one of two. A constant proves nothing where it is the opposite.
func alternative(a, b value) *checks {
	if a.checks == nil && b.checks == nil {
		return nil
	}
	first, second := a.checks.orNone(), b.checks.orNone()
	out := &checks{shared(first.holds, second.holds), shared(first.fails, second.fails), shared(first.sources, second.sources), shared(first.failing, second.failing)}
	for _, each := range []struct {
		constant match.Value
		other    *checks
	}{{a.known, second}, {b.known, first}} {
		if holds, known := truth(each.constant); known && !holds {
			out.holds, out.sources = each.other.holds, each.other.sources
		} else if known {
			out.fails, out.failing = each.other.fails, each.other.failing
		}
	}
	return out
}

func (c *checks) orNone() *checks {
	if c == nil {
		return &checks{}
	}
	return c
}

// proven is what a guard of the rule proves.
func (w *walk) proven(c *Check) *checks {
	var list []int
	for _, t := range w.whole(w.seen[w.site(c.Checked)]) {
		list = append(list, t.source)
	}
	if len(list) == 0 {
		return nil
	}
	places := w.seen[w.site(c.Checked)].where()
	if w.rule.Guards[c.Of].Fails {
		return &checks{fails: places, failing: list}
	}
	return &checks{holds: places, sources: list}
}

// sameText cleans what was checked before as the same text: `if (!list.has(req.query.x)) return` is a check of the next
// `req.query.x` too, which is a source again.
func (w *walk) sameText(id tree.ID, v value) value {
	if len(v.taints) == 0 || !w.options.Guards {
		return v
	}
	switch w.file.Kind(id) {
	case tree.Member, tree.Index, tree.Call:
	default:
		return v
	}
	span := w.file.Span(id)
	if span.End-span.Start > maxText {
		return v
	}
	p := place{w.frame, w.name(textMark + w.file.Source[span.Start:span.End])}
	if _, checked := w.state.get(p); checked {
		v.taints = nil
	} else {
		v.spelled = p
		w.texts[p] = true
	}
	return v
}

const (
	// textMark begins the names of places that stand for the text of an expression. No name of a program has it.
	textMark = "\x00"
	// maxText bounds the texts that are compared, in bytes.
	maxText = 200
)

// cleanSources cleans all places that hold data of some sources.
func (w *walk) cleanSources(sources []int) {
	if len(sources) == 0 {
		return
	}
	clean := map[place]value{}
	differ(w.state.root, nil, 0, func(l, _ *leaf) bool {
		v := l.v
		kept := slices.DeleteFunc(slices.Clone(v.taints), func(t taint) bool { return slices.Contains(sources, t.source) })
		if len(kept) < len(v.taints) {
			v.taints = kept
			clean[l.at] = v
		}
		return true
	})
	for p, v := range clean {
		w.state.put(p, v)
	}
}
