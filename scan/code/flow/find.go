package flow

import (
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Finding is a way that a rule forbids, at its sink.
type Finding struct {
	search.Finding
	// Steps are the ranges on the way, from the source to the sink. There are two at least.
	Steps []tree.Span
}

// Find follows the data of a taint rule in the file of a run. cut reports that a part of the file was too large to follow.
func Find(run *search.Run) (findings []Finding, cut bool) {
	t := run.Rule().Taint
	places := &Places{}
	var sources, sinks []search.Range
	for i := range t.Sources {
		for _, r := range run.Ranges(t.Sources[i].Formula) {
			places.Sources = append(places.Sources, Place{Start: r.Start, End: r.End, Of: i})
			sources = append(sources, r)
		}
	}
	if len(sources) == 0 {
		return nil, run.Cut()
	}
	for i := range t.Sinks {
		for _, r := range run.Ranges(t.Sinks[i].Formula) {
			places.Sinks = append(places.Sinks, Place{Start: r.Start, End: r.End, Of: i})
			sinks = append(sinks, r)
		}
	}
	for i := range t.Sanitizers {
		for _, r := range run.Ranges(t.Sanitizers[i].Formula) {
			places.Sanitizers = append(places.Sanitizers, Place{Start: r.Start, End: r.End, Of: i})
		}
	}
	for i := range t.Propagators {
		for _, r := range run.Ranges(t.Propagators[i].Formula) {
			from, to := r.Node(t.Propagators[i].From), r.Node(t.Propagators[i].To)
			if from != tree.None && to != tree.None {
				places.Propagators = append(places.Propagators, Carry{Start: r.Start, End: r.End, From: from, To: to, Of: i})
			}
		}
	}
	found := Run(run.File(), run.Rule(), places)
	for _, p := range found.Paths {
		sink := sinks[p.Sink]
		f := Finding{Finding: run.Finding(search.Range{Start: sink.Start, End: sink.End, Bindings: search.Joined(sink, sources[p.Source])})}
		for _, id := range p.Steps {
			f.Steps = append(f.Steps, run.File().Span(id))
		}
		findings = append(findings, f)
	}
	return findings, run.Cut() || len(found.Cut) > 0
}
