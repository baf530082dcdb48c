package analysis

// set is a set of bytes. Letters of other scripts are the bytes of their UTF-8.
type set [4]uint64

func (s *set) add(c byte) { s[c>>6] |= 1 << (c & 63) }

func (s *set) addRange(from, to byte) {
	for c := int(from); c <= int(to); c++ {
		s.add(byte(c))
	}
}

func (s *set) addAll(t set) {
	for i := range s {
		s[i] |= t[i]
	}
}

func (s set) without() set {
	for i := range s {
		s[i] = ^s[i]
	}
	return s
}

func (s set) meets(t set) bool {
	return s[0]&t[0]|s[1]&t[1]|s[2]&t[2]|s[3]&t[3] != 0
}

// fold adds the other case of each letter.
func (s set) fold() set {
	for c := byte('a'); c <= 'z'; c++ {
		upper := c &^ 0x20
		if s[c>>6]>>(c&63)&1|s[upper>>6]>>(upper&63)&1 == 1 {
			s.add(c)
			s.add(upper)
		}
	}
	return s
}

// kind is the kind of a part.
type kind int

const (
	// kindSet matches one byte of a set.
	kindSet kind = iota
	kindSequence
	kindAlternatives
	kindRepeat
	// kindTest matches nothing and can fail: an anchor, a look-around, a back-reference. Its parts stand in a look-around.
	kindTest
	// kindAtomic is a group that is not entered again once it has matched.
	kindAtomic
)

// infinite is the maximum of a repeat without one.
const infinite = -1

// part is a part of a regular expression.
type part struct {
	kind  kind
	set   set
	parts []*part
	// min and max are of a repeat; possessive says that it gives nothing back.
	min, max   int
	possessive bool
}

// canFail reports whether the part may fail where it stands. What matches the empty text cannot.
func (p *part) canFail() bool {
	switch p.kind {
	case kindSequence, kindAtomic:
		for _, each := range p.parts {
			if each.canFail() {
				return true
			}
		}
		return false
	case kindAlternatives:
		for _, each := range p.parts {
			if !each.canFail() {
				return false
			}
		}
		return true
	case kindRepeat:
		return p.min > 0 && p.parts[0].canFail()
	}
	return true
}

// unbounded reports whether the part has a repeat without a maximum.
func (p *part) unbounded() bool {
	if p.kind == kindRepeat && p.max == infinite {
		return true
	}
	if p.kind == kindTest {
		return false
	}
	for _, each := range p.parts {
		if each.unbounded() {
			return true
		}
	}
	return false
}
