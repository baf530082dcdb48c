package preview

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// isChanged reports whether a line of the head, counted from 0, was added or changed.
func (k *sketch) isChanged(line int) bool {
	return slices.ContainsFunc(k.changes, func(c change) bool { return c.newStart <= line && line < c.newEnd })
}

// show chooses the lines: the hunks of the diff, and the lines around annotations outside the hunks.
func (k *sketch) show(detailed bool) {
	var hunks []hunk
	if detailed {
		hunks = hunksOf(k.changes, len(k.old.lines), len(k.new.lines))
		if n := rowsOf(hunks); n > maxFileRows || k.rows+n > maxRows {
			k.remark(fmt.Sprintf("The diff has %s: only the lines around annotations are shown.", plural(n, "line", "lines")))
			hunks = nil
		}
	}
	at := 0
	for _, h := range hunks {
		k.around(at, h.newStart)
		k.hunk(h)
		at = h.newEnd
	}
	k.around(at, len(k.new.lines))
}

func rowsOf(hunks []hunk) int {
	n := 0
	for _, h := range hunks {
		n += h.newEnd - h.newStart
		for _, c := range h.changes {
			n += c.oldEnd - c.oldStart
		}
	}
	return n
}

func (k *sketch) hunk(h hunk) {
	s := section{Head: h.header(), Inside: true}
	i, j := h.oldStart, h.newStart
	same := func(end int) {
		for ; i < end; i, j = i+1, j+1 {
			s.Rows = append(s.Rows, k.row(i, j))
		}
	}
	for _, c := range h.changes {
		same(c.oldStart)
		for ; i < c.oldEnd; i++ {
			s.Rows = append(s.Rows, k.row(i, -1))
		}
		for ; j < c.newEnd; j++ {
			s.Rows = append(s.Rows, k.row(-1, j))
		}
	}
	same(h.oldEnd)
	k.Sections = append(k.Sections, s)
}

// around shows the annotated lines of new[from:to], which the diff does not show, and their surroundings.
func (k *sketch) around(from, to int) {
	var lines []int
	for line := range k.byLine {
		if from <= line && line < to {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	for len(lines) > 0 {
		start, end := max(lines[0]-contextLines, from), min(lines[0]+contextLines+1, to)
		for lines = lines[1:]; len(lines) > 0 && lines[0]-contextLines <= end; lines = lines[1:] {
			end = min(lines[0]+contextLines+1, to)
		}
		k.Sections = append(k.Sections, k.excerpt(start, end))
	}
}

func (k *sketch) excerpt(start, end int) section {
	s := section{Head: fmt.Sprintf("Lines %s to %s", commas(start+1), commas(end)), Around: true}
	if start+1 == end {
		s.Head = "Line " + commas(end)
	}
	touched := false
	offset := k.offsets()
	for j := start; j < end; j++ {
		i := -1
		if k.compared && !k.isChanged(j) {
			i = j + offset(j)
		}
		touched = touched || i < 0
		s.Rows = append(s.Rows, k.row(i, j))
		for _, n := range k.byLine[j] {
			s.Inside = s.Inside || n.Inside
		}
	}
	if k.compared && !touched {
		s.Head += ", not changed"
	}
	return s
}

// offsets returns a function that gives the difference between the number of an unchanged line in the base and in the
// head. Its callers must ask for lines in ascending order.
func (k *sketch) offsets() func(line int) int {
	next, offset := 0, 0
	return func(line int) int {
		for ; next < len(k.changes) && k.changes[next].newEnd <= line; next++ {
			c := k.changes[next]
			offset += (c.oldEnd - c.oldStart) - (c.newEnd - c.newStart)
		}
		return offset
	}
}

// row shows the line old[i], new[j], or both if the line is unchanged; -1 means no line. Only here does text of a tree
// reach the page.
func (k *sketch) row(i, j int) row {
	k.rows++
	r := row{Kind: "same"}
	var raw []byte
	number := j + 1
	switch {
	case j < 0:
		r.Kind, r.Sign, raw, number = "del", "−", k.old.lines[i], i+1
	default:
		raw = k.new.lines[j]
		r.New = strconv.Itoa(j + 1)
		r.Notes = k.byLine[j]
		r.Hit = worst(r.Notes)
	}
	if i >= 0 {
		r.Old = strconv.Itoa(i + 1)
	} else if k.compared && k.detailed() {
		r.Kind, r.Sign = "add", "+"
	}
	r.NoEnd = !bytes.HasSuffix(raw, []byte{'\n'})
	line := strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r")
	if k.mask != nil {
		line = k.mask(k.path, number, line)
	}
	r.Text = cut(visible(line), maxColumns)
	return r
}
