package flow

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// Place is a range of bytes that a formula of a taint rule matches. Of is the index in the rule's list of sources, sinks or sanitizers.
type Place struct {
	Start, End uint32
	Of         int
}

// Carry is a match of a propagator: taint goes from one expression to another. Of is the index in the rule's list.
type Carry struct {
	Start, End uint32
	From, To   tree.ID
	Of         int
}

// Places are the matches of all formulas of one taint rule in one file. Their order does not matter.
type Places struct {
	Sources, Sinks, Sanitizers []Place
	Propagators                []Carry
}

// Path is a way from a source to a sink.
type Path struct {
	// Source and Sink are indexes in the lists of Places.
	Source, Sink int
	// Steps are the nodes on the way, from the source's expression to the sink's. There are two at least, and maxSteps at most: the middle of a
	// longer way is left out.
	Steps []tree.ID
}

// Result is what a rule finds in a file.
type Result struct {
	// Paths has one path for each pair of source and sink, in the order of the sinks and then of the sources.
	Paths []Path
	// Cut names the functions that were too large to follow to their end, in the order of the file; "" is the file's own statements.
	Cut []string
}

const (
	// maxSteps bounds the steps of a path.
	maxSteps = 30
	// budget bounds the evaluation of one function, in nodes.
	budget = 100_000
	// maxRounds bounds how often a loop is walked until nothing changes.
	maxRounds = 4
	// maxTaints bounds how many sources one value may come from.
	maxTaints = 8
)

// Run follows the data of one rule through a file. It is a pure function; a File serves one goroutine.
func Run(file *match.File, r *rule.Rule, places *Places) *Result {
	if len(places.Sources) == 0 || len(places.Sinks) == 0 {
		return &Result{}
	}
	a := &analysis{file: file, rule: r.Taint, options: &r.Options.Taint, places: places, found: map[[2]int]*Path{}, summaries: map[tree.ID]*summary{}, functions: map[string][]tree.ID{}, classes: map[string]tree.ID{}}
	a.mark()
	a.declare()
	a.all()
	return a.result()
}

// analysis is the state of one run.
type analysis struct {
	file    *match.File
	rule    *rule.Taint
	options *rule.TaintOptions
	places  *Places
	marks   marks
	// functions are the declared functions by name.
	functions map[string][]tree.ID
	// classes are the declared classes by name.
	classes   map[string]tree.ID
	summaries map[tree.ID]*summary
	closures  []*closure
	// globals is what the file's own statements leave in variables.
	globals *state
	found   map[[2]int]*Path
	cut     []string
}

// all analyses the statements of the file and then each function.
func (a *analysis) all() {
	top := a.newWalk(tree.Root)
	top.state = newState()
	top.statements(tree.Root, tree.RoleBody)
	a.globals = top.state
	a.globals.dead = false
	for id := tree.Root; int(id) < len(a.file.Nodes); id++ {
		if a.file.Kind(id) == tree.Function && a.declared(id) {
			a.summary(id)
		}
	}
}

// result sorts what was found.
func (a *analysis) result() *Result {
	r := &Result{Cut: a.cut}
	for _, p := range a.found {
		r.Paths = append(r.Paths, *p)
	}
	slices.SortFunc(r.Paths, func(x, y Path) int {
		sinkX, sinkY := a.places.Sinks[x.Sink], a.places.Sinks[y.Sink]
		sourceX, sourceY := a.places.Sources[x.Source], a.places.Sources[y.Source]
		return cmp.Or(cmp.Compare(sinkX.Start, sinkY.Start), cmp.Compare(sinkX.End, sinkY.End), cmp.Compare(x.Sink, y.Sink), cmp.Compare(sourceX.Start, sourceY.Start), cmp.Compare(x.Source, y.Source))
	})
	return r
}

// report notes that a taint arrives at a sink, unless a shorter way is known.
func (a *analysis) report(t taint, sink int, at tree.ID) {
	p := &Path{Source: t.source, Sink: sink, Steps: t.steps(at)}
	key := [2]int{p.Source, p.Sink}
	if old := a.found[key]; old == nil || len(p.Steps) < len(old.Steps) {
		a.found[key] = p
	}
}
