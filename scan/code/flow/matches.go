package flow

import (
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// findSources evaluates the formulas of the sources, once.
func (m *Matches) findSources() *Matches {
	if m.has[search.Sources] {
		return m
	}
	m.has[search.Sources] = true
	t := m.run.Rule().Taint
	for i := range t.Sources {
		for _, r := range m.run.Ranges(t.Sources[i].Formula) {
			m.Sources = append(m.Sources, Place{Start: r.Start, End: r.End, Of: i})
			m.sources = append(m.sources, r)
		}
	}
	return m
}

// findSinks evaluates the formulas of the sinks, once.
func (m *Matches) findSinks() *Matches {
	if m.has[search.Sinks] {
		return m
	}
	m.has[search.Sinks] = true
	t := m.run.Rule().Taint
	for i := range t.Sinks {
		for _, r := range m.run.Ranges(t.Sinks[i].Formula) {
			m.Sinks = append(m.Sinks, Place{Start: r.Start, End: r.End, Of: i})
			m.sinks = append(m.sinks, r)
		}
	}
	return m
}

// all evaluates all formulas of the rule, each once.
func (m *Matches) all() *Matches {
	m.findSources().findSinks()
	if m.has[search.Whole] {
		return m
	}
	m.has[search.Whole] = true
	t := m.run.Rule().Taint
	for i := range t.Sanitizers {
		for _, r := range m.run.Ranges(t.Sanitizers[i].Formula) {
			m.Sanitizers = append(m.Sanitizers, Place{Start: r.Start, End: r.End, Of: i})
		}
	}
	for i := range t.Guards {
		for _, r := range m.run.Ranges(t.Guards[i].Formula) {
			if checked := r.Node(t.Guards[i].Cleans); checked != tree.None {
				m.Guards = append(m.Guards, Check{Start: r.Start, End: r.End, Checked: checked, Of: i})
			}
		}
	}
	for i := range t.Propagators {
		for _, r := range m.run.Ranges(t.Propagators[i].Formula) {
			from, to := r.Node(t.Propagators[i].From), r.Node(t.Propagators[i].To)
			if from != tree.None && to != tree.None {
				m.Propagators = append(m.Propagators, Carry{Start: r.Start, End: r.End, From: from, To: to, Of: i})
			}
		}
	}
	return m
}

// starts are where places begin.
func starts(list []Place) (all []uint32) {
	for i := range list {
		all = append(all, list[i].Start)
	}
	return all
}
