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
	// Skip says of a rule that it is not to run on this file, for example by its paths; nil skips none.
	Skip func(*rule.Rule) bool
	// Now is the time that comparisons with today() use.
	Now time.Time
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
	// Steps are the way of the data from its source to the range, which is the last one; nil for a rule that follows none.
	Steps []tree.Span
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

// Search runs the rules of a language, and those for files of any kind, on a file.
func (s *Set) Search(in Input) Result {
	var result Result
	for _, language := range []rule.Language{in.Language, rule.LanguageGeneric, rule.LanguageRegex} {
		if g := s.programs[language]; g != nil {
			g.search(s, &in, &result)
		}
	}
	slices.SortStableFunc(result.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return result
}

// search runs the programs that are in play.
func (g *group) search(s *Set, in *Input, result *Result) {
	var playing []*program
	for i, ok := range g.filter.Find([]byte(in.Source)) {
		if ok && (in.Skip == nil || !in.Skip(g.programs[i].rule)) {
			playing = append(playing, g.programs[i])
		}
	}
	if len(playing) == 0 {
		return
	}
	var parsed *tree.Tree
	if in.Tree != nil && playing[0].language == in.Language {
		parsed = in.Tree
	}
	texts := s.texts(playing[0].language, in.Source, parsed)
	var leaves []leaf
	for _, p := range playing {
		leaves = append(leaves, p.leaves...)
	}
	found := texts.find(leaves)
	for _, p := range playing {
		e := evaluator{set: s, program: p, file: texts.file, now: in.Now, end: uint32(len(in.Source)), found: found[:len(p.leaves)]}
		found = found[len(p.leaves):]
		for _, leaf := range e.found {
			e.cut = e.cut || leaf.Cut
		}
		if p.rule.Taint != nil {
			e.flow(result)
		} else {
			e.report(result)
		}
	}
}

// report adds the findings of a rule.
func (e *evaluator) report(result *Result) {
	r := e.program.rule
	hits := e.unique(e.formula(r.Match))
	for _, h := range hits {
		if r.Options.MaxMatches > 0 && len(hits) > r.Options.MaxMatches {
			break
		}
		e.add(result, Finding{Rule: r, Start: h.start, End: h.end, Bindings: h.bindings})
	}
	if e.cut || e.pairs > maxPairs {
		result.Cut = append(result.Cut, r)
	}
}

// add adds a finding with its message, unless an equal one is there.
func (e *evaluator) add(result *Result, f Finding) {
	h := hit{bindings: f.Bindings}
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
	double := func(g Finding) bool {
		return g.Rule == f.Rule && g.Start == f.Start && g.End == f.End && g.Message == f.Message
	}
	if !slices.ContainsFunc(result.Findings[max(0, len(result.Findings)-maxDoubles):], double) {
		result.Findings = append(result.Findings, f)
	}
}

// maxDoubles is among how many of the last findings an equal one is looked for. Equal ones are near one another.
const maxDoubles = 300
