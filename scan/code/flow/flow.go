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
	Guards                     []Check
}

// Check is a match of a guard: a condition, and the expression that it checks. Of is the index in the rule's list.
type Check struct {
	Start, End uint32
	Checked    tree.ID
	Of         int
}

// Query is one rule in a world.
type Query struct {
	Rule *rule.Rule
	// Places gives what the rule matches in a file; nil for nothing. For one file it gives the same pointer each time.
	Places func(file int) *Places
	// Start are the files whose statements and functions are walked. The others are seen where calls lead to them.
	Start []int
	// Reach says from where the rule's sources and sinks are reached; nil for what is found out from the places of the files of Start alone.
	Reach *Reach
}

// Step is a node on a way. File is the number of its file.
type Step struct {
	File int
	Node tree.ID
}

// Path is a way from a source to a sink.
type Path struct {
	// SourceFile and SinkFile are numbers of files; Source and Sink are indexes in the lists of their Places.
	SourceFile, Source, SinkFile, Sink int
	// Steps are the nodes on the way, from the source's expression to the sink's. There are two at least, and maxSteps at most: the middle of a
	// longer way is left out.
	Steps []Step
}

// Result is what a rule finds.
type Result struct {
	// Paths has one path for each pair of source and sink, in the order of the files, the sinks and then the sources.
	Paths  []Path
	Extent Extent
	// Cut names the functions that were too large to walk to their end; "" is a file's own statements.
	Cut []string
	// Seen are the files to which the flow led, the first one first.
	Seen []int
}

const (
	// maxSteps bounds the steps of a path.
	maxSteps = 30
	// maxAside bounds how deep calls are followed in other files when they reach neither a source nor a sink.
	maxAside = 2
	// maxRounds bounds how often a loop is walked until nothing changes.
	maxRounds = 4
	// maxTaints bounds how many sources one value may come from.
	maxTaints = 8
)

// Run follows the data of one rule through the files of the world. The result depends on what the files say and on nothing else.
func (w *World) Run(q *Query) *Result {
	a := newAnalysis(w, q)
	a.all()
	w.steps += a.cost()
	return a.result()
}

// analysis is the state of one run.
type analysis struct {
	world  *World
	query  *Query
	units  []*unit
	byFile map[int]*unit
	// nodes is how many the units have; tooLarge says that there were too many.
	nodes    int
	tooLarge bool
	rule     *rule.Taint
	options  *rule.TaintOptions
	// sources and sinks are those of all units, in their order.
	sources, sinks []origin
	entities       []*entity
	entityNumbers  map[identity]int32
	// made are the functions that were made as values, and not yet looked at.
	made []int32
	// ambient is what the statements of the files leave, with what functions leave in the fields of their objects.
	ambient *state
	// steps is how many nodes were walked, and limit how large the cost of walks that follow calls may be.
	steps, limit int
	// opened are the files whose statements were walked since the walk of a function began.
	opened []*unit
	extent Extent
	found  map[[2]int]*Path
	cut    []string
	reach  *Reach
	// watch is told what happens to data, for [Explain]; else nil.
	watch *watch
	// callees are the names that the functions of a file call, by the number of the file, once a source asks for them.
	callees map[int32]map[string]bool
	// texts are the places that stand for texts of expressions.
	texts map[place]bool
}

// origin is a place with its file.
type origin struct {
	unit  int32
	index int
	*Place
}

func newAnalysis(w *World, q *Query) *analysis {
	a := &analysis{
		world: w, query: q, byFile: map[int]*unit{}, rule: q.Rule.Taint, options: &q.Rule.Options.Taint, entities: []*entity{nil}, entityNumbers: map[identity]int32{},
		found: map[[2]int]*Path{}, callees: map[int32]map[string]bool{}, texts: map[place]bool{},
	}
	a.ambient = newState(func(entity int32) bool { return a.entities[entity].over })
	return a
}

// all walks the statements of each file and then the functions from which a source and a sink can be reached.
func (a *analysis) all() {
	start := a.unitsOf(a.query.Start)
	if a.reach = a.query.Reach; a.reach == nil {
		ends := map[int]Ends{}
		for _, u := range start {
			ends[u.at] = u.places.ends()
		}
		a.reach = a.world.web.Reach(ends, a.query.Start)
	}
	a.limit = leastTotal + totalPerNode*a.nodes
	for _, u := range start {
		a.load(u)
	}
	entries := a.entries(start)
	// Functions leave data in the fields of their objects. Those walked before see them in a second round.
	for range 2 {
		before := a.ambient.clone()
		for _, e := range entries {
			a.enter(e)
		}
		if a.ambient.same(before) {
			break
		}
	}
}

