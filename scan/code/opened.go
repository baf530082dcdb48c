package code

import (
	"cmp"

	"github.com/sluice-scan/sluice/scan/code/flow"
	"github.com/sluice-scan/sluice/scan/code/match"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/search"
)

// opened is a file with its tree and the rules on it.
type opened struct {
	*examination
	file    *match.File
	runs    map[*rule.Rule]*search.Run
	matches map[*rule.Rule]*flow.Matches
}

// match is what a rule matches in the file; nil for nothing.
func (o *opened) match(r *rule.Rule) *flow.Matches {
	if o == nil || o.runs[r] == nil {
		return nil
	}
	m := o.matches[r]
	if m == nil {
		m = flow.Match(o.runs[r])
		o.matches[r] = m
	}
	return m
}

// file opens a file for the flow.
func (c *crossings) file(i int) *match.File {
	if o := c.opened(i); o != nil {
		return o.file
	}
	return nil
}

// opened is a file with the rules that may find something; nil when it cannot be read.
func (c *crossings) opened(i int) *opened {
	if o, ok := c.open[i]; ok {
		return o
	}
	c.open[i] = c.read(i, func(r *rule.Rule) bool { return c.active[r] != nil && c.active[r].useful[i] })
	return c.open[i]
}

// parse gives a file with its tree; nil when it cannot be read.
func (c *crossings) parse(i int) *examination {
	if e, ok := c.parsed[i]; ok {
		return e
	}
	e := c.content(i)
	if e != nil {
		if e.tree == nil {
			e.tree = e.front.parse(e.source)
		}
		c.nodes += len(e.tree.Nodes)
	}
	c.parsed[i] = e
	return e
}

// glance gives a file with its tree, and keeps it as long as there is room; nil when it cannot be read.
func (c *crossings) glance(i int) *examination {
	if e, ok := c.parsed[i]; ok || c.nodes < maxOpen {
		return cmp.Or(e, c.parse(i))
	}
	e := c.content(i)
	if e != nil && e.tree == nil {
		e.tree = e.front.parse(e.source)
	}
	return e
}

// content gives a file, with its tree where that is kept; nil when it cannot be read. It is safe for concurrent use.
func (c *crossings) content(i int) *examination {
	m := c.members[i]
	e := &examination{detector: c.pass.Detector, path: m.file.Path, front: m.front, tree: m.tree}
	if m.tree != nil {
		e.source = m.tree.Source
		return e
	}
	content, err := c.tree.Read(m.file)
	if err != nil {
		return nil // The walk has said so.
	}
	e.source = string(content.Data)
	return e
}

// read opens a file with some rules.
func (c *crossings) read(i int, wanted func(*rule.Rule) bool) *opened {
	e := c.parse(i)
	if e == nil {
		return nil
	}
	o := &opened{examination: e, runs: map[*rule.Rule]*search.Run{}, matches: map[*rule.Rule]*flow.Matches{}}
	in := e.input()
	in.Across = true
	in.Skip = func(r *rule.Rule) bool { return !wanted(r) || !r.Paths.Match(e.path) }
	for _, run := range c.pass.set.Examine(in) {
		if o.file = run.File(); o.runs[run.Rule()] == nil {
			o.runs[run.Rule()] = run
		}
	}
	if o.file == nil || len(o.file.Nodes) < len(e.tree.Nodes) {
		o.file = match.NewFile(e.tree)
	}
	return o
}
