package search

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/code/generic"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Language is a front end under the name that rules use.
type Language struct {
	Name rule.Language
	// Parse reads any source.
	Parse func(source string) *tree.Tree
	// ParsePattern reads a pattern, or says what is wrong with it.
	ParsePattern func(source string) (*tree.Tree, error)
}

// program is a rule compiled for one language.
type program struct {
	rule     *rule.Rule
	language rule.Language
	// leaves are indexed as rule.Leaves. A leaf of a metavariable-pattern may be in another language.
	leaves []leaf
	// parts are the leaves of the sinks and those of the sources alone, as leaves; nil for a search rule.
	parts [Sources + 1][]leaf
	// shared are the numbers of the formulas of a taint rule. Formulas of one number match the same, in whichever rule they stand.
	shared map[rule.Formula]int
}

// split makes the leaves of the parts of a taint rule.
func (p *program) split() {
	taint := p.rule.Taint
	if taint == nil {
		return
	}
	for part := range p.parts {
		p.parts[part] = make([]leaf, len(p.leaves))
	}
	copy(p.parts[Whole], p.leaves)
	take := func(part Half, f rule.Formula) {
		rule.Walk(f, func(f rule.Formula) {
			switch f := f.(type) {
			case *rule.Pattern:
				p.parts[part][f.Index()] = p.leaves[f.Index()]
			case *rule.RegexPattern:
				p.parts[part][f.Index()] = p.leaves[f.Index()]
			}
		})
	}
	for _, sink := range taint.Sinks {
		take(Sinks, sink.Formula)
	}
	for _, source := range taint.Sources {
		take(Sources, source.Formula)
	}
}

// leaf is a compiled pattern: of a language, or of text of any kind. An expression has neither.
type leaf struct {
	language rule.Language
	pattern  *match.Pattern
	// metavariables are the names of the pattern's slots in this rule.
	metavariables []string
	text          *generic.Pattern
	// comments is the kind of comments that patterns of text do not see.
	comments string
}

// names are the metavariables of the leaf's matches, by slot.
func (l leaf) names() []string {
	if l.text != nil {
		return l.text.Metavariables()
	}
	return l.metavariables
}

// literals are what every file with a match contains.
func (l leaf) literals() []string {
	switch {
	case l.text != nil:
		return l.text.Literals()
	case l.pattern != nil:
		return l.pattern.Literals()
	}
	return nil
}

// compiler compiles the leaves of one rule.
type compiler struct {
	set     *Set
	program *program
	refused []rule.Refusal
}

func (c *compiler) refuse(at rule.Position, key, format string, args ...any) {
	c.refused = append(c.refused, rule.Refusal{Position: at, RuleID: c.program.rule.ID, Languages: c.program.rule.Languages, Key: key, Reason: fmt.Sprintf(format, args...)})
}

// rule compiles the leaves of all formulas of the rule.
func (c *compiler) rule() {
	r, language := c.program.rule, c.program.language
	if r.Taint == nil {
		c.formula(r.Match, language)
		return
	}
	for _, source := range r.Taint.Sources {
		c.formula(source.Formula, language)
	}
	for _, sink := range r.Taint.Sinks {
		c.formula(sink.Formula, language)
	}
	for _, sanitizer := range r.Taint.Sanitizers {
		c.formula(sanitizer.Formula, language)
	}
	for _, guard := range r.Taint.Guards {
		c.formula(guard.Formula, language)
	}
	for _, propagator := range r.Taint.Propagators {
		c.formula(propagator.Formula, language)
	}
}

// Origin is the same for taint rules that have the same sources in the same files.
func Origin(r *rule.Rule) string {
	key := fmt.Sprintf("%q %q %s", r.Languages, r.Paths, optionsKey(&r.Options))
	for i := range r.Taint.Sources {
		key += rule.Key(r.Taint.Sources[i].Formula)
	}
	return key
}

