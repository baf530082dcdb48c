package flow

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Way is how far the data of one source gets in its file.
type Way struct {
	// Source is the range of the source, and Rule its place in the rule.
	Source tree.Span
	Rule   rule.Position
	// Reached are the expressions that hold data of the source, by place, each once.
	Reached []tree.Span
	// Cleaned are the expressions that lose it, by place.
	Cleaned []Clean
	// Sinks are the sinks at which it arrives, by place.
	Sinks []tree.Span
}

// Clean is an expression that loses its data.
type Clean struct {
	tree.Span
	By CleanedBy
	// Rule is the place of the sanitizer in the rule.
	Rule rule.Position
}

// CleanedBy is why an expression loses its data.
type CleanedBy string

// The reasons.
const (
	BySanitizer CleanedBy = "sanitizer"
	// ByType: the expression is a number or a truth value, which the rule takes for safe.
	ByType CleanedBy = "type"
	// ByCheck: a condition compares the data with constants.
	ByCheck CleanedBy = "check"
)

// watch notes what happens to the data of sources, by their numbers.
type watch struct {
	reached map[int]map[site]bool
	cleaned map[int]map[Clean]bool
}

// hold notes that an expression holds data.
func (s *watch) hold(t taints, at site) {
	for _, each := range t {
		if s.reached[each.source] == nil {
			s.reached[each.source] = map[site]bool{}
		}
		s.reached[each.source][at] = true
	}
}

// lose notes that an expression loses data.
func (s *watch) lose(t taints, c Clean) {
	for _, each := range t {
		if s.cleaned[each.source] == nil {
			s.cleaned[each.source] = map[Clean]bool{}
		}
		s.cleaned[each.source][c] = true
	}
}

// Explain follows the data of a taint rule in one file and says how far that of each source gets, in the order of the
// sources' places.
func Explain(run *search.Run) (ways []Way, extent Extent) {
	r := run.Rule()
	file, places := run.File(), &Match(run).all().Places
	a := newAnalysis(alone(file), &Query{Rule: r, Places: func(int) *Places { return places }, Start: []int{0}})
	a.watch = &watch{map[int]map[site]bool{}, map[int]map[Clean]bool{}}
	a.all()
	result := a.result()
	byPlace := func(a, b tree.Span) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) }
	for number, p := range places.Sources {
		way := Way{Source: tree.Span{Start: p.Start, End: p.End}, Rule: r.Taint.Sources[p.Of].Position}
		for at := range a.watch.reached[number] {
			way.Reached = append(way.Reached, file.Span(at.id))
		}
		for c := range a.watch.cleaned[number] {
			way.Cleaned = append(way.Cleaned, c)
		}
		for _, path := range result.Paths {
			if s := places.Sinks[path.Sink]; path.Source == number {
				way.Sinks = append(way.Sinks, tree.Span{Start: s.Start, End: s.End})
			}
		}
		slices.SortFunc(way.Reached, byPlace)
		way.Reached = slices.Compact(way.Reached)
		slices.SortFunc(way.Cleaned, func(a, b Clean) int { return cmp.Or(byPlace(a.Span, b.Span), cmp.Compare(a.Rule.Line, b.Rule.Line)) })
		slices.SortFunc(way.Sinks, byPlace)
		way.Sinks = slices.Compact(way.Sinks)
		ways = append(ways, way)
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return byPlace(a.Source, b.Source) })
	if run.Cut() {
		return ways, Cut
	}
	return ways, result.Extent
}
