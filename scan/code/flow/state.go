package flow

import "slices"

// place is where a value is kept: a variable of a frame, or a field or an element of an object. Both are entities.
type place struct{ of, name int32 }

// state is what all places hold at one point of a program. States share what they have in common, so that a branch costs what it changes.
type state struct {
	trie
	*book
	// dead says that no run of the program comes here.
	dead bool
}

// book is what all states of a run share.
type book struct {
	// over reports whether an entity is a call that ended, whose variables nothing can reach any more.
	over func(entity int32) bool
	// edits numbers the versions of states.
	edits uint64
	// joined counts the places that were joined or compared.
	joined int
}

func newState(over func(entity int32) bool) *state {
	b := &book{over: over}
	return &state{trie: trie{edit: b.version()}, book: b}
}

// version is the number of a new version.
func (b *book) version() uint64 {
	b.edits++
	return b.edits
}

// get is what a place holds; ok is false when it holds nothing.
func (s *state) get(p place) (value, bool) {
	if l := s.trie.get(p); l != nil {
		return l.v, true
	}
	return value{}, false
}

// clone is an equal state. What is put into one is not seen in the other.
func (s *state) clone() *state {
	s.edit = s.version()
	return &state{trie: trie{root: s.root, edit: s.version()}, book: s.book, dead: s.dead}
}

// join is the state after two ways meet. Nil is a way that nobody takes.
func join(a, b *state) *state {
	switch {
	case a == nil || a.dead && b != nil:
		return b
	case b == nil || b.dead:
		return a
	}
	// The joined state shares nodes with both, so that neither may change them in place.
	a.edit, b.edit = a.version(), b.version()
	out := &state{trie: trie{edit: a.version()}, book: a.book}
	m := merger{edit: out.edit, of: a.joinedAt}
	out.root = m.merge(a.root, b.root, 0)
	return out
}

// joinedAt is what a place holds after two ways meet that leave different things there; nil for nothing.
func (b *book) joinedAt(x, y *leaf) *leaf {
	b.joined++
	some := x
	if some == nil {
		some = y
	}
	if b.over(some.at.of) {
		return nil
	}
	if x != nil && y != nil {
		v := x.v.joined(y.v)
		switch {
		case v.identical(&x.v):
			return x
		case v.identical(&y.v):
			return y
		}
		return &leaf{at: x.at, hash: x.hash, v: v}
	}
	if some.v.text {
		return nil
	}
	v := some.v.joined(value{})
	v.partly = true
	if v.identical(&some.v) {
		return some
	}
	return &leaf{at: some.at, hash: some.hash, v: v}
}

// same reports whether two states know the same.
func (s *state) same(other *state) bool {
	if s.dead != other.dead {
		return false
	}
	return differ(s.root, other.root, 0, func(a, b *leaf) bool {
		s.joined++
		var x, y value
		if a != nil {
			x = a.v
		}
		if b != nil {
			y = b.v
		}
		return x.same(y)
	})
}

// identical reports whether nothing tells two values apart, the ways of their taints included.
func (v *value) identical(other *value) bool {
	return len(v.taints) == len(other.taints) && (len(v.taints) == 0 || &v.taints[0] == &other.taints[0]) &&
		slices.Equal(v.may, other.may) && v.known == other.known && v.soft == other.soft && v.from == other.from && v.checks == other.checks &&
		v.ran == other.ran && v.ranIf == other.ranIf && v.spelled == other.spelled && v.text == other.text && v.partly == other.partly
}
