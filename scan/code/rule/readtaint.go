package rule

import "github.com/sluice-scan/sluice/scan/code/compare"

// taint reads the flow of a rule, in the old or the new syntax.
func (r *reader) taint(f *fields) *Taint {
	t := &Taint{Position: f.Position}
	names := [...]string{"pattern-sources", "pattern-sinks", "pattern-sanitizers", "pattern-propagators", "pattern-guards"}
	in, isNew := f, f.has("taint")
	if isNew {
		v := f.take("taint")
		t.Position = v.Position
		in = r.fields(v)
		names = [...]string{"sources", "sinks", "sanitizers", "propagators", "guards"}
		if in == nil {
			return t
		}
		defer in.leave("taint")
	}
	sources, sinks := in.need(names[0]), in.need(names[1])
	for _, item := range r.list(sources) {
		t.Sources = append(t.Sources, r.source(r.spec(item, isNew)))
	}
	for _, item := range r.list(sinks) {
		t.Sinks = append(t.Sinks, r.sink(r.spec(item, isNew)))
	}
	for _, item := range r.list(in.take(names[2])) {
		t.Sanitizers = append(t.Sanitizers, r.sanitizer(r.spec(item, isNew)))
	}
	for _, item := range r.list(in.take(names[3])) {
		t.Propagators = append(t.Propagators, r.propagator(r.spec(item, isNew)))
	}
	for _, item := range r.list(in.take(names[4])) {
		t.Guards = append(t.Guards, r.guard(r.spec(item, isNew)))
	}
	for _, v := range []value{sources, sinks} {
		if v.node != nil && len(r.refused) == 0 && (len(t.Sources) == 0 || len(t.Sinks) == 0) {
			r.refuse(v, "a taint rule has at least one source and one sink")
			break
		}
	}
	return t
}

// spec is an item of a list of taint: its keys, empty for a bare pattern, and how its formula is read.
type spec struct {
	*fields
	formula func() Formula
}

func (r *reader) spec(item value, isNew bool) spec {
	if isNew && r.scalar(item) != nil {
		return spec{&fields{Position: item.Position, r: r}, func() Formula { return r.pattern(item) }}
	}
	f := r.fields(item)
	if f == nil {
		f = &fields{Position: item.Position, r: r}
		return spec{f, func() Formula { return nil }}
	}
	if isNew {
		return spec{f, func() Formula { return r.positive(r.newFields(f, "an item of taint")) }}
	}
	return spec{f, func() Formula { return r.positive(r.oldFormula(f, "an item of taint")) }}
}

func (r *reader) source(s spec) Source {
	defer s.leave("a source")
	source := Source{Position: s.Position, Label: DefaultLabel, Requires: r.requires(s.take("requires"))}
	if v := s.take("label"); v.node != nil {
		source.Label = r.label(v)
	}
	source.Exact = r.truth(s.take("exact"), false)
	source.Control = r.truth(s.take("control"), false)
	source.Uncalled = r.truth(s.take("uncalled"), false)
	if v := s.take("by-side-effect"); v.node != nil {
		if n := r.scalar(v); n != nil && n.Value == "only" {
			source.SideEffect = SideEffectOnly
		} else if r.truth(v, false) {
			source.SideEffect = SideEffectAlso
		}
	}
	source.Formula = s.formula()
	return source
}

func (r *reader) sink(s spec) Sink {
	defer s.leave("a sink")
	sink := Sink{Position: s.Position, Requires: r.requires(s.take("requires"))}
	if sink.Requires == nil {
		sink.Requires = &Requires{Labels: defaultRequires}
	}
	sink.Exact = r.truth(s.take("exact"), true)
	// Published rules give sinks a label. It has no meaning to semgrep either.
	s.take("label")
	sink.AtExit = r.truth(s.take("at-exit"), false)
	sink.Text = r.truth(s.take("text"), false)
	sink.Formula = s.formula()
	if and, ok := sink.Formula.(*And); ok {
		sink.Focused = len(and.Focus) > 0
	}
	return sink
}

func (r *reader) sanitizer(s spec) Sanitizer {
	defer s.leave("a sanitizer")
	return Sanitizer{
		Position:       s.Position,
		Exact:          r.truth(s.take("exact"), false),
		SideEffect:     r.truth(s.take("by-side-effect"), false),
		NotConflicting: r.truth(s.take("not_conflicting", "not-conflicting"), false),
		Formula:        s.formula(),
	}
}

func (r *reader) guard(s spec) Guard {
	defer s.leave("a guard")
	return Guard{Position: s.Position, Cleans: r.metavariable(s.need("cleans")), Fails: !r.truth(s.take("when"), true), Formula: s.formula()}
}

func (r *reader) propagator(s spec) Propagator {
	defer s.leave("a propagator")
	p := Propagator{
		Position: s.Position, From: r.metavariable(s.need("from")), To: r.metavariable(s.need("to")),
		SideEffect: r.truth(s.take("by-side-effect"), true), Requires: r.requires(s.take("requires")),
	}
	if v := s.take("label"); v.node != nil {
		p.Label = r.label(v)
	}
	replaced := s.take("replace-labels")
	for range r.list(replaced) {
		p.Replace = r.texts(replaced)
	}
	p.Formula = s.formula()
	return p
}

// label reads the name of a label.
func (r *reader) label(v value) string {
	text := r.filled(v)
	labels, err := compare.ParseLabels(text)
	if text != "" && (err != nil || len(labels.Names()) != 1 || labels.Names()[0] != text) {
		r.refuse(v, "a label is a name of letters, digits and \"_\"")
	}
	return text
}

// requires reads a condition over labels; nil without one.
func (r *reader) requires(v value) *Requires {
	if v.node == nil {
		return nil
	}
	if r.scalar(v) == nil {
		r.refuse(v, "\"requires\" is one condition over labels; conditions by metavariable are not supported")
		return nil
	}
	labels, err := compare.ParseLabels(r.filled(v))
	if err != nil {
		r.refuse(v, "the condition over labels cannot be read: %v", err)
		return nil
	}
	return &Requires{Position: v.Position, Labels: labels}
}