// share numbers the formulas of a taint rule.
func (c *compiler) share() {
	taint := c.program.rule.Taint
	if taint == nil {
		return
	}
	options := c.program.rule.Options
	under := fmt.Sprint(c.program.language, optionsKey(&options), options.Generic)
	c.program.shared = map[rule.Formula]int{}
	number := func(f rule.Formula) {
		key := under + rule.Key(f)
		if _, known := c.set.formulas[key]; !known {
			c.set.formulas[key] = len(c.set.formulas)
		}
		c.program.shared[f] = c.set.formulas[key]
	}
	for i := range taint.Sources {
		number(taint.Sources[i].Formula)
	}
	for i := range taint.Sinks {
		number(taint.Sinks[i].Formula)
	}
	for i := range taint.Sanitizers {
		number(taint.Sanitizers[i].Formula)
	}
	for i := range taint.Guards {
		number(taint.Guards[i].Formula)
	}
	for i := range taint.Propagators {
		number(taint.Propagators[i].Formula)
	}
}

// formula compiles the leaves of a formula in a language.
func (c *compiler) formula(f rule.Formula, language rule.Language) {
	switch f := f.(type) {
	case *rule.Pattern:
		c.program.leaves[f.Index()] = c.pattern(f, language)
	case *rule.RegexPattern:
		c.program.leaves[f.Index()] = leaf{language: language}
	case *rule.And:
		for _, member := range f.Members {
			c.formula(member, language)
		}
		for _, condition := range f.Where {
			c.condition(condition, language)
		}
	case *rule.Or:
		for _, member := range f.Members {
			c.formula(member, language)
		}
	case *rule.Not:
		c.formula(f.Formula, language)
	case *rule.Inside:
		c.formula(f.Formula, language)
	case *rule.Anywhere:
		c.formula(f.Formula, language)
	}
}

// pattern compiles one pattern.
func (c *compiler) pattern(p *rule.Pattern, language rule.Language) leaf {
	options := &c.program.rule.Options
	l := leaf{language: language, comments: options.Generic.Comments}
	var err error
	if language == rule.LanguageGeneric {
		if options.Generic.Aliengrep {
			c.refuse(p.Position, "generic_engine", "this version has no aliengrep; write the pattern for spacegrep")
			return l
		}
		l.text, err = generic.Compile(p.Text, generic.Options{Lines: options.Generic.EllipsisLines, Caseless: options.Generic.Caseless})
	} else {
		front, ok := c.set.languages[language]
		if !ok {
			c.refuse(p.Position, "pattern", "this version has no front end for %s", language)
			return l
		}
		l.pattern, l.metavariables, err = c.compiled(front, p.Text, options)
	}
	if err != nil {
		c.refuse(p.Position, "pattern", "%v", err)
	}
	return l
}

// written is a pattern as it is written, with the options that decide what it matches.
type written struct {
	language      rule.Language
	text, options string
}

// compiled compiles a pattern, and gives the names of its slots. Rules whose patterns differ in these names alone get the same one, so that it is matched
// once a file.
func (c *compiler) compiled(front Language, text string, options *rule.Options) (*match.Pattern, []string, error) {
	under := optionsKey(options)
	key := written{front.Name, text, under}
	if known, ok := c.set.compiled[key]; ok {
		return known.pattern, known.metavariables, nil
	}
	parsed, err := front.ParsePattern(text)
	if err != nil {
		return nil, nil, err
	}
	p, err := match.Compile(parsed, options)
	if err != nil {
		return nil, nil, err
	}
	l := leaf{pattern: p, metavariables: p.Metavariables()}
	shape := written{front.Name, p.Shape(), under}
	if same := c.set.shapes[shape]; same != nil {
		l.pattern = same
	} else {
		c.set.shapes[shape] = p
	}
	c.set.compiled[key] = l
	return l.pattern, l.metavariables, nil
}

// optionsKey is the same for options under which the patterns of a language match the same.
func optionsKey(options *rule.Options) string {
	asked := *options
	asked.Taint, asked.Generic, asked.MaxMatches = rule.TaintOptions{}, rule.GenericOptions{}, 0
	return fmt.Sprint(asked)
}

// condition compiles the patterns of a condition.
func (c *compiler) condition(condition rule.Condition, language rule.Language) {
	sub, ok := condition.(*rule.SubFormula)
	if !ok {
		return
	}
	if sub.Language != "" {
		language = sub.Language
	}
	c.formula(sub.Formula, language)
}
