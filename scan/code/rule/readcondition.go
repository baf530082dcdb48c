package rule

import (
	"github.com/sluice-scan/sluice/scan/code/compare"
)

// focus reads the names of one focus-metavariable.
func (r *reader) focus(v value) Focus {
	focus := Focus{Position: v.Position}
	if r.scalar(v) != nil {
		focus.Names = []string{r.metavariable(v)}
		return focus
	}
	for _, item := range r.list(v) {
		item.key = v.key
		focus.Names = append(focus.Names, r.metavariable(item))
	}
	if len(focus.Names) == 0 {
		r.refuse(v, "%s is a metavariable, or a list of them", named(v))
	}
	return focus
}

// oldCondition reads a condition of the old syntax; nil when it was refused.
func (r *reader) oldCondition(v value) Condition {
	f := r.fields(v)
	if f == nil {
		return nil
	}
	defer f.leave(v.key)
	if v.key == "metavariable-comparison" {
		// The name says nothing new: the comparison names its metavariables.
		r.metavariable(f.take("metavariable"))
		return r.comparison(v.Position, f)
	}
	name := r.metavariable(f.need("metavariable"))
	switch v.key {
	case "metavariable-regex":
		c := &RegexCondition{Position: v.Position, Metavariable: name}
		if regex := f.need("regex"); regex.node != nil {
			c.Regex = r.regex(regex, false)
		}
		c.Constant = r.truth(f.take("constant-propagation"), false)
		return c
	case "metavariable-pattern":
		return r.subFormula(v.Position, name, f, func() Formula { return r.oldFormula(f, "metavariable-pattern") })
	case "metavariable-type":
		return r.typeCondition(v.Position, name, f)
	case "metavariable-analysis":
		return &AnalysisCondition{Position: v.Position, Metavariable: name, Analysis: r.analysis(f)}
	}
	return r.nameCondition(v, name, f)
}

// where reads an item of the new syntax's where.
func (r *reader) where(item value, and *And) {
	f := r.fields(item)
	if f == nil {
		return
	}
	defer f.leave("where")
	switch {
	case f.has("focus"):
		and.Focus = append(and.Focus, r.focus(f.take("focus")))
		return
	case f.has("comparison"):
		and.Where = append(and.Where, r.comparison(f.Position, f))
		return
	}
	metavariable := f.need("metavariable")
	name := r.metavariable(metavariable)
	if metavariable.node == nil {
		return
	}
	switch at := metavariable.Position; {
	case f.has("analyzer"):
		and.Where = append(and.Where, &AnalysisCondition{Position: at, Metavariable: name, Analysis: r.analysis(f)})
	case f.has("type") || f.has("types"):
		and.Where = append(and.Where, r.typeCondition(at, name, f))
	case f.has("regex") && !f.has("where") && !f.has("as"):
		// The text of the binding is the same in every language.
		r.language(f.take("language"))
		constant := r.truth(f.take("constant-propagation"), true)
		and.Where = append(and.Where, &RegexCondition{Position: at, Metavariable: name, Regex: r.regex(f.take("regex"), false), Constant: constant})
	default:
		and.Where = append(and.Where, r.subFormula(at, name, f, func() Formula { return r.newFields(f, "a condition") }))
	}
}

// comparison reads comparison, strip and base.
func (r *reader) comparison(at Position, f *fields) Condition {
	text := f.need("comparison")
	strip := r.truth(f.take("strip"), false)
	base := f.take("base")
	radix := r.number(base, 0, 0, 36)
	if text.node == nil {
		return &Comparison{Position: at}
	}
	expression, err := compare.Parse(r.filled(text), func(text string) (compare.Matcher, error) {
		regex, err := newRegex(text, false)
		return regex, err
	})
	switch {
	case err != nil:
		r.refuse(text, "the comparison cannot be read: %v", err)
	case strip || base.node != nil:
		expression = expression.Converted(radix)
	}
	return &Comparison{Position: at, Expression: expression}
}

// subFormula reads a formula that a binding must match, in a language that may be another one.
func (r *reader) subFormula(at Position, name string, f *fields, read func() Formula) Condition {
	c := &SubFormula{Position: at, Metavariable: name, Language: r.language(f.take("language"))}
	expressions, condition := r.expressions, r.condition
	r.condition = true
	if c.Language != "" {
		r.expressions = c.Language == LanguageRegex
	}
	c.Formula = read()
	r.expressions, r.condition = expressions, condition
	if negative(c.Formula) {
		c.Formula = &And{Position: c.Formula.At(), Members: []Formula{c.Formula}}
	}
	return c
}

// language reads the language of a condition; "" without one.
func (r *reader) language(v value) Language {
	if v.node == nil {
		return ""
	}
	name := r.filled(v)
	language, ok := LanguageOf(name)
	if !ok && name != "" {
		r.refuse(v, "the language %s is not known", shown(name))
	}
	return language
}

func (r *reader) typeCondition(at Position, name string, f *fields) Condition {
	c := &TypeCondition{Position: at, Metavariable: name, Language: r.language(f.take("language"))}
	if one := f.take("type"); one.node != nil {
		c.Types = append(c.Types, r.filled(one))
	}
	c.Types = append(c.Types, r.texts(f.take("types"))...)
	if len(c.Types) == 0 {
		r.refuse(value{Position: at, key: "type"}, "metavariable-type has the key \"type\" or \"types\"")
	}
	return c
}

func (r *reader) nameCondition(v value, name string, f *fields) Condition {
	c := &NameCondition{Position: v.Position, Metavariable: name}
	if one := f.take("module"); one.node != nil {
		c.Modules = append(c.Modules, r.filled(one))
	}
	c.Modules = append(c.Modules, r.texts(f.take("modules"))...)
	if len(c.Modules) == 0 && !f.has("kind") {
		r.refuse(v, "%s has the key \"module\" or \"modules\"", v.key)
	}
	return c
}

// analyses are the analyzers by name.
var analyses = map[string]Analysis{"entropy": Entropy, "entropy_v2": EntropyDefault, "redos": ReDoS}

// entropyModes are the modes of entropy_v2.
var entropyModes = map[string]Analysis{"default": EntropyDefault, "lax": EntropyLax, "strict": EntropyStrict}

// analysis reads the analyzer: its name, or a mapping from the name to its options. The options may also stand beside it.
func (r *reader) analysis(f *fields) Analysis {
	v, beside := f.need("analyzer"), f.take("options")
	if v.node == nil {
		return ""
	}
	name, options := "", beside
	if r.scalar(v) != nil {
		name = r.text(v)
	} else if pair, ok := r.pair(v); ok {
		name, options = pair.key, pair
	}
	analysis, ok := analyses[name]
	if !ok {
		r.refuse(v, "the analyzer %s is not known: there are entropy, entropy_v2 and redos", shown(name))
		return ""
	}
	if r.isNull(options) {
		return analysis
	}
	o := r.fields(options)
	if mode := o.take("mode"); mode.node != nil && analysis == EntropyDefault {
		if analysis, ok = entropyModes[r.text(mode)]; !ok {
			r.refuse(mode, "the mode of entropy_v2 is default, lax or strict")
		}
	}
	o.leave("the options of an analyzer")
	return analysis
}
