package search

import (
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// formulas are all formulas of a rule: the one of a search, or those of a flow.
func formulas(r *rule.Rule) []rule.Formula {
	if r.Taint == nil {
		return []rule.Formula{r.Match}
	}
	var all []rule.Formula
	for i := range r.Taint.Sources {
		all = append(all, r.Taint.Sources[i].Formula)
	}
	for i := range r.Taint.Sinks {
		all = append(all, r.Taint.Sinks[i].Formula)
	}
	for i := range r.Taint.Sanitizers {
		all = append(all, r.Taint.Sanitizers[i].Formula)
	}
	for i := range r.Taint.Propagators {
		all = append(all, r.Taint.Propagators[i].Formula)
	}
	return all
}

// flow adds the findings of a rule that follows data.
func (e *evaluator) flow(result *Result) {
	t := e.program.rule.Taint
	places := &flow.Places{}
	var sources, sinks []hit
	for i := range t.Sources {
		for _, h := range e.unique(e.formula(t.Sources[i].Formula)) {
			places.Sources = append(places.Sources, flow.Place{Start: h.start, End: h.end, Of: i})
			sources = append(sources, h)
		}
	}
	if len(sources) == 0 {
		return
	}
	for i := range t.Sinks {
		for _, h := range e.unique(e.formula(t.Sinks[i].Formula)) {
			places.Sinks = append(places.Sinks, flow.Place{Start: h.start, End: h.end, Of: i})
			sinks = append(sinks, h)
		}
	}
	for i := range t.Sanitizers {
		for _, h := range e.unique(e.formula(t.Sanitizers[i].Formula)) {
			places.Sanitizers = append(places.Sanitizers, flow.Place{Start: h.start, End: h.end, Of: i})
		}
	}
	for i := range t.Propagators {
		for _, h := range e.unique(e.formula(t.Propagators[i].Formula)) {
			from, to := h.node(t.Propagators[i].From), h.node(t.Propagators[i].To)
			if from != tree.None && to != tree.None {
				places.Propagators = append(places.Propagators, flow.Carry{Start: h.start, End: h.end, From: from, To: to, Of: i})
			}
		}
	}
	found := flow.Run(e.file, e.program.rule, places)
	for _, p := range found.Paths {
		source, sink := sources[p.Source], sinks[p.Sink]
		f := Finding{Rule: e.program.rule, Start: sink.start, End: sink.end, Bindings: union(sink.bindings, source.bindings)}
		for _, id := range p.Steps {
			f.Steps = append(f.Steps, e.file.Span(id))
		}
		e.add(result, f)
	}
	if e.cut || len(found.Cut) > 0 {
		result.Cut = append(result.Cut, e.program.rule)
	}
}

// node is the one node that a metavariable is bound to, or None.
func (h hit) node(name string) tree.ID {
	if b, ok := h.get(plainName(name)); ok && len(b.Nodes) == 1 {
		return b.Nodes[0]
	}
	return tree.None
}
