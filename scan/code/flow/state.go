package flow

import "maps"

// place is where a value is kept: a variable of a frame, or a field or an element of an object. Both are entities.
type place struct{ of, name int32 }

// state is what all places hold at one point of a program. States share what they have in common: each branch of a condition writes into a
// layer of its own, so that a branch costs what it changes.
type state struct {
	top *layer
	// over reports whether an entity is a call that ended, whose variables nothing can reach any more.
	over func(entity int32) bool
	// dead says that no run of the program comes here.
	dead bool
}

// layer is what changed since the layer below. A layer with another above it does not change any more.
type layer struct {
	below *layer
	set   map[place]value
	depth int
}

// maxLayers bounds how many layers a look-up goes through.
const maxLayers = 16

func newState(over func(entity int32) bool) *state { return &state{top: &layer{}, over: over} }

// get is what a place holds; ok is false when nothing was ever put there.
func (s *state) get(p place) (value, bool) {
	for l := s.top; l != nil; l = l.below {
		if v, ok := l.set[p]; ok {
			return v, !v.absent
		}
	}
	return value{}, false
}

func (s *state) put(p place, v value) {
	if s.top.set == nil {
		s.top.set = map[place]value{}
	}
	s.top.set[p] = v
}

// remove empties a place.
func (s *state) remove(p place) { s.put(p, value{absent: true}) }

// clone is an equal state. What is put into one is not seen in the other.
func (s *state) clone() *state {
	if len(s.top.set) > 0 {
		below := s.compact()
		s.top = &layer{below: below, depth: below.depth + 1}
	}
	return &state{top: &layer{below: s.top.below, depth: s.top.depth}, over: s.over, dead: s.dead}
}

// compact merges layers when there are many: all into the lowest, or all above it when that is much larger.
func (s *state) compact() *layer {
	top := s.top
	if top.depth < maxLayers {
		return top
	}
	var list []*layer
	root := top
	for l := top; l.below != nil; l = l.below {
		list = append(list, l)
		root = l.below
	}
	merged := map[place]value{}
	for i := len(list) - 1; i >= 0; i-- {
		for p, v := range list[i].set {
			if !s.over(p.of) {
				merged[p] = v
			}
		}
	}
	if len(merged) < len(root.set)/2 {
		return &layer{below: root, set: merged, depth: 1}
	}
	all := make(map[place]value, len(root.set)+len(merged))
	maps.Copy(all, root.set)
	maps.Copy(all, merged)
	return &layer{set: all}
}

// common is the highest layer that both states stand on, or nil.
func common(a, b *layer) *layer {
	for a != b {
		switch {
		case a == nil || b == nil:
			return nil
		case a.depth > b.depth:
			a = a.below
		case b.depth > a.depth:
			b = b.below
		default:
			a, b = a.below, b.below
		}
	}
	return a
}

// join is the state after two ways meet. Nil is a way that nobody takes.
func join(a, b *state) *state {
	switch {
	case a == nil || a.dead && b != nil:
		return b
	case b == nil || b.dead:
		return a
	}
	base := common(a.top, b.top)
	out := &layer{below: base, set: map[place]value{}}
	if base != nil {
		out.depth = base.depth + 1
	}
	for _, top := range [2]*layer{a.top, b.top} {
		for l := top; l != base; l = l.below {
			for p := range l.set {
				if _, done := out.set[p]; !done && !a.over(p.of) {
					out.set[p] = joinedAt(a, b, p)
				}
			}
		}
	}
	return &state{top: out, over: a.over}
}

// joinedAt is what a place holds after two ways meet.
func joinedAt(a, b *state, p place) value {
	x, inA := a.get(p)
	y, inB := b.get(p)
	switch {
	case inA && inB:
		return x.joined(y)
	case inB:
		x = y
	case !inA:
		return value{absent: true}
	}
	if x.text {
		return value{absent: true}
	}
	x = x.joined(value{})
	x.partly = true
	return x
}

// same reports whether two states know the same.
func (s *state) same(other *state) bool {
	if s.dead != other.dead {
		return false
	}
	base := common(s.top, other.top)
	for _, top := range [2]*layer{s.top, other.top} {
		for l := top; l != base; l = l.below {
			for p := range l.set {
				x, _ := s.get(p)
				y, _ := other.get(p)
				x.absent, y.absent = false, false
				if !x.same(y) {
					return false
				}
			}
		}
	}
	return true
}
