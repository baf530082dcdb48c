package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
)

// text is a text and the way in which it writes values.
type text struct {
	data     []byte
	notation notation
	syntax   fileSyntax
	// tags is true for markup that is made of tags.
	tags bool
}

// page is one text under examination, with what its path tells about it.
type page struct {
	text
	kind pathKind
	// commit is the file's, for files of the history.
	commit string
	// depth is how many codings lie over this text.
	depth int
	// sought is true once the beginning has been searched for a mark of generated files.
	sought bool
	// longFrom and longTo are a part of a long line.
	longFrom, longTo int
}

// begin makes the page ready for another text.
func (t *page) begin(data []byte, kind pathKind, depth int) {
	*t = page{text: text{data: data, notation: kind.notation, syntax: kind.syntax, tags: kind.tags}, kind: kind, depth: depth}
	if (kind.notation == notationINI || kind.notation == notationText) && markupStart(data) {
		t.notation = notationXML
	}
}

// generated reports whether a program wrote the file: a known token in it is real, a guess is not. Most files are never
// asked.
func (t *page) generated() bool {
	if !t.sought {
		t.sought = true
		t.kind.generated = t.kind.generated || t.depth == 0 && generatedMarker(t.data)
	}
	return t.kind.generated
}

// guess lowers a verdict where made-up secrets live.
func (t *page) guess(v check.Verdict) check.Verdict {
	if t.kind.test && !v.Drop {
		v.Severity = scan.SeverityLow
	}
	return v
}

// longLine reports whether the line around an offset is too long to be written by hand.
func (t *page) longLine(at int) bool {
	if t.longFrom <= at && at < t.longTo {
		return true
	}
	start, end := ascii.LineStart(t.data, at, maxLine), ascii.LineEnd(t.data, at, maxLine)
	if end-start < maxLine {
		return false
	}
	t.longFrom, t.longTo = start, end
	return true
}

// line gives the line that holds an offset, without its end.
func (t *page) line(at int) (from, to int) {
	return bytes.LastIndexByte(t.data[:at], '\n') + 1, ascii.LineEnd(t.data, at, len(t.data))
}

func (t *page) lineNumber(at int) int { return 1 + bytes.Count(t.data[:at], []byte{'\n'}) }
