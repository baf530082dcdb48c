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

// Quote returns the lines of a file from first to last, counted from 1, with every secret masked: what r selects, the
// secrets at the given positions, and copies of those. mark is what the quote is about. A long line is cut to the part
// around the mark, or to its beginning.
//
// It returns nil if it cannot be sure what is a secret: if r is nil, if the file is not text, or if a position lies outside
// the file, which then is not the one that was scanned.
func Quote(ctx context.Context, r Redactor, content *Content, secrets []Position, mark Position, first, last int) []Quoted {
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
	var marked byteRange
	if mark.StartLine > 0 {
		s, ok := span(mark)
		if !ok {
			return nil
		}
		marked = byteRange{s.Start, s.End}
	}
	var lines []shownPart
	var shown []Span
	for n := max(first, 1); n <= min(last, len(starts)); n++ {
		from := starts[n-1]
		if from == len(data) && from > 0 {
			// The last line feed ends the last line.
			break
		}
		to := lineEnd(data, from)
		if n >= mark.StartLine && n <= mark.EndLine {
			from, to = window(data, from, to, marked)
		} else {
			to = cutLine(data, from, to)
		}
		lines, shown = append(lines, shownPart{n, from, to}), append(shown, Span{from, to})
	}
	m := newMasker(data, found, sensitive(ctx, content, r, shown))
	quoted := make([]Quoted, 0, len(lines))
	for _, line := range lines {
		text, a, b := m.show(data, line.from, line.to, marked)
		text = strings.TrimRightFunc(text, unicode.IsSpace)
		quoted = append(quoted, Quoted{Line{line.number, text}, min(a, len(text)), min(b, len(text))})
	}
	return quoted
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
