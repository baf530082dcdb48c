package flow

import "math/bits"

// trie is a map from places to values of which many versions share what they have in common: a hash array mapped trie. Two versions are compared
// and merged in time that depends on their difference. Source: Bagwell, "Ideal Hash Trees", 2001.
type trie struct {
	root *node
	// edit marks the nodes that this version alone holds, which it may change in place.
	edit uint64
}

// node holds up to 32 slots, those whose bits are set.
type node struct {
	edit  uint64
	bits  uint32
	slots []slot
}

// slot is a leaf, or a node with the leaves whose hashes begin alike.
type slot struct {
	sub  *node
	leaf *leaf
}

// leaf does not change.
type leaf struct {
	at   place
	hash uint64
	v    value
}

const slotBits = 5

// hashOf mixes the bits of a place. Different places have different hashes. The numbers are those of SplitMix64
// (https://prng.di.unimi.it/splitmix64.c).
func hashOf(p place) uint64 {
	h := uint64(uint32(p.of))<<32 | uint64(uint32(p.name))
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// bitOf is the bit of a hash at a depth.
func bitOf(hash uint64, depth uint) uint32 { return 1 << (hash >> depth & 31) }

// index is the position of a bit's slot.
func (n *node) index(bit uint32) int { return bits.OnesCount32(n.bits & (bit - 1)) }

// get finds the leaf of a place, or nil.
func (t *trie) get(p place) *leaf {
	n := t.root
	hash := hashOf(p)
	for rest := hash; n != nil; rest >>= slotBits {
		bit := bitOf(rest, 0)
		if n.bits&bit == 0 {
			return nil
		}
		s := &n.slots[n.index(bit)]
		if s.leaf != nil {
			if s.leaf.hash == hash {
				return s.leaf
			}
			return nil
		}
		n = s.sub
	}
	return nil
}

// put stores a value.
func (t *trie) put(p place, v value) {
	l := &leaf{at: p, hash: hashOf(p), v: v}
	if t.root == nil {
		t.root = &node{edit: t.edit}
	}
	t.root = t.root.put(t.edit, l, 0)
}

// own is the node itself, or a copy that may be changed.
func (n *node) own(edit uint64) *node {
	if n.edit == edit {
		return n
	}
	return &node{edit: edit, bits: n.bits, slots: append(make([]slot, 0, len(n.slots)+1), n.slots...)}
}

func (n *node) put(edit uint64, l *leaf, depth uint) *node {
	n = n.own(edit)
	bit := bitOf(l.hash, depth)
	i := n.index(bit)
	if n.bits&bit == 0 {
		n.insert(bit, i, slot{leaf: l})
		return n
	}
	s := &n.slots[i]
	switch {
	case s.sub != nil:
		s.sub = s.sub.put(edit, l, depth+slotBits)
	case s.leaf.hash == l.hash:
		s.leaf = l
	default:
		*s = slot{sub: pairOf(edit, s.leaf, l, depth+slotBits)}
	}
	return n
}

func (n *node) insert(bit uint32, i int, s slot) {
	n.bits |= bit
	n.slots = append(n.slots, slot{})
	copy(n.slots[i+1:], n.slots[i:])
	n.slots[i] = s
}

// pairOf is a node with two leaves.
func pairOf(edit uint64, a, b *leaf, depth uint) *node {
	n := &node{edit: edit, slots: make([]slot, 0, 2)}
	return n.put(edit, a, depth).put(edit, b, depth)
}

// remove takes a place out.
func (t *trie) remove(p place) {
	if t.root != nil && t.get(p) != nil {
		t.root = t.root.remove(t.edit, hashOf(p), 0)
	}
}

// remove takes the leaf of a hash out, which is there. A node that becomes empty is nil.
func (n *node) remove(edit uint64, hash uint64, depth uint) *node {
	n = n.own(edit)
	bit := bitOf(hash, depth)
	i := n.index(bit)
	if s := &n.slots[i]; s.sub != nil {
		if s.sub = s.sub.remove(edit, hash, depth+slotBits); s.sub != nil {
			return n
		}
	}
	n.bits &^= bit
	n.slots = append(n.slots[:i], n.slots[i+1:]...)
	if n.bits == 0 {
		return nil
	}
	return n
}

// merger merges two versions.
type merger struct {
	edit uint64
	// of gives the leaf of a place that at least one version holds, nil where it is to be left out. One of a and b may be nil.
	of func(a, b *leaf) *leaf
}

// merge is the merged node; nil for an empty one. Where it has all that a has, or all that b has, it is that one: a new node is made at the first slot
// that differs from both.
func (m *merger) merge(a, b *node, depth uint) *node {
	if a == b {
		return a
	}
	all := a.set() | b.set()
	var out *node
	likeA, likeB := true, true
	for rest := all; rest != 0; rest &= rest - 1 {
		bit := rest & -rest
		x, y := a.at(bit), b.at(bit)
		s := m.slot(x, y, depth+slotBits)
		if out == nil {
			isA, isB := likeA && s == x, likeB && s == y
			if isA || isB {
				likeA, likeB = isA, isB
				continue
			}
			like := b
			if likeA {
				like = a
			}
			out = like.before(bit, m.edit, bits.OnesCount32(all))
		}
		if s != (slot{}) {
			out.bits |= bit
			out.slots = append(out.slots, s)
		}
	}
	switch {
	case out == nil && likeA && a != nil:
		return a
	case out == nil && likeB && b != nil:
		return b
	case out == nil || out.bits == 0:
		return nil
	}
	return out
}

// before is a new node with the slots before a bit, and room for more.
func (n *node) before(bit uint32, edit uint64, room int) *node {
	out := &node{edit: edit, bits: n.set() & (bit - 1), slots: make([]slot, 0, room)}
	if n != nil {
		out.slots = append(out.slots, n.slots[:n.index(bit)]...)
	}
	return out
}

func (n *node) set() uint32 {
	if n == nil {
		return 0
	}
	return n.bits
}

// at is the slot of a bit, or an empty one.
func (n *node) at(bit uint32) slot {
	if n.set()&bit == 0 {
		return slot{}
	}
	return n.slots[n.index(bit)]
}

// slot merges two slots, at least one of which is not empty.
func (m *merger) slot(x, y slot, depth uint) slot {
	switch {
	case x == y:
		return x
	case x.sub == nil && y.sub == nil && (x.leaf == nil || y.leaf == nil || x.leaf.hash == y.leaf.hash):
		return slot{leaf: m.of(x.leaf, y.leaf)}
	}
	return slot{sub: m.merge(x.asNode(depth), y.asNode(depth), depth)}
}

// asNode is a slot as a node; nil for an empty slot.
func (s slot) asNode(depth uint) *node {
	if s.leaf == nil {
		return s.sub
	}
	return &node{bits: bitOf(s.leaf.hash, depth), slots: []slot{{leaf: s.leaf}}}
}

// differ calls do for each place at which two versions hold different leaves, until it gives false. One of the leaves may be nil.
func differ(a, b *node, depth uint, do func(a, b *leaf) bool) bool {
	if a == b {
		return true
	}
	for rest := a.set() | b.set(); rest != 0; rest &= rest - 1 {
		bit := rest & -rest
		x, y := a.at(bit), b.at(bit)
		switch {
		case x == y:
		case x.sub == nil && y.sub == nil && (x.leaf == nil || y.leaf == nil || x.leaf.hash == y.leaf.hash):
			if !do(x.leaf, y.leaf) {
				return false
			}
		default:
			if !differ(x.asNode(depth+slotBits), y.asNode(depth+slotBits), depth+slotBits, do) {
				return false
			}
		}
	}
	return true
}
