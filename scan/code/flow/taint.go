package flow

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan/code/tree"
)

// site is a node of one of the files.
type site struct {
	unit int32
	id   tree.ID
}

// taint is a source that a value comes from, and the way from there.
type taint struct {
	// source is the number of the source among those of all files.
	source int
	label  string
	// from is the way so far, the newest step first.
	from *step
}

// step is one step of a way.
type step struct {
	at     site
	before *step
	length int
}

// taints are the sources of a value. They are sorted by source and label, each pair once, maxTaints at most.
type taints []taint

func compareTaints(a, b taint) int {
	return cmp.Or(cmp.Compare(a.source, b.source), strings.Compare(a.label, b.label))
}

// with is the union of two sets. Of two ways from one source the shorter one stays, or else the first.
func (t taints) with(more taints) taints {
	if len(more) == 0 {
		return t
	}
	if len(t) == 0 || len(t) == len(more) && &t[0] == &more[0] {
		return more
	}
	out := slices.Clone(t)
	for _, m := range more {
		i, found := slices.BinarySearchFunc(out, m, compareTaints)
		switch {
		case found && m.from.length < out[i].from.length:
			out[i] = m
		case !found && len(out) < maxTaints:
			out = slices.Insert(out, i, m)
		}
	}
	return out
}

// at adds a step to the ways of all taints.
func (t taints) at(here site) taints {
	if len(t) == 0 {
		return nil
	}
	out := make(taints, len(t))
	for i, each := range t {
		out[i] = each
		if each.from.at != here && each.from.length < 4*maxSteps {
			out[i].from = &step{here, each.from, each.from.length + 1}
		}
	}
	return out
}

// same reports whether two sets have the same sources and labels.
func (t taints) same(other taints) bool {
	return slices.EqualFunc(t, other, func(a, b taint) bool { return a.source == b.source && a.label == b.label })
}

// steps are the nodes of a taint's way, from the source to a last one.
func (t taint) steps(last site) []site {
	var list []site
	if t.from.at != last {
		list = append(list, last)
	}
	for s := t.from; s != nil; s = s.before {
		list = append(list, s.at)
	}
	slices.Reverse(list)
	if len(list) == 1 {
		list = append(list, last)
	}
	return list
}

// shorten leaves out the middle of a long way.
func shorten(steps []site) []site {
	if len(steps) > maxSteps {
		return slices.Delete(steps, maxSteps/2, len(steps)-maxSteps/2)
	}
	return steps
}

// withCalls adds to a way, which ends where the walk is, the calls that led there from its source: a value that a call
// hands on as it is has no step there.
func (w *walk) withCalls(steps []site) []site {
	list := steps[:1:1]
	depth := w.depth(0, steps[0])
	for i, s := range steps[1:] {
		to := len(w.calls)
		if i < len(steps)-2 {
			to = w.depth(depth, s)
		}
		for _, c := range w.calls[depth:to] {
			if c.from.id != tree.None && c.from != s && c.from != list[len(list)-1] {
				list = append(list, c.from)
			}
		}
		list, depth = append(list, s), to
	}
	return list
}

// depth is how many calls lead to a place: the fewest, but at least as many as before it on the way. A place in a call that
// is over has the number of those before it.
func (w *walk) depth(least int, at site) int {
	for i := least; i <= len(w.calls); i++ {
		if i == 0 {
			continue
		}
		f := w.calls[i-1].function
		if f.unit == at.unit && f.id <= at.id && at.id < w.units[at.unit].file.Nodes[f.id].Limit {
			return i
		}
	}
	return least
}

// labels asks for the labels of a set.
func (t taints) labels() func(label string) bool {
	return func(label string) bool {
		return slices.ContainsFunc(t, func(each taint) bool { return each.label == label })
	}
}
