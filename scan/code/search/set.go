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

// NewSet compiles rules for the languages that have a front end. A rule that it cannot compile as a whole is refused and
// not run; so is a rule for languages of which none has a front end. The source of the refusals is empty, because the
// rules do not know their files.
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
			sets = append(sets, p.needs())
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
		c.rule()
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

// needs are literals that a file must contain for the rule to be in play there. The two ends of a flow may be in two
// files, so one of them is enough.
func (p *program) needs() []string {
	if p.rule.Taint == nil {
		return p.mandatory(p.rule.Match)
	}
	var shared []string
	begun := false
	add := func(f rule.Formula) {
		if literals := p.mandatory(f); begun {
			shared = common(shared, literals)
		} else {
			shared, begun = literals, true
		}
	}
	for _, source := range p.rule.Taint.Sources {
		add(source.Formula)
	}
	for _, sink := range p.rule.Taint.Sinks {
		add(sink.Formula)
	}
	return shared
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
