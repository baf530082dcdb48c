package preview

import (
	"bytes"
	"strconv"

	"github.com/sluice-scan/sluice/scan/linediff"
)

// contextLines is the number of unchanged lines around a change, the same as in git and Bitbucket.
const contextLines = 3

// change replaces the lines old[oldStart:oldEnd] by new[newStart:newEnd]; lines count from 0. At most one of the two
// ranges is empty.
type change struct{ oldStart, oldEnd, newStart, newEnd int }

// splitLines returns the lines including their "\n". Only the last line may lack one.
func splitLines(data []byte) [][]byte {
	lines := make([][]byte, 0, bytes.Count(data, []byte{'\n'})+1)
	for len(data) > 0 {
		end := bytes.IndexByte(data, '\n') + 1
		if end == 0 {
			end = len(data)
		}
		lines = append(lines, data[:end])
		data = data[end:]
	}
	return lines
}

// diffLines returns the changes from old to new in order, with at least one unchanged line between two changes. The diff
// is a shortest one, unless the texts are too different.
func diffLines(old, new [][]byte) []change {
	ids := make(map[string]int, len(old))
	a, b := newText(old, ids), newText(new, ids)
	mark(a, b)
	slide(a, b)
	slide(b, a)
	var changes []change
	for i, j := 0, 0; i < len(a.ids) || j < len(b.ids); {
		c := change{oldStart: i, newStart: j}
		i, j = a.groupEnd(i), b.groupEnd(j)
		c.oldEnd, c.newEnd = i, j
		if c.oldStart < c.oldEnd || c.newStart < c.newEnd {
			changes = append(changes, c)
		}
		i, j = i+1, j+1
	}
	return changes
}

// text is one side of a diff. Equal lines have equal ids; changed marks the lines that the other side does not have.
type text struct {
	lines   [][]byte
	ids     []int
	changed []bool
}

func newText(lines [][]byte, ids map[string]int) *text {
	t := &text{lines: lines, ids: make([]int, len(lines)), changed: make([]bool, len(lines))}
	for i, line := range lines {
		id, ok := ids[string(line)]
		if !ok {
			id = len(ids)
			ids[string(line)] = id
		}
		t.ids[i] = id
	}
	return t
}

// mark marks the lines of each text that have no partner in the other.
func mark(a, b *text) {
	for i := range a.changed {
		a.changed[i] = true
	}
	for j, i := range linediff.Partners(a.strings(), b.strings()) {
		if b.changed[j] = i < 0; i >= 0 {
			a.changed[i] = false
		}
	}
}

func (t *text) strings() []string {
	list := make([]string, len(t.lines))
	for i, line := range t.lines {
		list[i] = string(line)
	}
	return list
}

// groupEnd returns the end of the changed lines that begin at i, or i if that line is unchanged.
func (t *text) groupEnd(i int) int {
	for i < len(t.changed) && t.changed[i] {
		i++
	}
	return i
}

// coarse returns one change between the common beginning and the common end. It serves texts that are too long for a
// diff.
func coarse(old, new [][]byte) []change {
	start := 0
	for start < min(len(old), len(new)) && bytes.Equal(old[start], new[start]) {
		start++
	}
	oldEnd, newEnd := len(old), len(new)
	for oldEnd > start && newEnd > start && bytes.Equal(old[oldEnd-1], new[newEnd-1]) {
		oldEnd, newEnd = oldEnd-1, newEnd-1
	}
	if start == oldEnd && start == newEnd {
		return nil
	}
	return []change{{start, oldEnd, start, newEnd}}
}

// hunk is a part of a diff: whole changes and the unchanged lines around them. The ranges count from 0.
type hunk struct {
	oldStart, oldEnd, newStart, newEnd int
	changes                            []change
}

// hunksOf joins changes whose context touches or overlaps.
func hunksOf(changes []change, oldLines, newLines int) []hunk {
	var hunks []hunk
	for _, c := range changes {
		if n := len(hunks); n > 0 && c.oldStart-hunks[n-1].oldEnd <= contextLines {
			h := &hunks[n-1]
			h.oldEnd, h.newEnd = min(c.oldEnd+contextLines, oldLines), min(c.newEnd+contextLines, newLines)
			h.changes = append(h.changes, c)
			continue
		}
		hunks = append(hunks, hunk{
			oldStart: max(c.oldStart-contextLines, 0), oldEnd: min(c.oldEnd+contextLines, oldLines),
			newStart: max(c.newStart-contextLines, 0), newEnd: min(c.newEnd+contextLines, newLines),
			changes: []change{c},
		})
	}
	return hunks
}

// header returns the header line of the hunk in a unified diff. There, lines count from 1, an empty range gives the line
// before it, and a length of 1 is left out.
func (h *hunk) header() string {
	return "@@ -" + span(h.oldStart, h.oldEnd) + " +" + span(h.newStart, h.newEnd) + " @@"
}

func span(start, end int) string {
	switch end - start {
	case 0:
		return strconv.Itoa(start) + ",0"
	case 1:
		return strconv.Itoa(start + 1)
	}
	return strconv.Itoa(start+1) + "," + strconv.Itoa(end-start)
}
