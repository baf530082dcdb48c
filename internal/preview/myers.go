package preview

// maxEdits bounds the search for the middle of a shortest diff (in edits from each of its ends). Beyond it the furthest
// point reached is taken, which costs some lines of length and keeps the time linear.
const maxEdits = 1024

// markDifferences marks the lines that have no partner on the other side, after Myers, "An O(ND) Difference Algorithm
// and Its Variations" (1986), with the linear-space refinement of its section 4b.
func markDifferences(a, b *text) {
	// A line that the other side does not have at all is part of every diff. Without these the search is short.
	keptA, keptB := a.shared(b), b.shared(a)
	m := &myers{a: make([]int, len(keptA)), b: make([]int, len(keptB))}
	for i, line := range keptA {
		m.a[i] = a.ids[line]
	}
	for j, line := range keptB {
		m.b[j] = b.ids[line]
	}
	m.removed = func(i int) { a.changed[keptA[i]] = true }
	m.added = func(j int) { b.changed[keptB[j]] = true }
	m.offset = len(m.b) + 1
	m.forward = make([]int, len(m.a)+len(m.b)+3)
	m.backward = make([]int, len(m.a)+len(m.b)+3)
	m.compare(0, len(m.a), 0, len(m.b))
}

// shared gives the places of the lines that other has too, and marks the rest as changed.
func (t *text) shared(other *text) []int {
	there := make(map[int]bool, len(other.ids))
	for _, id := range other.ids {
		there[id] = true
	}
	var kept []int
	for i, id := range t.ids {
		if there[id] {
			kept = append(kept, i)
		} else {
			t.changed[i] = true
		}
	}
	return kept
}

// myers holds the two sequences and the furthest points of both searches. A diagonal is i-j; its furthest i from the
// beginning stands at forward[diagonal+offset], its nearest i from the end at backward[diagonal+offset].
type myers struct {
	a, b              []int
	removed, added    func(int)
	forward, backward []int
	offset            int
}

// compare marks the differences of a[i:iEnd] and b[j:jEnd].
func (m *myers) compare(i, iEnd, j, jEnd int) {
	for {
		for i < iEnd && j < jEnd && m.a[i] == m.b[j] {
			i, j = i+1, j+1
		}
		for i < iEnd && j < jEnd && m.a[iEnd-1] == m.b[jEnd-1] {
			iEnd, jEnd = iEnd-1, jEnd-1
		}
		if i == iEnd || j == jEnd {
			break
		}
		iMid, jMid := m.middle(i, iEnd, j, jEnd)
		m.compare(i, iMid, j, jMid)
		i, j = iMid, jMid
	}
	for ; i < iEnd; i++ {
		m.removed(i)
	}
	for ; j < jEnd; j++ {
		m.added(j)
	}
}

// band is the range of diagonals that a search covers. It grows by one to each side a step, and shrinks where it has
// left the box.
type band struct{ low, high int }

const (
	beforeAll = -1
	behindAll = 1 << 60
)

// middle finds a point on a shortest path through the box, neither of whose first lines match nor last ones. Of several
// paths it takes the one that git would: diagonals are tried from the highest down, and a removal comes before an addition.
func (m *myers) middle(i, iEnd, j, jEnd int) (int, int) {
	lowest, highest := i-jEnd, iEnd-j
	start, end := i-j, iEnd-jEnd
	odd := (start-end)&1 != 0
	f, b := band{start, start}, band{end, end}
	m.forward[start+m.offset], m.backward[end+m.offset] = i, iEnd
	for edits := 1; ; edits++ {
		f = widen(f, lowest, highest, m.forward, m.offset, beforeAll)
		for d := f.high; d >= f.low; d -= 2 {
			at := d + m.offset
			x := max(m.forward[at-1]+1, m.forward[at+1])
			for x < iEnd && x-d < jEnd && m.a[x] == m.b[x-d] {
				x++
			}
			m.forward[at] = x
			if odd && b.low <= d && d <= b.high && m.backward[at] <= x {
				return x, x - d
			}
		}
		b = widen(b, lowest, highest, m.backward, m.offset, behindAll)
		for d := b.high; d >= b.low; d -= 2 {
			at := d + m.offset
			x := min(m.backward[at-1], m.backward[at+1]-1)
			for x > i && x-d > j && m.a[x-1] == m.b[x-d-1] {
				x--
			}
			m.backward[at] = x
			if !odd && f.low <= d && d <= f.high && x <= m.forward[at] {
				return x, x - d
			}
		}
		if edits >= maxEdits {
			return m.furthest(f, i, iEnd, j, jEnd)
		}
	}
}

// widen makes room for one more edit. The diagonal beyond the new border gets a value that no step prefers.
func widen(b band, lowest, highest int, reached []int, offset, never int) band {
	if b.low > lowest {
		b.low--
		reached[b.low-1+offset] = never
	} else {
		b.low++
	}
	if b.high < highest {
		b.high++
		reached[b.high+1+offset] = never
	} else {
		b.high--
	}
	return b
}

// furthest gives the point of the search from the beginning that has come the longest way.
func (m *myers) furthest(f band, i, iEnd, j, jEnd int) (int, int) {
	x, y := i, j
	for d := f.high; d >= f.low; d -= 2 {
		atX := min(m.forward[d+m.offset], iEnd)
		atY := min(atX-d, jEnd)
		atX = atY + d
		if atX >= i && atY >= j && atX+atY > x+y {
			x, y = atX, atY
		}
	}
	return x, y
}
