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
}

// group is the programs of one language.
type group struct {
	programs []*program
	filter   *match.Filter
}

// NewSet compiles rules, for the languages that have a front end. A rule that it cannot compile as
// a whole is refused and not run; so is a rule for languages of which none has a front end. The source of the refusals is
// empty, because the rules do not know their files.
func NewSet(rules []*rule.Rule, languages []Language) (*Set, []rule.Refusal) {
	s := &Set{languages: map[rule.Language]Language{}, programs: map[rule.Language]*group{}}
	for _, language := range languages {
		s.languages[language.Name] = language
	}
	var refused []rule.Refusal
	for _, r := range rules {
		refused = append(refused, s.add(r)...)
	}
	for name, g := range s.programs {
		var sets [][]string
		for _, p := range g.programs {
			sets = append(sets, p.literals())
		}
		filter, err := match.NewFilter(sets)
		if err != nil {
			// Without a filter every rule is tried on every file, which is slow and finds the same.
			filter, _ = match.NewFilter(make([][]string, len(sets)))
		}
		s.programs[name].filter = filter
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
		for _, f := range formulas(r) {
			c.formula(f, language)
		}
		refused = append(refused, c.refused...)
		compiled = append(compiled, c.program)
	}
	if !known {
		return []rule.Refusal{{Position: r.Position, RuleID: r.ID, Key: "languages", Reason: "this version has no front end for " + string(r.Languages[0])}}
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

// literals are what a file must contain for the rule to find something in it: for a rule of flow, those of its sources and of its sinks.
func (p *program) literals() []string {
	t := p.rule.Taint
	if t == nil {
		return p.mandatory(p.rule.Match)
	}
	sources, sinks := &rule.Or{}, &rule.Or{}
	for i := range t.Sources {
		sources.Members = append(sources.Members, t.Sources[i].Formula)
	}
	for i := range t.Sinks {
		sinks.Members = append(sinks.Members, t.Sinks[i].Formula)
	}
	return append(p.mandatory(sources), p.mandatory(sinks)...)
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
			other := p.mandatory(member)
			shared = slices.DeleteFunc(slices.Clone(shared), func(literal string) bool { return !slices.Contains(other, literal) })
		}
		return shared
	case *rule.Inside:
		return p.mandatory(f.Formula)
	case *rule.Anywhere:
		return p.mandatory(f.Formula)
	}
	return nil
}
