package search

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// maxPairs bounds the comparisons of ranges of a rule in a file.
const maxPairs = 5_000_000

// formula gives the ranges of a formula.
func (e *Run) formula(f rule.Formula) []hit {
	if e.trace == nil {
		return e.evaluate(f)
	}
	part := e.trace.open(f)
	hits := e.evaluate(f)
	e.trace.close(part, hits)
	return hits
}

func (e *Run) evaluate(f rule.Formula) []hit {
	switch f := f.(type) {
	case *rule.Pattern:
		return e.pattern(f)
	case *rule.RegexPattern:
		return e.regex(f)
	case *rule.And:
		return e.and(f, nil)
	case *rule.Or:
		var all []hit
		for _, member := range f.Members {
			all = append(all, e.formula(member)...)
		}
		return all
	case *rule.Inside:
		return marked(e.evaluate(f.Formula))
	case *rule.Anywhere:
		return e.evaluate(f.Formula)
	}
	return nil
}

// marked gives hits as restrictions.
func marked(hits []hit) []hit {
	hits = slices.Clone(hits)
	for i := range hits {
		hits[i].inside = true
	}
	return hits
}

// pattern gives the matches of a pattern in the range.
func (e *Run) pattern(p *rule.Pattern) []hit {
	matches := e.found.of(p.Index()).Matches
	if len(matches) == 0 {
		return nil
	}
	names := e.program.leaves[p.Index()].names()
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
	hits := make([]hit, 0, len(matches))
	room := make([]Binding, 0, len(matches)*len(names))
	for _, m := range matches {
		if m.Start < e.start || m.End > e.end {
			continue
		}
		from := len(room)
		for _, i := range order {
			if b := m.Bound[i]; b.Nodes != nil || b.IsText {
				room = append(room, Binding{names[i], b})
			}
		}
		hits = append(hits, hit{start: m.Start, end: m.End, bindings: room[from:len(room):len(room)]})
	}
	return e.known(hits)
}

// known keeps the hits that agree with the bindings around, and adds these.
func (e *Run) known(hits []hit) []hit {
	if len(e.env) == 0 {
		return hits
	}
	var out []hit
	for _, h := range hits {
		if e.pairs++; e.pairs <= maxPairs && agree(e.file, h.bindings, e.env) {
			h.bindings = union(h.bindings, e.env)
			out = append(out, h)
		}
	}
	return out
}

// regex gives the matches of an expression in the range, with its groups as bindings.
func (e *Run) regex(p *rule.RegexPattern) []hit {
	text := e.file.Source[e.start:e.end]
	found, err := p.Regex.Find(text)
	if err != nil {
		e.cut = true
	}
	var hits []hit
	for _, at := range found {
		hits = append(hits, hit{start: e.start + uint32(at[0]), end: e.start + uint32(at[1]), regex: true, bindings: e.groups(p.Regex, at, text, e.start)})
	}
	return e.known(hits)
}

// groups gives the groups of a match in a text as bindings. The text begins at an offset of the source.
func (e *Run) groups(regex *rule.Regex, at []int, text string, start uint32) []Binding {
	names := regex.Names()
	var all []Binding
	for group := 1; 2*group < len(at); group++ {
		if at[2*group] < 0 {
			continue
		}
		bound := match.Bound{Start: start + uint32(at[2*group]), End: start + uint32(at[2*group+1]), Text: text[at[2*group]:at[2*group+1]], IsText: true}
		all = with(all, "$"+strconv.Itoa(group), bound)
		if group < len(names) && names[group] != "" {
			all = with(all, "$"+names[group], bound)
		}
	}
	return all
}

