package flow

import "github.com/sluice-scan/sluice/scan/code/tree"

// Extent is how far the data of a rule was followed. The larger one of two holds for both together.
type Extent int8

const (
	// Whole: through all calls.
	Whole Extent = iota
	// Shallow: through all statements, but not through all calls.
	Shallow
	// Cut: some statements were not walked.
	Cut
)

// effort is how far one walk of a function goes.
type effort struct {
	// calls is how deep calls are followed.
	calls int
	// steps is how many it may take.
	steps int
}

const (
	// leastSteps and stepsPerNode bound one walk of a function, by its nodes.
	leastSteps, stepsPerNode = 5_000, 10
	// lastSteps and lastPerNode bound the walk of a function that follows no calls.
	lastSteps, lastPerNode = 100_000, 20
	// fewCalls is how deep calls are followed where a walk through all of them takes too long.
	fewCalls = 2
	// leastTotal and totalPerNode bound the walks of one run that follow calls, by the nodes of the files in which it starts.
	leastTotal, totalPerNode = 30_000, 4
	// lastTotal times as many bound all walks of a run.
	lastTotal = 8
)

// efforts are the walks of a function to try, one after the other, until one comes to its end.
func (a *analysis) efforts(nodes int) []effort {
	last := effort{steps: max(lastSteps, lastPerNode*nodes)}
	switch steps := leastSteps + stepsPerNode*nodes; {
	case a.cost() > lastTotal*a.limit:
		return nil
	case a.cost() > a.limit:
		a.extent = max(a.extent, Shallow)
		return []effort{last}
	default:
		return []effort{{maxCalls, steps}, {fewCalls, steps}, last}
	}
}

// cost is how many steps were taken. A place that is joined is a step, too: of a state with many places, each join takes long.
func (a *analysis) cost() int { return a.steps + a.ambient.joined }

// walked walks a function, or the file's own statements, with as many calls as the steps suffice for.
func (a *analysis) walked(u *unit, function tree.ID, do func(w *walk)) *walk {
	var w *walk
	nodes := int(u.file.Nodes[function].Limit - function)
	list := a.efforts(nodes)
	for i, e := range list {
		entities, made := len(a.entities), a.made
		a.opened = nil
		w = a.newWalk(u, function)
		w.frame, w.state = u.globals, a.ambient.clone()
		w.effort, w.until = e, a.cost()+e.steps
		do(w)
		if !w.full {
			return w
		}
		a.extent = max(a.extent, Shallow)
		if i < len(list)-1 {
			a.undo(entities, made)
		}
	}
	a.extent = Cut
	a.cut = append(a.cut, u.nameOf(function))
	return w
}

// undo forgets a walk that did not come to its end, except for what it found: that is true.
func (a *analysis) undo(entities int, made []int32) {
	a.made = made
	for _, e := range a.entities[entities:] {
		if e.kind == functionEntity {
			e.called, e.unmade = false, true
		}
	}
	for _, u := range a.opened {
		u.loaded = false
	}
}

// spend counts a step. After the last one nothing is followed any further.
func (w *walk) spend() bool {
	w.steps++
	if !w.full && w.cost() > w.until {
		w.full = true
	}
	return !w.full
}
