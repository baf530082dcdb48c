// Package linediff maps the lines of a text to an older text by a shortest diff. It does not know where the texts come
// from, and its work is bounded.
package linediff

import "sort"

// maxSteps limits the work of one diff to about a tenth of a second. A diff that needs more compares two texts with many
// equal lines in different orders.
const maxSteps = 1 << 24

// The results for a line without a partner.
const (
	// New: the shortest diff has no partner for the line.
	New = -1
	// Unknown: the line may have a partner, but the search was stopped.
	Unknown = -2
)

// Partners returns the line in old for each line of text, by a shortest diff. Both count from 0. The value is [New] for
// a new line, and [Unknown] if finding out takes too much work. The line numbers are ascending. If the lines include
// their line ends, a last line without a line end differs from one with it.
func Partners(old, text []string) []int {
	wanted := make([]int, len(text))
	for i := range wanted {
		wanted[i] = i
	}
	d := Diff{Left: maxSteps}
	return d.Partners(old, text, wanted)
}

// Diff maps the lines of a text to lines of an older text. It is for one goroutine, and reuses its memory.
type Diff struct {
	// Left is the number of remaining steps over all diffs.
	Left int

	ids               map[string]int32
	a, b              []int32
	placesA, placesB  []int
	partner           []int
	wanted            []int
	forward, backward []int
	offset            int
	// steps is the number of remaining steps of this diff.
	steps int
}

// Partners returns the line in old for each wanted line of text, in wanted's order. The value is [New] for a line
// outside the common part of a shortest diff, and [Unknown] if finding out takes too much work. All numbers count from
// 0. wanted must be in ascending order; it may contain a line twice, and all of its numbers must be lines of text. The
// result is valid until the next call.
func (d *Diff) Partners(old, text []string, wanted []int) []int {
	d.partner = d.partner[:0]
	start := 0
	for start < len(old) && start < len(text) && old[start] == text[start] {
		start++
	}
	endA, endB := len(old), len(text)
	for endA > start && endB > start && old[endA-1] == text[endB-1] {
		endA, endB = endA-1, endB-1
	}
	inner := wanted[sort.SearchInts(wanted, start):]
	inner = inner[:sort.SearchInts(inner, endB)]
	if d.intern(old[start:endA], text[start:endB], start, inner) {
		d.steps = min(maxSteps, d.Left)
		d.Left -= d.steps
		d.compare(0, len(d.a), 0, len(d.b))
		d.Left += d.steps
	}
	result := make([]int, 0, len(wanted))
	for _, line := range wanted {
		switch {
		case line < start:
			result = append(result, line)
		case line >= endB:
			result = append(result, line-endB+endA)
		default:
			at := sort.SearchInts(d.placesB, line)
			if at == len(d.placesB) || d.placesB[at] != line {
				result = append(result, New)
				continue
			}
			if at = d.partner[at]; at >= 0 {
				at = d.placesA[at]
			}
			result = append(result, at)
		}
	}
	return result
}

// intern numbers the lines that both texts have; start is the offset of these texts in their files. Lines that only one
// side has are part of every diff, and without them the search is short. It returns false if no wanted line remains.
func (d *Diff) intern(old, text []string, start int, wanted []int) bool {
	d.a, d.b, d.placesA, d.placesB, d.wanted = d.a[:0], d.b[:0], d.placesA[:0], d.placesB[:0], d.wanted[:0]
	if len(old) == 0 || len(wanted) == 0 {
		return false
	}
	if d.ids == nil {
		d.ids = map[string]int32{}
	}
	clear(d.ids)
	if len(wanted) < len(text) {
		// Most wanted lines that are not in the common beginning or end are new, and need no search.
		for _, line := range wanted {
			d.ids[text[line-start]] = 0
		}
		there := false
		for _, line := range old {
			if _, there = d.ids[line]; there {
				break
			}
		}
		if !there {
			return false
		}
		clear(d.ids)
	}
	for _, line := range text {
		d.ids[line] = 0
	}
	next := int32(1)
	for i, line := range old {
		id, shared := d.ids[line]
		if !shared {
			continue
		}
		if id == 0 {
			id = next
			next++
			d.ids[line] = id
		}
		d.a, d.placesA = append(d.a, id), append(d.placesA, start+i)
	}
	for j, line := range text {
		id := d.ids[line]
		if id == 0 {
			continue
		}
		for len(wanted) > 0 && wanted[0] <= start+j {
			if wanted[0] == start+j {
				d.wanted = append(d.wanted, len(d.b))
			}
			wanted = wanted[1:]
		}
		d.b, d.placesB, d.partner = append(d.b, id), append(d.placesB, start+j), append(d.partner, New)
	}
	d.offset = len(d.b) + 1
	d.forward = sizedInts(d.forward, len(d.a)+len(d.b)+3)
	d.backward = sizedInts(d.backward, len(d.a)+len(d.b)+3)
	return len(d.wanted) > 0
}

