package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Source is one file of a program, for [FindAcross].
type Source struct {
	// Path is that of the file in its tree, with slashes.
	Path string
	// Run is the rule on the file; nil where the rule matches nothing.
	Run *search.Run
	// File is the file when there is no run.
	File *match.File
}

// Mark is a range of a file. File is the index of the file among the sources.
type Mark struct {
	File int
	tree.Span
}

// Finding is a way that a rule forbids, at its sink.
type Finding struct {
	search.Finding
	// File is the index of the sink's file among the sources.
	File int
	// Steps are the ranges on the way, from the source to the sink. There are two at least.
	Steps []Mark
}

// Find follows the data of a taint rule in the file of a run. cut reports that a part of the file was too large to follow.
func Find(run *search.Run) (findings []Finding, cut bool) {
	return FindAcross([]Source{{Run: run}})
}

// FindAcross follows the data of one taint rule through files that call one another. At least one has a run; all runs are of one rule. The
// findings have the order of the files. cut reports that a part was too large to follow. All files serve one goroutine.
func FindAcross(files []Source) (findings []Finding, cut bool) {
	units := make([]Unit, len(files))
	sources, sinks := make([][]search.Range, len(files)), make([][]search.Range, len(files))
	var first *search.Run
	for i, f := range files {
		units[i] = Unit{Path: f.Path, File: f.File}
		if f.Run == nil {
			continue
		}
		if first == nil {
			first = f.Run
		}
		units[i].File = f.Run.File()
		sources[i], sinks[i] = units[i].Places.collect(f.Run)
		cut = cut || f.Run.Cut()
	}
	if first == nil {
		return nil, false
	}
	found := Run(units, first.Rule())
	for _, p := range found.Paths {
		run := files[p.SinkUnit].Run
		sink := sinks[p.SinkUnit][p.Sink]
		at := search.Range{Start: sink.Start, End: sink.End, Bindings: sink.Bindings}
		if p.SourceUnit == p.SinkUnit {
			at.Bindings = search.Joined(sink, sources[p.SourceUnit][p.Source])
		}
		f := Finding{Finding: run.Finding(at), File: p.SinkUnit}
		for _, s := range p.Steps {
			f.Steps = append(f.Steps, Mark{s.Unit, units[s.Unit].File.Span(s.Node)})
		}
		findings = append(findings, f)
	}
	return findings, cut || len(found.Cut) > 0
}

// collect evaluates the formulas of a rule. It returns the ranges of the sources and of the sinks.
func (p *Places) collect(run *search.Run) (sources, sinks []search.Range) {
	t := run.Rule().Taint
	for i := range t.Sources {
		for _, r := range run.Ranges(t.Sources[i].Formula) {
			p.Sources = append(p.Sources, Place{Start: r.Start, End: r.End, Of: i})
			sources = append(sources, r)
		}
	}
	for i := range t.Sinks {
		for _, r := range run.Ranges(t.Sinks[i].Formula) {
			p.Sinks = append(p.Sinks, Place{Start: r.Start, End: r.End, Of: i})
			sinks = append(sinks, r)
		}
	}
	for i := range t.Sanitizers {
		for _, r := range run.Ranges(t.Sanitizers[i].Formula) {
			p.Sanitizers = append(p.Sanitizers, Place{Start: r.Start, End: r.End, Of: i})
		}
	}
	for i := range t.Guards {
		for _, r := range run.Ranges(t.Guards[i].Formula) {
			if checked := r.Node(t.Guards[i].Cleans); checked != tree.None {
				p.Guards = append(p.Guards, Check{Start: r.Start, End: r.End, Checked: checked, Of: i})
			}
		}
	}
	for i := range t.Propagators {
		for _, r := range run.Ranges(t.Propagators[i].Formula) {
			from, to := r.Node(t.Propagators[i].From), r.Node(t.Propagators[i].To)
			if from != tree.None && to != tree.None {
				p.Propagators = append(p.Propagators, Carry{Start: r.Start, End: r.End, From: from, To: to, Of: i})
			}
		}
	}
	return sources, sinks
}
