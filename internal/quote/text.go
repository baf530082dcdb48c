// Package quote reads the text of findings from their repositories. The store does not have it.
package quote

import (
	"context"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-scan/sluice/internal/store/findings"
)

// Lines reads text of repositories, which the store does not have. It must be safe for concurrent use.
type Lines interface {
	// Line returns one line, counted from 1, of a file at a commit, without its line feed; a carriage return before that
	// stays. location is catalog.Repository.Location. An error means that the line cannot be read. The error's text is not
	// shown to anybody.
	Line(ctx context.Context, location, commit, path string, line int) (string, error)
}

const (
	// maxLineUnits is the length of the longest line that is shown in full, in UTF-16 units. Of a longer line only the
	// finding is shown.
	maxLineUnits = 1000
	// maxTextLines and maxTextUnits limit the text of one finding. A larger one is shown masked.
	maxTextLines = 200
	maxTextUnits = 64 << 10
)

// Text is the text of a finding for one caller.
type Text struct {
	Text string
	// Start and End are the position of the finding in Text, in UTF-16 code units. The byte offsets are the same in UTF-8.
	Start, End         int
	ByteStart, ByteEnd int
	// Truncated is true if Text contains only the finding. Masked is true if Text is the excerpt with hidden secrets.
	Truncated, Masked bool
}

// Match is the finding itself.
func (t *Text) Match() string { return t.Text[t.ByteStart:t.ByteEnd] }

// masked is for callers who may not write to the repository, and for text that cannot be read. It is the line with hidden
// secrets, and the finding covers the whole of it.
func masked(o *findings.Occurrence) Text {
	return Text{Text: o.Excerpt, End: units(o.Excerpt), ByteEnd: len(o.Excerpt), Truncated: true, Masked: true}
}

// Texts reads the texts of findings of a branch. It caches the last line, because a line often has several findings.
// Decide first whether the caller may see them. It belongs to one goroutine.
type Texts struct {
	// Lines is nil if the caller may not see the texts; then all of them are masked.
	Lines Lines
	// Location is catalog.Repository.Location, and Commit the one that was scanned.
	Location, Commit string
	// key and line are the last line that was read.
	key  lineKey
	line string
	err  error
}

type lineKey struct {
	commit, path string
	line         int
}

// Of returns the text of a finding: its whole line, or only the finding if the line is too long or the finding spans
// several lines. Clients can send exactly the text of the finding as matchText.
func (t *Texts) Of(ctx context.Context, o *findings.Occurrence) Text {
	if t.Lines == nil || o.Line < 1 || o.Archive != "" || o.EndLine-o.Line >= maxTextLines {
		return masked(o)
	}
	commit := t.Commit
	if o.Commit != "" {
		commit = o.Commit
	}
	if o.EndLine > o.Line {
		return t.block(ctx, o, commit)
	}
	line, err := t.read(ctx, commit, o.Path, o.Line)
	line = strings.TrimSuffix(line, "\r")
	start, ok := offset(line, o.StartColumn-1)
	end, fits := offset(line, o.EndColumn-1)
	if err != nil || !ok || !fits || end < start || o.EndColumn-o.StartColumn > maxTextUnits {
		return masked(o)
	}
	if units(line) > maxLineUnits {
		match := line[start:end]
		return Text{Text: match, End: units(match), ByteEnd: len(match), Truncated: true}
	}
	return Text{Text: line, Start: o.StartColumn - 1, End: o.EndColumn - 1, ByteStart: start, ByteEnd: end}
}

// block returns the text of a finding that spans several lines.
func (t *Texts) block(ctx context.Context, o *findings.Occurrence, commit string) Text {
	var b strings.Builder
	for n := o.Line; n <= o.EndLine; n++ {
		line, err := t.read(ctx, commit, o.Path, n)
		from, to := 0, len(line)
		ok, fits := true, true
		if n == o.Line {
			from, ok = offset(line, o.StartColumn-1)
		}
		if n == o.EndLine {
			to, fits = offset(line, o.EndColumn-1)
		}
		if err != nil || !ok || !fits || b.Len()+to-from > maxTextUnits {
			return masked(o)
		}
		b.WriteString(line[from:to])
		if n < o.EndLine {
			b.WriteByte('\n')
		}
	}
	text := b.String()
	return Text{Text: text, End: units(text), ByteEnd: len(text), Truncated: true}
}

func (t *Texts) read(ctx context.Context, commit, path string, line int) (string, error) {
	if key := (lineKey{commit, path, line}); key != t.key {
		t.key = key
		t.line, t.err = t.Lines.Line(ctx, t.Location, commit, path, line)
	}
	return t.line, t.err
}

// units counts UTF-16 code units. A byte that is not UTF-8 counts as one, as in positions.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// offset returns the byte offset for a number of UTF-16 units; ok is false if that is beyond the end or within a
// character.
func offset(text string, at int) (index int, ok bool) {
	for at > 0 {
		r, size := utf8.DecodeRuneInString(text[index:])
		if size == 0 {
			return 0, false
		}
		at -= utf16.RuneLen(r)
		index += size
	}
	return index, at == 0
}