// load walks the statements of a file, once.
func (a *analysis) load(u *unit) {
	if u.loaded {
		return
	}
	w := a.walked(u, tree.Root, func(w *walk) {
		u.loaded = true
		w.hoist(tree.Root, tree.RoleBody)
		w.statements(tree.Root, tree.RoleBody)
		w.state.dead = false
		w.rest()
	})
	if w != nil {
		w.state.dead = false
		a.ambient = w.state
	}
}

// enter walks a function with arguments that are not known.
func (a *analysis) enter(at site) {
	u := a.units[at.unit]
	c := callee{unit: u, id: at.id, around: u.globals}
	if class := u.classAround(at.id); class != tree.None {
		c.object = a.common(u, class)
	}
	w := a.walked(u, at.id, func(w *walk) {
		w.invoke(&c, tree.None, nil, true)
		w.state.dead = false
		w.rest()
	})
	if w != nil {
		a.keep(w.state)
	}
}

// keep takes over what a function left in the fields of common objects.
func (a *analysis) keep(after *state) {
	add := map[place]value{}
	differ(a.ambient.root, after.root, 0, func(_, l *leaf) bool {
		if l != nil && l.at.name != control {
			if e := a.entities[l.at.of]; e.kind == objectEntity && e.frame == commonFrame {
				add[l.at] = l.v
			}
		}
		return true
	})
	for p, v := range add {
		if old, ok := a.ambient.get(p); ok {
			v = old.joined(v)
		} else {
			v.known, v.partly = match.Value{}, true
		}
		if old, ok := a.ambient.get(p); !ok || !old.same(v) {
			a.ambient.put(p, v)
		}
	}
}

// commonFrame is the frame of the objects that stand for all objects of a class.
const commonFrame = -1

// common is the object of a class whose methods are walked.
func (a *analysis) common(u *unit, class tree.ID) int32 {
	number, made := a.entity(identity{kind: objectEntity, at: site{u.number, class}, frame: commonFrame})
	if made {
		a.entities[number].class = a.class(u, class)
	}
	return number
}

// result sorts what was found.
func (a *analysis) result() *Result {
	r := &Result{Extent: a.extent, Cut: a.cut}
	for _, u := range a.units {
		r.Seen = append(r.Seen, u.at)
	}
	for _, p := range a.found {
		r.Paths = append(r.Paths, *p)
	}
	at := func(file, index int, sink bool) *Place {
		if sink {
			return &a.byFile[file].places.Sinks[index]
		}
		return &a.byFile[file].places.Sources[index]
	}
	slices.SortFunc(r.Paths, func(x, y Path) int {
		sinkX, sinkY := at(x.SinkFile, x.Sink, true), at(y.SinkFile, y.Sink, true)
		sourceX, sourceY := at(x.SourceFile, x.Source, false), at(y.SourceFile, y.Source, false)
		return cmp.Or(cmp.Compare(x.SinkFile, y.SinkFile), cmp.Compare(sinkX.Start, sinkY.Start), cmp.Compare(sinkX.End, sinkY.End), cmp.Compare(x.Sink, y.Sink),
			cmp.Compare(x.SourceFile, y.SourceFile), cmp.Compare(sourceX.Start, sourceY.Start), cmp.Compare(x.Source, y.Source))
	})
	return r
}

// report notes that a taint arrives at a sink, unless a shorter way is known.
func (w *walk) report(t taint, sink int, at site) {
	a := w.analysis
	key := [2]int{t.source, sink}
	steps := shorten(w.withCalls(t.steps(at)))
	if old := a.found[key]; old != nil && len(old.Steps) <= len(steps) {
		return
	}
	from, to := a.sources[t.source], a.sinks[sink]
	p := &Path{SourceFile: a.units[from.unit].at, Source: from.index, SinkFile: a.units[to.unit].at, Sink: to.index}
	for _, s := range steps {
		p.Steps = append(p.Steps, Step{a.units[s.unit].at, s.id})
	}
	a.found[key] = p
}
