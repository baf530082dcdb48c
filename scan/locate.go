package scan

import (
	"bytes"
	"context"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// contextLines is the number of lines shown before and after a finding.
	contextLines = 2
	// shownLine is the number of bytes shown of a line. Minified files have a single line.
	shownLine = 240
	// shownBefore is the number of bytes shown before the finding in a cut line.
	shownBefore = 80
	// shownSpan limits the lines shown of one finding: a key may have a hundred.
	shownSpan = 12
)

// locate computes the positions of findings (all of one file) from their byte offsets, and fills in Excerpt and Context.
// A finding without offsets but with a StartLine gets the offsets of its line. locate sorts the findings by offset and
// reads data once.
//
// secrets are findings of the same file that have been located before; what they found is masked too. redact selects more text to mask. Nil
// masks nothing more.
func locate(ctx context.Context, content *Content, redact Redactor, secrets, findings []Finding) {
	data := content.Data
	byLine := false
	for i := range findings {
		if findings[i].End == 0 && findings[i].StartLine > 0 {
			byLine = true
		}
	}
	if byLine {
		placeByLine(data, findings)
	}
	sort.SliceStable(findings, func(i, j int) bool {
		if findings[i].Start != findings[j].Start {
			return findings[i].Start < findings[j].Start
		}
		if findings[i].End != findings[j].End {
			return findings[i].End < findings[j].End
		}
		return findings[i].RuleID < findings[j].RuleID
	})
	c := cursor{data: data, line: 1, column: 1}
	begins := make([]int, len(findings))
	var shown []Span
	for i := range findings {
		f := &findings[i]
		if f.End <= f.Start || f.End > len(data) {
			continue
		}
		c.move(f.Start)
		end := c
		end.move(f.End)
		f.Position = Position{StartLine: c.line, StartColumn: c.column, EndLine: end.line, EndColumn: end.column}
		begins[i] = c.lineStart
		for _, line := range f.shownLines(data, begins[i]) {
			shown = append(shown, Span{line.from, line.to})
		}
	}
	steps := stepsOf(findings, content.Path, len(data))
	for _, at := range placeSteps(data, steps) {
		shown = append(shown, Span{at.from, at.to})
	}
	m := newMasker(data, slices.Concat(secrets, findings), sensitive(ctx, content, redact, shown))
	for i := range findings {
		if f := &findings[i]; f.End > f.Start && f.End <= len(data) {
			f.excerpt(data, m, begins[i])
		}
	}
	for i, at := range placeSteps(data, steps) {
		text, _, _ := m.show(data, at.from, at.to, byteRange{steps[i].Start, steps[i].End})
		steps[i].Text = strings.TrimSpace(text)
	}
}

// locateSteps computes the positions and texts of steps that lie in one file, in which secrets were found before.
func locateSteps(ctx context.Context, content *Content, redact Redactor, secrets []Finding, all []*Step) {
	data := content.Data
	steps := within(all, len(data))
	var shown []Span
	parts := placeSteps(data, steps)
	for _, at := range parts {
		shown = append(shown, Span{at.from, at.to})
	}
	m := newMasker(data, secrets, sensitive(ctx, content, redact, shown))
	for i, at := range parts {
		text, _, _ := m.show(data, at.from, at.to, byteRange{steps[i].Start, steps[i].End})
		steps[i].Text = strings.TrimSpace(text)
	}
}

// stepsOf lists the steps of all ways that lie in a file of size bytes, by their offset.
func stepsOf(findings []Finding, path string, size int) []*Step {
	var steps []*Step
	for i := range findings {
		for k := range findings[i].Flow {
			if s := &findings[i].Flow[k]; s.Path == path {
				steps = append(steps, s)
			}
		}
	}
	return within(steps, size)
}

// within sorts steps by their offset. It leaves out those that do not lie in a file of size bytes.
func within(all []*Step, size int) (steps []*Step) {
	for _, s := range all {
		if s.Start >= 0 && s.Start < s.End && s.End <= size {
			steps = append(steps, s)
		}
	}
	sort.SliceStable(steps, func(i, j int) bool { return steps[i].Start < steps[j].Start })
	return steps
}

// placeSteps computes the positions of steps, ordered by offset, and returns for each the shown part of its first line.
func placeSteps(data []byte, steps []*Step) []shownPart {
	parts := make([]shownPart, len(steps))
	c := cursor{data: data, line: 1, column: 1}
	for i, s := range steps {
		c.move(s.Start)
		end := c
		end.move(s.End)
		s.Position = Position{StartLine: c.line, StartColumn: c.column, EndLine: end.line, EndColumn: end.column}
		from, to := window(data, c.lineStart, lineEnd(data, c.lineStart), byteRange{s.Start, s.End})
		parts[i] = shownPart{c.line, from, to}
	}
	return parts
}