func sizedInts(buf []int, n int) []int {
	if cap(buf) < n {
		return make([]int, n)
	}
	return buf[:n]
}

// compare finds the partners of b[j:jEnd] in a[i:iEnd], with the algorithm of Myers, "An O(ND) Difference Algorithm and
// Its Variations" (1986), including the linear-space refinement of section 4b. It skips parts without a wanted line.
func (d *Diff) compare(i, iEnd, j, jEnd int) {
	for {
		for i < iEnd && j < jEnd && d.a[i] == d.b[j] {
			d.partner[j] = i
			i, j = i+1, j+1
		}
		for i < iEnd && j < jEnd && d.a[iEnd-1] == d.b[jEnd-1] {
			iEnd, jEnd = iEnd-1, jEnd-1
			d.partner[jEnd] = iEnd
		}
		if i == iEnd {
			return
		}
		if at := sort.SearchInts(d.wanted, j); at == len(d.wanted) || d.wanted[at] >= jEnd {
			return
		}
		iMid, jMid, ok := d.middle(i, iEnd, j, jEnd)
		if !ok {
			for ; j < jEnd; j++ {
				d.partner[j] = Unknown
			}
			return
		}
		d.compare(i, iMid, j, jMid)
		i, j = iMid, jMid
	}
}

// band is the range of diagonals that a search covers. Each step extends it by one on each side, and it shrinks where it
// has left the box. A diagonal is i-j. The furthest i from the beginning is in forward[diagonal+offset], the nearest i
// from the end in backward[diagonal+offset].
type band struct{ low, high int }

const (
	beforeAll = -1
	behindAll = 1 << 60
)

// middle finds a point on a shortest path through a box whose first lines differ and whose last lines differ. ok is
// false if that takes more steps than remain. Of several paths it takes the same one as git: it tries diagonals from the
// highest down, and a deletion before an insertion.
func (d *Diff) middle(i, iEnd, j, jEnd int) (iMid, jMid int, ok bool) {
	lowest, highest := i-jEnd, iEnd-j
	start, end := i-j, iEnd-jEnd
	odd := (start-end)&1 != 0
	f, b := band{start, start}, band{end, end}
	d.forward[start+d.offset], d.backward[end+d.offset] = i, iEnd
	for d.steps > 0 {
		f = f.widen(lowest, highest, d.forward, d.offset, beforeAll)
		for k := f.high; k >= f.low; k -= 2 {
			at := k + d.offset
			from := max(d.forward[at-1]+1, d.forward[at+1])
			x := from
			for x < iEnd && x-k < jEnd && d.a[x] == d.b[x-k] {
				x++
			}
			d.forward[at] = x
			d.steps -= x - from + 1
			if odd && b.low <= k && k <= b.high && d.backward[at] <= x {
				return x, x - k, true
			}
		}
		b = b.widen(lowest, highest, d.backward, d.offset, behindAll)
		for k := b.high; k >= b.low; k -= 2 {
			at := k + d.offset
			from := min(d.backward[at-1], d.backward[at+1]-1)
			x := from
			for x > i && x-k > j && d.a[x-1] == d.b[x-k-1] {
				x--
			}
			d.backward[at] = x
			d.steps -= from - x + 1
			if !odd && f.low <= k && k <= f.high && x <= d.forward[at] {
				return x, x - k, true
			}
		}
	}
	return 0, 0, false
}

// widen makes room for one more edit. The diagonal beyond the new border gets a value that no step prefers.
func (b band) widen(lowest, highest int, reached []int, offset, never int) band {
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
