package page

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

// MaxLine is the length in bytes from which a line counts as minified or as data. Guesses by name are off there.
const MaxLine = 2000

// Page is one text under examination, with what its path tells about it. It is not safe for concurrent use.
type Page struct {
	notation.Text
	Kind Kind
	// Commit is the full hash of the commit for a file of the history; else empty.
	Commit string
	// Depth is how many codings lie over this text.
	Depth int
	// texts are the texts over several lines of a program.
	texts notation.LongTexts
	// sought is true once the beginning was searched for a mark of generated files.
	sought bool
	// longFrom and longTo bound a part of a long line that was found before.
	longFrom, longTo int
}

// Begin makes the page ready for another text, which lies under depth codings.
func (t *Page) Begin(data []byte, kind Kind, depth int) {
	*t = Page{Text: notation.Text{Data: data, Notation: kind.Notation, Syntax: kind.syntax, Tags: kind.tags}, Kind: kind, Depth: depth}
	t.texts = kind.texts
	if (kind.Notation == notation.INI || kind.Notation == notation.Prose) && notation.MarkupStart(data) {
		t.Notation = notation.XML
	}
}

// Written reports whether an offset of a program lies in a text over several lines, which holds a file of another kind.
func (t *Page) Written(at int) bool {
	return t.Syntax == notation.SyntaxCode && t.texts.Contain(t.Data, at)
}

// ForgetOrigin makes lock files and generated files count like files that people write.
func (t *Page) ForgetOrigin() { t.Kind.Lock, t.Kind.Generated, t.sought = false, false, true }

// Generated reports whether a program wrote the file: a known token in it is real, a guess is not. It reads the
// beginning of the text when it is first asked.
func (t *Page) Generated() bool {
	if !t.sought {
		t.sought = true
		t.Kind.Generated = t.Kind.Generated || t.Depth == 0 && GeneratedMarker(t.Data)
	}
	return t.Kind.Generated
}

// Guess lowers the severity of a guess in tests and examples, where made-up secrets live.
func (t *Page) Guess(v check.Verdict) check.Verdict {
	if t.Kind.Test && !v.Drop {
		v.Severity = scan.SeverityLow
	}
	return v
}

// LongLine reports whether the line around an offset is too long to be written by hand.
func (t *Page) LongLine(at int) bool {
	if t.longFrom <= at && at < t.longTo {
		return true
	}
	start, end := ascii.LineStart(t.Data, at, MaxLine), ascii.LineEnd(t.Data, at, MaxLine)
	if end-start < MaxLine {
		return false
	}
	t.longFrom, t.longTo = start, end
	return true
}

// Line returns the line that contains an offset, without its end.
func (t *Page) Line(at int) (from, to int) {
	return bytes.LastIndexByte(t.Data[:at], '\n') + 1, ascii.LineEnd(t.Data, at, len(t.Data))
}

// LineNumber returns the number of the line that contains an offset, counted from 1.
func (t *Page) LineNumber(at int) int { return 1 + bytes.Count(t.Data[:at], []byte{'\n'}) }
