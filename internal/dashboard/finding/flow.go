package finding

import (
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// step is a place on the way of data to a finding in code.
type step struct {
	// Word names the kind of the step, and Means says what happens there. Class is for styles.
	Word, Means, Class string
	// File is for people. Link is the public address of the line; empty where that is not known.
	File  string
	Line  int
	Link  string
	Lines []line
}

// stepWords are by kind.
var stepWords = map[scan.StepKind][2]string{
	scan.StepSource: {"Source", "untrusted data enters here"},
	scan.StepOn:     {"Step", "the data passes through here"},
	scan.StepSink:   {"Sink", "the data reaches a dangerous use"},
}

const (
	// linesAroundStep are shown before and after a step.
	linesAroundStep = 2
	// mostFiles bounds the files that are read for one way. Steps in others show what the scan kept.
	mostFiles = 20
)

// lastOfLines leaves out the steps after which the data stays within one line: people see that line once.
func lastOfLines(way []scan.Step) (short []scan.Step) {
	for _, x := range way {
		if n := len(short); n > 0 && x.Kind == scan.StepOn && short[n-1].Kind == scan.StepOn && x.StartLine > 0 && x.Path == short[n-1].Path && x.StartLine == short[n-1].StartLine {
			short[n-1] = x
			continue
		}
		short = append(short, x)
	}
	return short
}

// flowOf is the way of the data to a place, from its source; nil for a finding that is not about a way. Steps that cannot be
// read are shown as the store has them.
func flowOf(r *reading) ([]step, error) {
	o := r.l.place()
	way := lastOfLines(o.Flow)
	list := make([]step, 0, len(way))
	var paths []string
	for i := range way {
		x := &way[i]
		words := stepWords[x.Kind]
		s := step{
			Word: words[0], Means: words[1], Class: string(x.Kind), File: display.CutMiddle(display.Escape(x.Path), textColumns), Line: x.StartLine, Lines: kept(x.StartLine, x.Text),
		}
		if r.s.Links != nil && x.Path != "" && o.Archive == "" {
			s.Link = weblink.Safe(r.s.Links.Line(r.v.Repository, r.l.commit(), x.Path, x.StartLine))
		}
		list = append(list, s)
		if x.StartLine > 0 && !slices.Contains(paths, x.Path) {
			paths = append(paths, x.Path)
		}
	}
	if r.s.Source == nil || o.Archive != "" {
		return list, nil
	}
	for _, path := range paths[:min(len(paths), mostFiles)] {
		var of []int
		var passages []scan.Passage
		for i := range way {
			if x := &way[i]; x.Path == path && x.StartLine > 0 {
				of, passages = append(of, i), append(passages, passageOf(x.Position, linesAroundStep))
			}
		}
		quoted, _, err := r.quote(path, passages...)
		if err != nil {
			return nil, err
		}
		for k := range quoted {
			if i := of[k]; len(quoted[k]) > 0 {
				list[i].Lines = linesFrom(quoted[k], way[i].Position)
			}
		}
	}
	return list, nil
}
