package scan

import (
	"context"
	"strings"
)

// Span is a range of bytes in a file. Its end is exclusive.
type Span struct{ Start, End int }

// Redactor selects the parts of a file that excerpts must not show. It is safe for concurrent use.
type Redactor interface {
	// Sensitive returns the parts of a file that contain a secret or a possible secret, with or without a finding, if they
	// touch the shown parts. The shown parts are ordered and do not overlap. The returned spans have no order and may
	// overlap. ok is false if it could not scan everything: the caller must then show nothing of the file.
	Sensitive(ctx context.Context, content *Content, shown []Span) (spans []Span, ok bool)
}

// Redact masks every part of a text that r selects. The text is one or more lines of a file. A nil Redactor masks
// nothing. path is the path of the file and may be empty.
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
