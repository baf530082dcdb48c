package code

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
	"github.com/sluice-scan/sluice/scan/code/tree"
)

// crossings follow the data of all rules through the files of one family of languages. They serve one goroutine.
type crossings struct {
	pass    *pass
	tree    *scan.Tree
	members []*member
	index   *project.Index
	graph   *project.Graph
	digests [][16]byte
	family  tree.Language
	web     *flow.Web
	world   *flow.World
	// lone is a world in which no file leads to another, for what the steps do not suffice to follow further.
	lone *flow.World
	open map[int]*opened
	// parsed are the files whose trees are at hand, and nodes how many nodes these have.
	parsed map[int]*examination
	nodes  int
	// rules are those that may find something here, in the order of the detector.
	rules   []*crossed
	active  map[*rule.Rule]*crossed
	results []*crossing
	// matches say what the rules match in the files that were looked at.
	matches map[int]*matched
}

// crossed is a rule with the files in which the flow of its data may begin and end.
type crossed struct {
	rule   *rule.Rule
	number int
	// sources are the files that can hold one, and that do hold one once they were looked at; sinks those that hold one.
	sources, sinks []int
	// useful says of each file whether a way leads to it from a file from which ways lead to a source and a sink.
	useful []bool
	// ends are the places of the sources and sinks by file, and reach from where they are reached, once the files were looked at.
	ends  map[int]flow.Ends
	reach *flow.Reach
}

// maxOpen bounds the files that are open at a time, in nodes. Above it they are closed before the flow begins in the next file.
const maxOpen = 1_500_000

func newCrossings(p *pass, t *scan.Tree, list []*member, index *project.Index, graph *project.Graph, digests [][16]byte, family tree.Language) *crossings {
	c := &crossings{
		pass: p, tree: t, members: list, index: index, graph: graph, digests: digests, family: family, open: map[int]*opened{}, parsed: map[int]*examination{}, active: map[*rule.Rule]*crossed{}, matches: map[int]*matched{},
	}
	c.web = flow.NewWeb(graph, func(i int) *match.File {
		e := c.glance(i)
		if e == nil {
			return nil
		}
		return match.NewFile(e.tree)
	})
	c.world, c.lone = flow.NewWorld(index, c.web, c.file), flow.NewWorld(nil, c.web, c.file)
	byRule := map[*rule.Rule]*crossed{}
	for i, m := range list {
		if project.Family(m.facts.Language) != family {
			continue
		}
		for _, end := range m.ends {
			r := byRule[end.Rule]
			if r == nil {
				r = &crossed{rule: end.Rule, number: p.taint[end.Rule]}
				byRule[end.Rule] = r
			}
			if end.Source {
				r.sources = append(r.sources, i)
			}
			if len(m.sinks[r.number]) > 0 {
				r.sinks = append(r.sinks, i)
			}
		}
	}
	c.rules = slices.SortedFunc(maps.Values(byRule), func(a, b *crossed) int { return a.number - b.number })
	c.connect()
	return c
}

// connect finds from where ways lead to a source and a sink of each rule, and drops the rules for which there is no such file.
func (c *crossings) connect() {
	clear(c.active)
	clear(c.open)
	c.rules = slices.DeleteFunc(c.rules, func(r *crossed) bool {
		if len(r.sources) == 0 || len(r.sinks) == 0 {
			return true
		}
		toSource, toSink := c.graph.Reaching(r.sources), c.graph.Reaching(r.sinks)
		var start []int
		for i := range toSource {
			if toSource[i] && toSink[i] {
				start = append(start, i)
			}
		}
		if len(start) == 0 {
			return true
		}
		r.useful = c.graph.Reached(start)
		c.active[r.rule] = r
		return false
	})
}