// sensitive asks a redactor about the shown parts of a file. If the redactor could not scan everything, all of them are
// masked.
func sensitive(ctx context.Context, content *Content, redact Redactor, shown []Span) []Span {
	if redact == nil || len(shown) == 0 {
		return nil
	}
	sort.Slice(shown, func(i, j int) bool { return shown[i].Start < shown[j].Start })
	merged := shown[:0]
	for _, s := range shown {
		if last := len(merged) - 1; last >= 0 && s.Start <= merged[last].End {
			merged[last].End = max(merged[last].End, s.End)
			continue
		}
		merged = append(merged, s)
	}
	type answer struct {
		spans []Span
		ok    bool
	}
	got, err := guard(func() (answer, error) {
		spans, ok := redact.Sensitive(ctx, content, merged)
		return answer{spans, ok}, nil
	})
	if err != nil || !got.ok {
		return []Span{{0, len(content.Data)}}
	}
	return got.spans
}

// placeByLine sets the offsets of findings that have only a line: the line without its indentation.
func placeByLine(data []byte, findings []Finding) {
	starts := []int{0}
	for i := range data {
		if data[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.End != 0 || f.StartLine <= 0 || f.StartLine > len(starts) {
			continue
		}
		from := starts[f.StartLine-1]
		to := lineEnd(data, from)
		for from < to && (data[from] == ' ' || data[from] == '\t') {
			from++
		}
		f.Start, f.End = from, to
	}
}

// cursor is an offset in data that only moves forward.
type cursor struct {
	data         []byte
	offset       int
	line, column int
	lineStart    int
}

func (c *cursor) move(to int) {
	part := c.data[c.offset:to]
	if n := bytes.Count(part, []byte{'\n'}); n > 0 {
		c.line += n
		last := c.offset + bytes.LastIndexByte(part, '\n') + 1
		c.lineStart, c.column = last, 1
		part = c.data[last:to]
	}
	for len(part) > 0 {
		if part[0] < utf8.RuneSelf {
			part = part[1:]
			c.column++
			continue
		}
		r, size := utf8.DecodeRune(part)
		part = part[size:]
		c.column++
		if r >= 0x10000 {
			c.column++
		}
	}
	c.offset = to
}

// lineEnd returns the end of the line that contains from, without its line end.
func lineEnd(data []byte, from int) int {
	end := len(data)
	if i := bytes.IndexByte(data[from:], '\n'); i >= 0 {
		end = from + i
	}
	if end > from && data[end-1] == '\r' {
		end--
	}
	return end
}

func (f *Finding) excerpt(data []byte, m *masker, lineStart int) {
	mark := byteRange{f.Start, f.End}
	from, to := window(data, lineStart, lineEnd(data, lineStart), mark)
	text, a, b := m.show(data, from, to, mark)
	trimmed := strings.TrimLeftFunc(text, unicode.IsSpace)
	cut := len(text) - len(trimmed)
	trimmed = strings.TrimRightFunc(trimmed, unicode.IsSpace)
	f.Excerpt = trimmed
	f.MarkStart, f.MarkEnd = min(max(a-cut, 0), len(trimmed)), min(max(b-cut, 0), len(trimmed))
	for _, line := range f.shownLines(data, lineStart) {
		text, _, _ := m.show(data, line.from, line.to, mark)
		f.Context = append(f.Context, Line{Number: line.number, Text: strings.TrimRightFunc(text, unicode.IsSpace)})
	}
}

// window cuts a long line to the part around the mark, at rune boundaries.
func window(data []byte, from, to int, mark byteRange) (int, int) {
	if to-from <= shownLine {
		return from, to
	}
	start := max(from, mark.start-shownBefore)
	end := min(to, start+shownLine)
	for start < end && start > from && !utf8.RuneStart(data[start]) {
		start++
	}
	for end > start && end < to && !utf8.RuneStart(data[end]) {
		end--
	}
	return start, end
}

// shownPart is the part of a line that is shown.
type shownPart struct{ number, from, to int }

// shownLines returns the lines of and around a finding, each cut to the shown part. lineStart is the start of the
// finding's first line.
func (f *Finding) shownLines(data []byte, lineStart int) []shownPart {
	mark := byteRange{f.Start, f.End}
	start, number := lineStart, f.StartLine
	for range contextLines {
		if start == 0 {
			break
		}
		start = bytes.LastIndexByte(data[:start-1], '\n') + 1
		number--
	}
	stop := min(f.EndLine, f.StartLine+shownSpan) + contextLines
	var lines []shownPart
	for ; number <= stop && start < len(data); number++ {
		end := lineEnd(data, start)
		from, to := start, end
		if number >= f.StartLine && number <= f.EndLine {
			from, to = window(data, start, end, mark)
		} else {
			to = cutLine(data, from, to)
		}
		lines = append(lines, shownPart{number, from, to})
		next := bytes.IndexByte(data[end:], '\n')
		if next < 0 {
			break
		}
		start = end + next + 1
	}
	return lines
}