// and evaluates a conjunction. Start is what holds already; nil begins with the first member.
func (e *Run) and(f *rule.And, start []hit) []hit {
	hits, begun := start, start != nil
	joined := false
	for _, inside := range []bool{false, true} {
		for _, member := range f.Members {
			switch member := member.(type) {
			case *rule.Not:
				continue
			case *rule.Anywhere:
				if inside && begun {
					hits, joined = e.anywhere(hits, e.formula(member)), true
				} else if inside {
					hits, begun = e.formula(member), true
				}
				continue
			case *rule.Inside:
				if !inside {
					continue
				}
			default:
				if inside {
					continue
				}
			}
			found := e.formula(member)
			if !begun {
				hits, begun = found, true
				continue
			}
			hits, joined = e.intersect(hits, found), true
		}
	}
	if joined && e.trace != nil {
		e.trace.together(f.Position, hits)
	}
	for _, member := range f.Members {
		if not, ok := member.(*rule.Not); ok {
			before := hits
			hits = e.subtract(hits, not.Formula)
			if e.trace != nil {
				e.trace.changed(not.Formula.At(), keyOf(not), before, hits)
			}
		}
	}
	if f.As != "" {
		hits = slices.Clone(hits)
		for i := range hits {
			h := &hits[i]
			h.bindings = with(h.bindings, plainName(f.As), match.Bound{Start: h.start, End: h.end, Text: e.file.Source[h.start:h.end], IsText: true})
		}
	}
	hits = e.where(hits, f.Where)
	moved := e.focus(hits, f.Focus)
	if e.trace != nil && len(f.Focus) > 0 {
		e.trace.changed(f.Focus[0].Position, "focus-metavariable", hits, moved)
	}
	return moved
}

// intersect keeps the ranges of one side that lie in one of the other, with the bindings of both.
func (e *Run) intersect(a, b []hit) []hit {
	var out []hit
	one := func(in, around []hit, equal bool) {
		for _, u := range in {
			for _, v := range around {
				if e.pairs++; e.pairs > maxPairs {
					return
				}
				if !u.within(v) || u.inside && !v.inside || !equal && u.start == v.start && u.end == v.end && u.inside == v.inside || !agree(e.file, u.bindings, v.bindings) {
					continue
				}
				h := u
				h.bindings = union(u.bindings, v.bindings)
				out = append(out, h)
			}
		}
	}
	one(a, b, true)
	one(b, a, false)
	return e.unique(out)
}

// anywhere keeps the hits that agree with one of others, wherever it is.
func (e *Run) anywhere(hits, others []hit) []hit {
	var out []hit
	for _, u := range hits {
		for _, v := range others {
			if e.pairs++; e.pairs > maxPairs {
				return out
			}
			if agree(e.file, u.bindings, v.bindings) {
				u.bindings = union(u.bindings, v.bindings)
				out = append(out, u)
				break
			}
		}
	}
	return out
}

// subtract removes the hits that a negated formula says: the equal ones of a pattern, those that lie in an Inside, those
// that lie in or around an expression, all that agree with an Anywhere.
func (e *Run) subtract(hits []hit, formula rule.Formula) []hit {
	if len(hits) == 0 {
		return nil
	}
	_, anywhere := formula.(*rule.Anywhere)
	if e.trace != nil {
		e.trace.not = true
	}
	negated := e.formula(formula)
	return slices.DeleteFunc(slices.Clone(hits), func(u hit) bool {
		return slices.ContainsFunc(negated, func(v hit) bool {
			if e.pairs++; e.pairs > maxPairs {
				return false
			}
			var covered bool
			switch {
			case anywhere:
				covered = true
			case v.inside:
				covered = u.within(v)
			case v.regex:
				covered = u.within(v) || v.within(u)
			default:
				covered = u.start == v.start && u.end == v.end
			}
			return covered && agree(e.file, u.bindings, v.bindings)
		})
	})
}

// focus moves the ranges to those of metavariables.
func (e *Run) focus(hits []hit, entries []rule.Focus) []hit {
	for i, entry := range entries {
		var out []hit
		for _, h := range hits {
			for _, name := range entry.Names {
				b, ok := h.get(plainName(name))
				if !ok || b.Start == b.End {
					continue
				}
				moved := h
				moved.start, moved.end = b.Start, b.End
				if i > 0 {
					if h.within(moved) {
						moved.start, moved.end = h.start, h.end
					} else if !moved.within(h) {
						continue
					}
				}
				out = append(out, moved)
			}
		}
		hits = out
	}
	return hits
}

// unique drops hits that say the same, and sorts by place.
func (e *Run) unique(hits []hit) []hit {
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var kept []hit
	for _, h := range hits {
		double := false
		for i := len(kept) - 1; i >= 0 && kept[i].start == h.start && !double; i-- {
			if e.pairs++; e.pairs > maxPairs {
				break
			}
			double = kept[i].end == h.end && kept[i].inside == h.inside && slices.EqualFunc(kept[i].bindings, h.bindings, func(a, b Binding) bool {
				return a.Name == b.Name && a.Start == b.Start && a.End == b.End && a.IsText == b.IsText
			})
		}
		if !double {
			kept = append(kept, h)
		}
	}
	return kept
}
