package search

import (
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
)

// Set is rules that are ready to run. It is immutable and safe for concurrent use.
type Set struct {
	languages map[rule.Language]Language
	programs  map[rule.Language]*group
	// compiled are the patterns by how they are written, and shapes by their shapes; nil once the set is complete.
	compiled map[written]leaf
	shapes   map[written]*match.Pattern
	// formulas are the numbers of the formulas of taint rules by what they say; nil once the set is complete.
	formulas map[string]int
}

// group is the programs of one language.
type group struct {
	programs []*program
	filter   *match.Filter
	// ends are, for each program, its sets in the filter: the sets of one end are from, inclusive, to to. A file must hold
	// one set of each end. helps are the sets of what cleans and carries a flow.
	ends  [][]end
	helps []end
	// patterns are the sets of the patterns in the language of the group.
	patterns map[*match.Pattern]int
}

// end is a part of a rule that must match: the whole formula, or the sources or sinks of a flow.
type end struct{ from, to int }

// compile makes the filter of the programs.
func (g *group) compile() {
	var sets [][]string
	g.patterns = map[*match.Pattern]int{}
	for _, p := range g.programs {
		for _, l := range p.leaves {
			if _, known := g.patterns[l.pattern]; l.pattern != nil && l.language == p.language && !known {
				g.patterns[l.pattern] = len(sets)
				sets = append(sets, l.pattern.Literals())
			}
		}
		var ends []end
		for _, alternatives := range p.needs() {
			ends = append(ends, end{len(sets), len(sets) + len(alternatives)})
			sets = append(sets, alternatives...)
		}
		g.ends = append(g.ends, ends)
		helps := p.helps()
		g.helps = append(g.helps, end{len(sets), len(sets) + len(helps)})
		sets = append(sets, helps...)
	}
	compile := match.NewNameFilter
	if l := g.programs[0].language; l == rule.LanguageGeneric || l == rule.LanguageRegex {
		compile = match.NewFilter
	}
	filter, err := compile(sets)
	if err != nil {
		// Without a filter every rule is tried on every file, which is slow and finds the same.
		filter, _ = match.NewFilter(make([][]string, len(sets)))
	}
	g.filter = filter
}

// sets says which sets of the filter a file has. A word that is written with escapes is not found: then it may have all of them.
func (g *group) sets(in *Input) []bool {
	found := g.filter.Find([]byte(in.Source))
	if l := in.Language; (l == "json" || l == "yaml") && match.EscapesWords(in.Source) {
		for i := range found {
			found[i] = true
		}
	}
	return found
}

// inPlay reports for each program whether a file can match it at all, or can hold one end of its flow. Found says which sets of the filter the file has.
func (g *group) inPlay(in *Input, found []bool) []bool {
	play := make([]bool, len(g.programs))
	for i, ends := range g.ends {
		has := func(e end) bool { return slices.Contains(found[e.from:e.to], true) }
		r := g.programs[i].rule
		switch {
		case in.Ends != nil && r.Taint != nil && g.programs[i].language == in.Language:
			if e := (End{r, has(ends[0]), has(ends[1])}); (e.Source || e.Sink) && (in.Skip == nil || !in.Skip(r)) {
				in.Ends(e)
			}
		case in.Across:
			play[i] = slices.ContainsFunc(ends, has) || has(g.helps[i])
		default:
			play[i] = !slices.ContainsFunc(ends, func(e end) bool { return !has(e) })
		}
	}
	return play
}

// Ends tells in.Ends of the taint rules of the language of which a file can hold an end. It does not read the file's tree.
func (s *Set) Ends(in Input) {
	if g := s.programs[in.Language]; g != nil {
		g.inPlay(&in, g.sets(&in))
	}
}

// NewSet compiles rules for the languages that have a front end. A rule that it cannot compile as a whole is refused and
// not run; so is a rule for languages of which none has a front end. The source of the refusals is empty, because the
// rules do not know their files.
func NewSet(rules []*rule.Rule, languages []Language) (*Set, []rule.Refusal) {
	s := &Set{languages: map[rule.Language]Language{}, programs: map[rule.Language]*group{}, compiled: map[written]leaf{}, shapes: map[written]*match.Pattern{}, formulas: map[string]int{}}
	for _, language := range languages {
		s.languages[language.Name] = language
	}
	var refused []rule.Refusal
	for _, r := range rules {
		refused = append(refused, s.add(r)...)
	}
	s.compiled, s.shapes, s.formulas = nil, nil, nil
	for _, g := range s.programs {
		g.compile()
	}
	return s, refused
}

