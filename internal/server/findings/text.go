package findings

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

// shown is the text of a finding for one caller.
type shown struct {
	text string
	// start and end are the position of the finding in text, in UTF-16 code units. The byte offsets are the same in UTF-8.
	start, end         int
	byteStart, byteEnd int
	// truncated is true if text contains only the finding. masked is true if text is the excerpt with hidden secrets.
	truncated, masked bool
}

// maskedText is for callers who may not write to the repository, and for text that cannot be read. It is the line with
// hidden secrets, and the finding covers the whole of it.
func maskedText(o *findings.Occurrence) shown {
	return shown{text: o.Excerpt, end: units(o.Excerpt), byteEnd: len(o.Excerpt), truncated: true, masked: true}
}

// texts reads the texts of findings of a branch. It caches the last line, because a line often has several findings.
type texts struct {
	lines            Lines
	location, commit string
	// key and line are the last line that was read.
	key  lineKey
	line string
	err  error
}

type lineKey struct {
	commit, path string
	line         int
}

// text returns the text of a finding: its whole line, or only the finding if the line is too long or the finding spans
// several lines. Clients can send exactly the text of the finding as matchText.
func (t *texts) text(ctx context.Context, o *findings.Occurrence) shown {
	if t.lines == nil || o.Line < 1 || o.Archive != "" || o.EndLine-o.Line >= maxTextLines {
		return maskedText(o)
	}
	commit := t.commit
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
		return maskedText(o)
	}
	if units(line) > maxLineUnits {
		match := line[start:end]
		return shown{text: match, end: units(match), byteEnd: len(match), truncated: true}
	}
	return shown{text: line, start: o.StartColumn - 1, end: o.EndColumn - 1, byteStart: start, byteEnd: end}
}

// block returns the text of a finding that spans several lines.
func (t *texts) block(ctx context.Context, o *findings.Occurrence, commit string) shown {
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
			return maskedText(o)
		}
		b.WriteString(line[from:to])
		if n < o.EndLine {
			b.WriteByte('\n')
		}
	}
	text := b.String()
	return shown{text: text, end: units(text), byteEnd: len(text), truncated: true}
}

func (t *texts) read(ctx context.Context, commit, path string, line int) (string, error) {
	if key := (lineKey{commit, path, line}); key != t.key {
		t.key = key
		t.line, t.err = t.lines.Line(ctx, t.location, commit, path, line)
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
