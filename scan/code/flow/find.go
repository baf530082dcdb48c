package flow

import (
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/rule"
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

// Mark is a range of a file. File is the number of the file in the world, or among the sources.
type Mark struct {
	File int
	tree.Span
}

// Finding is a way that a rule forbids, at its sink.
type Finding struct {
	search.Finding
	// File is the number of the sink's file.
	File int
	// Steps are the ranges on the way, from the source to the sink. There are two at least.
	Steps []Mark
}

// Matches are what a taint rule matches in one file. Each part is worked out when something asks for it. They serve one goroutine.
type Matches struct {
	Places
	run            *search.Run
	sources, sinks []search.Range
	// has says of the parts whether they are worked out; [search.Whole] is for what cleans and carries.
	has [search.Sources + 1]bool
}

// Match is for the formulas of a taint rule on a file.
func Match(run *search.Run) *Matches { return &Matches{run: run} }

// Extent is [Cut] where the rule ran out of steps in the file, and else [Whole].
func (m *Matches) Extent() Extent {
	if m.run.Cut() {
		return Cut
	}
	return Whole
}

// SourceEnds are where the sources begin, as offsets.
func (m *Matches) SourceEnds() []uint32 { return starts(m.findSources().Sources) }

// SinkEnds are where the sinks begin, as offsets.
func (m *Matches) SinkEnds() []uint32 { return starts(m.findSinks().Sinks) }

// Find follows the data of a taint rule in the file of a run.
func Find(run *search.Run) (findings []Finding, extent Extent) {
	m := Match(run)
	if len(m.findSinks().sinks) == 0 || len(m.findSources().sources) == 0 {
		return nil, m.Extent()
	}
	findings, _, extent = alone(run.File()).Find(&Query{Rule: run.Rule(), Start: []int{0}}, func(int) *Matches { return m })
	return findings, max(extent, m.Extent())
}

// FindAcross follows the data of one taint rule through files that call one another, all of which are at hand. All runs are of one rule. The
// findings have the order of the files. All files serve one goroutine.
func FindAcross(files []Source) (findings []Finding, extent Extent) {
	matches := make([]*Matches, len(files))
	list := make([]project.File, len(files))
	ends, all := map[int]Ends{}, make([]int, len(files))
	var of *rule.Rule
	for i, f := range files {
		all[i] = i
		file := f.File
		if f.Run != nil {
			matches[i], of, file = Match(f.Run), f.Run.Rule(), f.Run.File()
			ends[i] = Ends{matches[i].SourceEnds(), matches[i].SinkEnds()}
			extent = max(extent, matches[i].Extent())
		}
		list[i] = project.File{Path: f.Path, Facts: project.Read(file.Language, file.Source)}
	}
	if of == nil {
		return nil, extent
	}
	index := project.NewIndex(list, nil)
	open := func(i int) *match.File {
		if files[i].Run != nil {
			return files[i].Run.File()
		}
		return files[i].File
	}
	web := NewWeb(index.Graph(), open)
	q := &Query{Rule: of, Reach: web.Reach(ends, all)}
	q.Start = q.Reach.Start()
	w := NewWorld(index, web, open)
	found, _, more := w.Find(q, func(i int) *Matches { return matches[i] })
	return found, max(extent, more)
}

// Find runs a query whose places are those of matches. The findings have the order of the files and of their text. seen are the files to which
// the flow led.
func (w *World) Find(q *Query, matches func(file int) *Matches) (findings []Finding, seen []int, extent Extent) {
	q.Places = func(file int) *Places {
		if m := matches(file); m != nil {
			return &m.all().Places
		}
		return nil
	}
	found := w.Run(q)
	for _, p := range found.Paths {
		m := matches(p.SinkFile)
		sink := m.sinks[p.Sink]
		at := search.Range{Start: sink.Start, End: sink.End, Bindings: sink.Bindings}
		if p.SourceFile == p.SinkFile {
			at.Bindings = search.Joined(sink, m.sources[p.Source])
		}
		f := Finding{Finding: m.run.Finding(at), File: p.SinkFile}
		for _, s := range p.Steps {
			f.Steps = append(f.Steps, Mark{s.File, w.known(s.File).file.Span(s.Node)})
		}
		findings = append(findings, f)
	}
	return findings, found.Seen, found.Extent
}