// add compiles a rule for each of its languages.
func (s *Set) add(r *rule.Rule) []rule.Refusal {
	var refused []rule.Refusal
	var compiled []*program
	known := false
	for _, language := range r.Languages {
		if _, ok := s.languages[language]; !ok && language != rule.LanguageRegex && language != rule.LanguageGeneric {
			continue
		}
		known = true
		c := compiler{set: s, program: &program{rule: r, language: language, leaves: make([]leaf, len(r.Leaves))}}
		c.rule()
		c.share()
		refused = append(refused, c.refused...)
		c.program.split()
		compiled = append(compiled, c.program)
	}
	if !known {
		return []rule.Refusal{{Position: r.Position, RuleID: r.ID, Languages: r.Languages, Key: "languages", Reason: "this version has no front end for " + string(r.Languages[0])}}
	}
	if len(refused) > 0 {
		return refused
	}
	for _, p := range compiled {
		if s.programs[p.language] == nil {
			s.programs[p.language] = &group{}
		}
		s.programs[p.language].programs = append(s.programs[p.language].programs, p)
	}
	return nil
}

// needs are the ends of the rule, each with its alternatives: literals of which a file must contain one set as a whole. A
// flow that is followed in one file has a source and a sink there.
func (p *program) needs() [][][]string {
	if p.rule.Taint == nil {
		return [][][]string{p.alternatives(p.rule.Match)}
	}
	var sources, sinks [][]string
	for _, source := range p.rule.Taint.Sources {
		sources = append(sources, p.alternatives(source.Formula)...)
	}
	for _, sink := range p.rule.Taint.Sinks {
		sinks = append(sinks, p.alternatives(sink.Formula)...)
	}
	return [][][]string{sources, sinks}
}

// helps are sets of literals of which a file contains one as a whole when something in it cleans or carries the flow.
func (p *program) helps() (sets [][]string) {
	if p.rule.Taint == nil {
		return nil
	}
	for _, sanitizer := range p.rule.Taint.Sanitizers {
		sets = append(sets, p.alternatives(sanitizer.Formula)...)
	}
	for _, guard := range p.rule.Taint.Guards {
		sets = append(sets, p.alternatives(guard.Formula)...)
	}
	for _, propagator := range p.rule.Taint.Propagators {
		sets = append(sets, p.alternatives(propagator.Formula)...)
	}
	return sets
}

// maxAlternatives bounds the sets of a formula. A formula with more has one, of what all share.
const maxAlternatives = 200

// alternatives are sets of literals of which a file must contain one as a whole for a formula to match.
func (p *program) alternatives(f rule.Formula) [][]string {
	var all [][]string
	switch f := f.(type) {
	case *rule.Or:
		for _, member := range f.Members {
			all = append(all, p.alternatives(member)...)
		}
	case *rule.And:
		all = [][]string{nil}
		for _, member := range f.Members {
			if _, not := member.(*rule.Not); not {
				continue
			}
			var joined [][]string
			for _, left := range all {
				for _, right := range p.alternatives(member) {
					joined = append(joined, slices.Concat(left, right))
				}
				if len(joined) > maxAlternatives {
					break
				}
			}
			all = joined
			if len(all) > maxAlternatives {
				break
			}
		}
	case *rule.Inside:
		return p.alternatives(f.Formula)
	case *rule.Anywhere:
		return p.alternatives(f.Formula)
	}
	if len(all) == 0 || len(all) > maxAlternatives {
		return [][]string{p.mandatory(f)}
	}
	return all
}

// common are the literals of both lists.
func common(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(literal string) bool { return !slices.Contains(b, literal) })
}

// mandatory are literals that a file must contain for a formula to match: of one of the members of a conjunction, the
// most; of an alternative, those that all share.
func (p *program) mandatory(f rule.Formula) []string {
	switch f := f.(type) {
	case *rule.Pattern:
		if leaf := p.leaves[f.Index()]; leaf.language == p.language {
			return leaf.literals()
		}
	case *rule.And:
		var all []string
		for _, member := range f.Members {
			if _, not := member.(*rule.Not); !not {
				all = append(all, p.mandatory(member)...)
			}
		}
		return all
	case *rule.Or:
		shared := p.mandatory(f.Members[0])
		for _, member := range f.Members[1:] {
			shared = common(shared, p.mandatory(member))
		}
		return shared
	case *rule.Inside:
		return p.mandatory(f.Formula)
	case *rule.Anywhere:
		return p.mandatory(f.Formula)
	}
	return nil
}
