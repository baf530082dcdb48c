package code

import (
	"context"
	"maps"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/project"
	"github.com/sluice-scan/sluice/scan/code/rule"
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
	world   *flow.World
	// lone is a world in which no file leads to another, for what the steps do not suffice to follow further.
	lone *flow.World
	open    map[int]*opened
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
	// sources and sinks are the files that can hold one, and that do hold one once they were looked at; start those from which ways lead to both.
	sources, sinks, start []int
	toSource, toSink      []bool
	// source and sink say of each file whether it holds one.
	source, sink []bool
	// useful says of each file whether a way leads to it from where the data is followed.
	useful []bool
}

// maxOpen bounds the files that are open at a time, in nodes. Above it they are closed before the flow begins in the next file.
const maxOpen = 1_500_000

func newCrossings(p *pass, t *scan.Tree, list []*member, index *project.Index, graph *project.Graph, digests [][16]byte, family tree.Language) *crossings {
	c := &crossings{
		pass: p, tree: t, members: list, index: index, graph: graph, digests: digests, family: family, open: map[int]*opened{}, parsed: map[int]*examination{}, active: map[*rule.Rule]*crossed{}, matches: map[int]*matched{},
	}
	c.world, c.lone = flow.NewWorld(index, graph, c.file), flow.NewWorld(nil, nil, c.file)
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
			if end.Sink {
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
		r.start = nil
		if len(r.sources) == 0 || len(r.sinks) == 0 {
			return true
		}
		r.toSource, r.toSink = c.graph.Reaching(r.sources), c.graph.Reaching(r.sinks)
		for i := range r.toSource {
			if r.toSource[i] && r.toSink[i] {
				r.start = append(r.start, i)
			}
		}
		if len(r.start) == 0 {
			return true
		}
		r.source, r.sink = c.flags(r.sources), c.flags(r.sinks)
		r.useful = c.graph.Reached(r.start)
		c.active[r.rule] = r
		return false
	})
}

// flags says of each file whether it is one of some.
func (c *crossings) flags(files []int) []bool {
	flags := make([]bool, len(c.members))
	for _, i := range files {
		flags[i] = true
	}
	return flags
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
	// Files that hold a source or a sink come first: whatever the steps suffice for, it is the same at each scan.
	left := c.steps()
	for _, near := range [...]bool{true, false} {
		starts := map[int][]*crossed{}
		for _, r := range c.rules {
			for _, i := range r.start {
				if near == (r.source[i] || r.sink[i]) {
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

// steps is how many steps the flow may take in the files of the family.
func (c *crossings) steps() int {
	size := 0
	for _, m := range c.members {
		if project.Family(m.facts.Language) == c.family {
			size += int(m.file.Size)
		}
	}
	return max(leastSteps, size/bytesPerStep)
}

// leastSteps and bytesPerStep bound the flow through all files of a family, whatever the number of rules.
const leastSteps, bytesPerStep = 1_000_000, 8

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

// look finds out which files hold a source or a sink, among those from which and to which ways lead.
func (c *crossings) look(ctx context.Context) error {
	wanted := map[int][]*crossed{}
	for _, r := range c.rules {
		ends := slices.Concat(r.sources, r.sinks)
		slices.Sort(ends)
		for _, i := range slices.Compact(ends) {
			if r.useful[i] {
				wanted[i] = append(wanted[i], r)
			}
		}
	}
	for _, r := range c.rules {
		r.sources, r.sinks = nil, nil
	}
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		if err := ctx.Err(); err != nil {
			return err
		}
		m := c.matched(i, wanted[i])
		for _, r := range wanted[i] {
			if m.source[r.number] {
				r.sources = append(r.sources, i)
			}
			if m.sink[r.number] {
				r.sinks = append(r.sinks, i)
			}
		}
		c.close()
	}
	return nil
}

// matched finds out what rules match in a file.
func (c *crossings) matched(i int, rules []*crossed) *matched {
	f := &c.members[i].file
	key := contentKey{f.Path, f.Blob}
	if f.Blob != "" {
		if m := recall(c.pass.memory, c.pass.memory.ends, key); m != nil && !slices.ContainsFunc(rules, func(r *crossed) bool { return !m.asked[r.number] }) {
			c.matches[i] = m
			return m
		}
	}
	m := &matched{asked: map[int]bool{}, source: map[int]bool{}, sink: map[int]bool{}}
	asked := map[*rule.Rule]bool{}
	for _, r := range rules {
		m.asked[r.number] = true
		asked[r.rule] = true
	}
	// Only these rules are matched here: few of them are left when all files were looked at.
	if o := c.read(i, func(r *rule.Rule) bool { return asked[r] }); o != nil {
		for _, r := range rules {
			if of := o.match(r.rule); of != nil {
				m.source[r.number], m.sink[r.number] = len(of.Sources) > 0, len(of.Sinks) > 0
				m.gap = m.gap.with(missedBy(r.rule, of.Extent()))
			}
		}
		m.gap = m.gap.with(o.gap())
	}
	c.matches[i] = m
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
	q := &flow.Query{
		Rule: r.rule, Start: []int{i}, ToSource: func(i int) bool { return r.toSource[i] }, ToSink: func(i int) bool { return r.toSink[i] },
	}
	if world == c.lone && !(r.source[i] && r.sink[i]) {
		return &crossing{gaps: map[string]gap{f.Path: missedBy(r.rule, flow.Shallow)}}
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
		if !m.gap.none() {
			p.miss(c.members[i].file.Path, m.gap)
		}
	}
	for _, r := range c.results {
		for path, g := range r.gaps {
			p.miss(path, g)
		}
	}
}
