package scan

import (
	"context"
	"strings"
)

// Span is a part of a file in bytes, its end exclusive.
type Span struct{ Start, End int }

// Redactor names the parts of a file that nobody may see in an excerpt. It is safe for concurrent use.
type Redactor interface {
	// Sensitive gives the parts of a file's content that hold a secret or what may be one, whether a finding speaks of it or
	// not, so far as they touch the shown parts. Those are ordered by place and do not overlap; what comes back is in no
	// order and may overlap. ok is false when it could not look at everything: then nothing of the file may be shown.
	Sensitive(ctx context.Context, content *Content, shown []Span) (spans []Span, ok bool)
}

// Redact gives a text of a file, one line or several, with every part masked that r names; a nil Redactor masks nothing.
// path is the file's and may be empty.
func Redact(ctx context.Context, r Redactor, path, text string) string {
	lines := strings.Split(text, "\n")
	content := &Content{File: File{Path: path}, Data: []byte(text)}
	m := newMasker(content.Data, nil, sensitive(ctx, content, r, []Span{{0, len(text)}}))
	from := 0
	for i, line := range lines {
		lines[i], _, _ = m.show(content.Data, from, from+len(line), byteRange{})
		from += len(line) + 1
	}
	return strings.Join(lines, "\n")
}
