package search

import (
	"time"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Run is one rule on one file: it evaluates the rule's formulas over the matches of their patterns. It serves one
// goroutine, and so do all runs of a file together, because they share what is known of it.
type Run struct {
	set     *Set
	program *program
	file    *match.File
	now     time.Time
	// start and end are the range that is looked at: the file, or the range of a metavariable in it.
	start, end uint32
	// env are bindings with which every match must agree, and which it gets: those around a metavariable-pattern.
	env []Binding
	// found are the matches of the patterns, by leaf.
	found matched
	pairs int
	cut   bool
	// fails are the texts at whose begin an expression does not match. All runs of a file share them: most names occur often.
	fails map[tried]bool
	// shared are the ranges of formulas by their numbers. All runs of a file share them: many rules begin with the same sources.
	shared map[int]*ranges
	// trace collects what each part does, for [Run.Explain]; else nil.
	trace *trace
}

// Range is a range of a file that a formula matches.
type Range struct {
	Start, End uint32
	// Bindings are what the metavariables stand for, by name.
	Bindings []Binding
}

// Examine matches the patterns of the rules that a file can match at all, in one walk for each kind of rules: those of the
// language, those for text of any kind, those for expressions. The runs have the order of the rules within these.
func (s *Set) Examine(in Input) []*Run {
	var runs []*Run
	for _, language := range []rule.Language{in.Language, rule.LanguageGeneric, rule.LanguageRegex} {
		if g := s.programs[language]; g != nil {
			runs = append(runs, g.examine(s, &in, language)...)
		}
	}
	return runs
}

// examine makes the runs of the programs that are in play.
func (g *group) examine(s *Set, in *Input, language rule.Language) []*Run {
	var runs []*Run
	var leaves []leaf
	has := g.sets(in)
	for i, ok := range g.inPlay(in, has) {
		if p := g.programs[i]; ok && (in.Skip == nil || !in.Skip(p.rule)) {
			runs = append(runs, &Run{set: s, program: p, now: in.Now, end: uint32(len(in.Source))})
			if part := p.parts[in.Half]; part != nil {
				leaves = append(leaves, part...)
			} else {
				leaves = append(leaves, p.leaves...)
			}
		}
	}
	if len(runs) == 0 {
		return nil
	}
	var parsed *tree.Tree
	if language == in.Language {
		parsed = in.Tree
	}
	seen := s.texts(language, in.Source, parsed)
	if language == in.Language && in.Parse != nil {
		seen.parse = in.Parse
	}
	seen.mayMatch = func(p *match.Pattern) bool {
		set, known := g.patterns[p]
		return !known || has[set]
	}
	found := seen.find(leaves)
	fails, shared := map[tried]bool{}, map[int]*ranges{}
	for _, run := range runs {
		run.fails, run.shared = fails, shared
		n := len(run.program.leaves)
		run.file, run.found = seen.file, matched{found.at[:n], found.found}
		run.cut = run.found.cut()
		found.at = found.at[n:]
	}
	return runs
}

// Rule is the rule of the run.
func (e *Run) Rule() *rule.Rule { return e.program.rule }

// File is the file of the run. Its tree is that of a front end, unless no pattern needed one.
func (e *Run) File() *match.File { return e.file }

// ranges are what a formula matches in a file, with what that took.
type ranges struct {
	list  []Range
	pairs int
	cut   bool
}

// Ranges gives the ranges that a formula of the rule matches, by place, each once. Callers must not change them.
func (e *Run) Ranges(f rule.Formula) []Range {
	number, shared := e.program.shared[f]
	if !shared || e.trace != nil || e.shared == nil {
		return e.ranges(f)
	}
	known := e.shared[number]
	if known == nil {
		alone := *e
		alone.pairs, alone.cut = 0, false
		known = &ranges{list: alone.ranges(f)}
		known.pairs, known.cut = alone.pairs, alone.cut
		e.shared[number] = known
	}
	e.pairs, e.cut = e.pairs+known.pairs, e.cut || known.cut
	return known.list
}

func (e *Run) ranges(f rule.Formula) []Range {
	var all []Range
	for _, h := range e.unique(e.formula(f)) {
		all = append(all, Range{h.start, h.end, h.bindings})
	}
	return all
}

// Cut reports whether the rule used up its steps so far, so that ranges may be missing.
func (e *Run) Cut() bool { return e.cut || e.pairs > maxPairs }

// Joined gives the bindings of two ranges; those of the first go before.
func Joined(a, b Range) []Binding { return union(a.Bindings, b.Bindings) }

// Node is the one node that a metavariable of the range is bound to, or None.
func (r Range) Node(name string) tree.ID {
	if b, ok := (hit{bindings: r.Bindings}).get(plainName(name)); ok && len(b.Nodes) == 1 {
		return b.Nodes[0]
	}
	return tree.None
}