// run looks for the sources and sinks first: most rules have none of the one or the other. Then it follows the data from each file.
func (c *crossings) run(ctx context.Context) error {
	if len(c.rules) == 0 {
		return nil
	}
	if err := c.look(ctx); err != nil {
		return err
	}
	c.connect()
	if err := c.spread(ctx); err != nil {
		return err
	}
	// Files that hold a source or a sink come first: whatever the steps suffice for, it is the same at each scan.
	left := c.steps()
	for _, near := range [...]bool{true, false} {
		starts := map[int][]*crossed{}
		for _, r := range c.rules {
			for _, i := range r.reach.Start() {
				if _, here := r.ends[i]; here == near {
					starts[i] = append(starts[i], r)
				}
			}
		}
		for _, i := range slices.Sorted(maps.Keys(starts)) {
			for _, r := range starts[i] {
				if err := ctx.Err(); err != nil {
					return err
				}
				world := c.world
				if left <= 0 {
					world = c.lone
				}
				result := c.follow(r, i, world)
				c.results = append(c.results, result)
				left -= result.steps
			}
			c.close()
		}
	}
	c.forget()
	return nil
}

// spread finds out for each rule from where its ends are reached. Rules with the same sources share what leads to these: with a file, all those to which
// it leads are useful for a rule, so that what is useful for others alone changes nothing.
func (c *crossings) spread(ctx context.Context) error {
	type origin struct {
		rules  []*crossed
		useful []bool
		ends   map[int][]uint32
	}
	byKey := map[string]*origin{}
	var origins []*origin
	for _, r := range c.rules {
		key := search.Origin(r.rule)
		o := byKey[key]
		if o == nil {
			o = &origin{useful: make([]bool, len(c.members)), ends: map[int][]uint32{}}
			byKey[key], origins = o, append(origins, o)
		}
		o.rules = append(o.rules, r)
		for _, i := range r.sources {
			o.ends[i] = r.ends[i].Sources
		}
		for i, useful := range r.useful {
			o.useful[i] = o.useful[i] || useful
		}
	}
	for _, o := range origins {
		toSources := c.web.ToSources(o.ends, trues(o.useful))
		for _, r := range o.rules {
			sinks := map[int][]uint32{}
			for i, ends := range r.ends {
				sinks[i] = ends.Sinks
			}
			r.reach = flow.NewReach(toSources, c.web.ToSinks(sinks, trues(r.useful)))
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		c.close()
	}
	return nil
}

// steps is how many steps the flow may take in the files of the family.
func (c *crossings) steps() int {
	size := 0
	for _, m := range c.members {
		if project.Family(m.facts.Language) == c.family {
			size += int(m.file.Size)
		}
	}
	return min(max(leastSteps, size/bytesPerStep), mostSteps)
}

// leastSteps, bytesPerStep and mostSteps bound the flow through all files of a family, whatever the number of rules. The last one is for folders of
// others' code, in which one program is as large as a thousand of its users' ones: a step takes about two microseconds.
const leastSteps, bytesPerStep, mostSteps = 1_000_000, 8, 8_000_000

// close closes the files when there are too many.
func (c *crossings) close() {
	if c.nodes > maxOpen {
		c.forget()
	}
}

// forget closes all files.
func (c *crossings) forget() {
	c.world.Forget()
	c.lone.Forget()
	clear(c.open)
	clear(c.parsed)
	c.nodes = 0
}

// look finds out which files hold a source, among those from which and to which ways lead: most names of a program are those of parameters, and
// rules ask much of them.
func (c *crossings) look(ctx context.Context) error {
	wanted := map[int][]*crossed{}
	for _, r := range c.rules {
		for _, i := range r.sources {
			if r.useful[i] {
				wanted[i] = append(wanted[i], r)
			}
		}
		r.sources, r.ends = nil, map[int]flow.Ends{}
		for _, i := range r.sinks {
			r.ends[i] = flow.Ends{Sinks: c.members[i].sinks[r.number]}
		}
	}
	files := slices.Sorted(maps.Keys(wanted))
	found := make([]*matched, len(files))
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(cmp.Or(c.pass.options.Jobs, runtime.GOMAXPROCS(0)))
	for at, i := range files {
		group.Go(func() error {
			found[at] = c.matched(i, wanted[i])
			return groupCtx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for at, i := range files {
		c.matches[i] = found[at]
		for _, r := range wanted[i] {
			if sources := found[at].sources[r.number]; len(sources) > 0 {
				r.sources = append(r.sources, i)
				r.ends[i] = flow.Ends{Sources: sources, Sinks: r.ends[i].Sinks}
			}
		}
	}
	return nil
}

// matched finds out where the sources of rules are in a file. It is safe for concurrent use.
func (c *crossings) matched(i int, rules []*crossed) *matched {
	f := &c.members[i].file
	key := contentKey{f.Path, f.Blob}
	if f.Blob != "" {
		if m := recall(c.pass.memory, c.pass.memory.ends, key); m != nil && !slices.ContainsFunc(rules, func(r *crossed) bool { _, asked := m.sources[r.number]; return !asked }) {
			return m
		}
	}
	m := &matched{sources: map[int][]uint32{}}
	asked := map[*rule.Rule]bool{}
	for _, r := range rules {
		m.sources[r.number] = nil
		asked[r.rule] = true
	}
	if e := c.content(i); e != nil {
		in := e.input()
		in.Across, in.Half = true, search.Sources
		in.Skip = func(r *rule.Rule) bool { return !asked[r] }
		for _, run := range c.pass.set.Examine(in) {
			of := flow.Match(run)
			number := c.pass.taint[run.Rule()]
			m.sources[number] = append(m.sources[number], of.SourceEnds()...)
			m.gap = m.gap.with(missedBy(run.Rule(), of.Extent()))
		}
		m.gap = m.gap.with(e.gap())
	}
	if f.Blob != "" {
		remember(c.pass.memory, c.pass.memory.ends, key, m)
	}
	return m
}

// follow follows the data of a rule from one file, through all files or in this one alone.
func (c *crossings) follow(r *crossed, i int, world *flow.World) *crossing {
	f := &c.members[i].file
	key := resultKey{r.number, f.Path, c.digests[i]}
	if f.Blob != "" {
		if result := recall(c.pass.memory, c.pass.memory.results, key); result != nil {
			return result
		}
	}
	q := &flow.Query{Rule: r.rule, Start: []int{i}, Reach: r.reach}
	if world == c.lone {
		if ends := r.ends[i]; len(ends.Sources) == 0 || len(ends.Sinks) == 0 {
			return &crossing{gaps: map[string]gap{f.Path: missedBy(r.rule, flow.Shallow)}}
		}
		q.Reach = c.web.Reach(map[int]flow.Ends{i: r.ends[i]}, []int{i})
	}
	before := world.Steps()
	ways, seen, extent := world.Find(q, func(i int) *flow.Matches { return c.opened(i).match(r.rule) })
	result := &crossing{gaps: map[string]gap{}, steps: world.Steps() - before}
	for i := range ways {
		var steps []place
		for _, mark := range ways[i].Steps {
			steps = append(steps, place{c.opened(mark.File).examination, mark.Span})
		}
		result.findings = append(result.findings, c.opened(ways[i].File).finding(&ways[i].Finding, steps))
	}
	if world == c.lone {
		extent = max(extent, flow.Shallow)
	}
	if g := missedBy(r.rule, extent); !g.none() {
		result.gaps[f.Path] = g
	}
	for _, i := range seen {
		o := c.opened(i)
		g := gap{bytes: o.tree.ErrorBytes, size: len(o.source)}
		if m := o.match(r.rule); m != nil {
			g = g.with(missedBy(r.rule, m.Extent()))
		}
		if !g.none() {
			result.gaps[o.path] = result.gaps[o.path].with(g)
		}
	}
	if f.Blob != "" {
		remember(c.pass.memory, c.pass.memory.results, key, result)
	}
	return result
}

// tell notes what was not seen.
func (c *crossings) tell() {
	p := c.pass
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, m := range c.matches {
		if g := m.gap.with(c.members[i].gap); !g.none() {
			p.miss(c.members[i].file.Path, g)
		}
	}
	for _, r := range c.results {
		for path, g := range r.gaps {
			p.miss(path, g)
		}
	}
}

// trues are the places of a list that hold true.
func trues(flags []bool) (list []int) {
	for i, flag := range flags {
		if flag {
			list = append(list, i)
		}
	}
	return list
}
