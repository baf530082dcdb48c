package scan

import (
	"bytes"
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quoted is one line of a file with every secret masked. The part of Text from MarkStart to MarkEnd, in bytes, belongs to
// what the quote is about; both are 0 if nothing of the line does.
type Quoted struct {
	Line
	MarkStart, MarkEnd int
}

// Passage is a part of a file to quote: the lines from First to Last, counted from 1. Mark is what the quote is about; all
// zero if it is about nothing in particular.
type Passage struct {
	Mark        Position
	First, Last int
}

// Quote returns passages of a file, in their order, with every secret masked: what r selects, the secrets at the given
// positions, and copies of those. A long line is cut to the part around the mark, or to its beginning.
//
// It returns nil if it cannot be sure what is a secret: if r is nil, if the file is not text, or if a position lies outside
// the file, which then is not the one that was scanned.
func Quote(ctx context.Context, r Redactor, content *Content, secrets []Position, passages ...Passage) [][]Quoted {
	data := content.Data
	if r == nil || content.Binary || content.LFS {
		return nil
	}
	starts := lineStarts(data)
	span := func(p Position) (Span, bool) {
		start, ok := offsetAt(data, starts, p.StartLine, p.StartColumn)
		end, fits := offsetAt(data, starts, p.EndLine, p.EndColumn)
		return Span{start, end}, ok && fits && start <= end
	}
	found := make([]Finding, 0, len(secrets))
	for _, p := range secrets {
		s, ok := span(p)
		if !ok {
			return nil
		}
		found = append(found, Finding{Start: s.Start, End: s.End, Secret: NewSecret(string(data[s.Start:s.End]))})
	}
	marks, lines := make([]byteRange, len(passages)), make([][]shownPart, len(passages))
	var shown []Span
	for i := range passages {
		if mark := passages[i].Mark; mark.StartLine > 0 {
			s, ok := span(mark)
			if !ok {
				return nil
			}
			marks[i] = byteRange{s.Start, s.End}
		}
		lines[i] = passages[i].lines(data, starts, marks[i])
		for _, line := range lines[i] {
			shown = append(shown, Span{line.from, line.to})
		}
	}
	m := newMasker(data, found, sensitive(ctx, content, r, shown))
	all := make([][]Quoted, len(passages))
	for i := range passages {
		for _, line := range lines[i] {
			text, a, b := m.show(data, line.from, line.to, marks[i])
			text = strings.TrimRightFunc(text, unicode.IsSpace)
			all[i] = append(all[i], Quoted{Line{line.number, text}, min(a, len(text)), min(b, len(text))})
		}
	}
	return all
}

// lines are the shown parts of the lines of a passage.
func (p *Passage) lines(data []byte, starts []int, marked byteRange) (list []shownPart) {
	for n := max(p.First, 1); n <= min(p.Last, len(starts)); n++ {
		from := starts[n-1]
		if from == len(data) && from > 0 {
			// The last line feed ends the last line.
			break
		}
		to := lineEnd(data, from)
		if n >= p.Mark.StartLine && n <= p.Mark.EndLine {
			from, to = window(data, from, to, marked)
		} else {
			to = cutLine(data, from, to)
		}
		list = append(list, shownPart{n, from, to})
	}
	return list
}

// cutLine returns the end of what is shown of a line from its beginning.
func cutLine(data []byte, from, to int) int {
	if to-from <= shownLine {
		return to
	}
	for to = from + shownLine; to > from && !utf8.RuneStart(data[to]); to-- {
	}
	return to
}

// lineStarts returns the offset of each line. After a line feed at the end, it has the offset of the empty rest.
func lineStarts(data []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))
	for i, b := range data {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// offsetAt returns the offset of a line and a column, both counted as in [Position]; ok is false outside the file, and
// within a character.
func offsetAt(data []byte, starts []int, line, column int) (offset int, ok bool) {
	if line < 1 || line > len(starts) || column < 1 {
		return 0, false
	}
	at, end := starts[line-1], len(data)
	if line < len(starts) {
		end = starts[line] - 1
	}
	for column > 1 {
		if at >= end {
			return 0, false
		}
		r, size := utf8.DecodeRune(data[at:end])
		at += size
		column--
		if r >= 0x10000 {
			column--
		}
	}
	return at, column == 1
}
