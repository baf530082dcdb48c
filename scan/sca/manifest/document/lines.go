package document

import (
	"bytes"
	"sort"
)

// Lines are the offsets at which the lines of a text begin.
type Lines []int

// NewLines finds the lines of a text in one pass.
func NewLines(data []byte) Lines {
	starts := append(make(Lines, 0, 1+bytes.Count(data, []byte{'\n'})), 0)
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// Of returns the line of an offset, counted from 1.
func (l Lines) Of(offset int) int {
	return sort.Search(len(l), func(i int) bool { return l[i] > offset })
}

// Offset returns the offset of a line and a column, both counted from 1, and at most limit.
func (l Lines) Offset(line, column, limit int) int {
	if line < 1 || line > len(l) {
		return 0
	}
	return min(l[line-1]+max(column-1, 0), limit)
}
