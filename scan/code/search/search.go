package search

import (
	"cmp"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Input is a file under examination.
type Input struct {
	Source   string
	Language rule.Language
	// Tree is the tree of the source; nil makes Search parse it when a rule needs it.
	Tree *tree.Tree
	// Parse reads the source when a rule needs its tree; nil means the parser of the language.
	Parse func(source string) *tree.Tree
	// Skip says of a rule that it is not to run on this file, for example by its paths; nil skips none.
	Skip func(*rule.Rule) bool
	// Across says that a flow may go on in another file. One of its ends, or what cleans it, is then enough for the rule to be in play.
	Across bool
	// Half says which formulas of taint rules are matched. The others match nothing.
	Half Half
	// Ends, if set, is told of each taint rule of the language of which the file can hold an end. Such rules are then not run.
	Ends func(End)
	// Now is the time that comparisons with today() use.
	Now time.Time
}

// Half is a part of a taint rule that can be matched alone.
type Half uint8

// The halves, and all of it.
const (
	Whole Half = iota
	Sinks
	Sources
)

// End says that a file can hold a source or a sink of a taint rule.
type End struct {
	Rule         *rule.Rule
	Source, Sink bool
}

// Finding is one place that a rule finds.
type Finding struct {
	Rule *rule.Rule
	// Start and End are the range in the source.
	Start, End uint32
	// Bindings are what the metavariables stand for, by name.
	Bindings []Binding
	// Message is the rule's message with the source text of the bindings.
	Message string
}

// Binding is a metavariable with what it stands for. Name has the dollar and no dots: "$X".
type Binding struct {
	Name string
	match.Bound
}

// Result is what the rules found in a file.
type Result struct {
	// Findings are in the order of the file, those of one place in the order of the rules. Equal ones are one.
	Findings []Finding
	// Cut are the rules that used up their steps, so that some of their findings may be missing, in their order.
	Cut []*rule.Rule
}

// Search runs the search rules of a language, and those for files of any kind, on a file. Taint rules find nothing here.
func (s *Set) Search(in Input) Result {
	var result Result
	for _, run := range s.Examine(in) {
		if run.Rule().Taint == nil {
			run.report(&result)
		}
	}
	slices.SortStableFunc(result.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return result
}

// Search gives what the search rule of the run finds, in the order of the file. A taint rule finds nothing here.
func (e *Run) Search() Result {
	var result Result
	if e.program.rule.Taint == nil {
		e.report(&result)
	}
	return result
}

// report adds the findings of a rule.
func (e *Run) report(result *Result) {
	r := e.program.rule
	hits := e.unique(e.formula(r.Match))
	for _, h := range hits {
		if r.Options.MaxMatches > 0 && len(hits) > r.Options.MaxMatches {
			break
		}
		result.add(e.Finding(Range{h.start, h.end, h.bindings}))
	}
	if e.Cut() {
		result.Cut = append(result.Cut, r)
	}
}

// Finding is what the rule finds at a range, with its message.
func (e *Run) Finding(at Range) Finding {
	h := hit{bindings: at.Bindings}
	f := Finding{Rule: e.program.rule, Start: at.Start, End: at.End, Bindings: at.Bindings}
	f.Message = f.Rule.Message.Text(func(name string, value bool) (string, bool) {
		b, ok := h.get(plainName(name))
		if !ok {
			return "", false
		}
		if value {
			if v := e.valueOf(b); v.Kind != match.Unknown && !v.Any {
				return v.Text, true
			}
		}
		return e.source(b), true
	})
	return f
}

// add adds a finding, unless an equal one is there.
func (r *Result) add(f Finding) {
	double := func(g Finding) bool {
		return g.Rule == f.Rule && g.Start == f.Start && g.End == f.End && g.Message == f.Message
	}
	if !slices.ContainsFunc(r.Findings[max(0, len(r.Findings)-maxDoubles):], double) {
		r.Findings = append(r.Findings, f)
	}
}

// maxDoubles is among how many of the last findings an equal one is looked for. Equal ones are near one another.
const maxDoubles = 300
