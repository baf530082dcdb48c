// Package decode is the matcher of encoded text: base64, hexadecimal, percent encoding, escapes, quoted-printable, and the
// data of Kubernetes Secrets. It decodes what it finds and has it examined like a file of its own.
package decode

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Limits of decoding, so that a file made to blow up costs no more than any other of its size.
const (
	// MaxDepth is how many codings may lie over each other.
	MaxDepth = 3
	// Budget bounds the decoded bytes of one file, nested ones included.
	Budget = 1 << 20
	// minDecoded is the length in bytes of the shortest decoded text that is examined.
	minDecoded = 8
)

// Literals are the texts that wake a method of a [Decoder], in lower case. Base64 and hexadecimal have none: see [Decoder.Runs].
var (
	PercentLiterals         = []string{"%3a", "%40", "%5f", "%2d", "%2e", "%2b", "%3d", "%2f%2f"}
	EscapeLiterals          = []string{`\u00`, `\x2d`, `\x3a`, `\x40`, `\x5f`, `:\/\/`}
	QuotedPrintableLiterals = []string{"transfer-encoding: quoted-printable"}
	ManifestLiterals        = []string{"kind: secret", `kind: "secret"`, `"kind": "secret"`, `"kind":"secret"`}
)

// Encoded is a decoded text that is to be examined.
type Encoded struct {
	Text []byte
	Kind page.Kind
	// Depth is how many codings lie over the text, and Budget how many bytes may still be decoded.
	Depth, Budget int
	// Guesses is true when names count in the text: it is known to be secret.
	Guesses bool
	// Masking is true when a redactor asks what must not be shown.
	Masking bool
}

// Exam is the examination of a decoded text.
type Exam interface {
	// Examine looks at the text and returns what it found there, and how much of the budget is left. The list is valid
	// until Close.
	Examine() (list *found.List, budget int)
	// Close gives the buffers back.
	Close()
}

// Decoder decodes what is encoded in one text. It is not safe for concurrent use.
type Decoder struct {
	*page.Page
	found *found.List
	open  func(Encoded) Exam
	text  coding.Text
	// budget is how many bytes may still be decoded.
	budget int
	// guesses is true when names count in this text.
	guesses bool
	runs    coding.Runs
	// escapedTo, mailEnd and manifestEnd are how far each method has looked.
	escapedTo, mailEnd, manifestEnd int
}

// New makes the decoder of a page. open begins the examination of a decoded text.
func New(p *page.Page, list *found.List, open func(Encoded) Exam) Decoder {
	return Decoder{Page: p, found: list, open: open}
}

// Reset makes the decoder ready for another text on the page, of which budget bytes may be decoded.
func (t *Decoder) Reset(budget int, guesses bool) {
	t.budget, t.guesses, t.runs = budget, guesses, coding.Runs{}
	t.escapedTo, t.mailEnd, t.manifestEnd = 0, 0, 0
}

// Budget is how many bytes may still be decoded.
func (t *Decoder) Budget() int { return t.budget }

// nested has the decoded text examined, and adds what is found there to the findings of this text.
func (t *Decoder) nested(guesses bool) {
	if t.Depth == MaxDepth || len(t.text.Bytes) > t.budget || len(t.text.Bytes) < minDecoded {
		return
	}
	exam := t.open(Encoded{
		Text: t.text.Bytes, Kind: t.Kind, Depth: t.Depth + 1, Budget: t.budget - len(t.text.Bytes), Guesses: guesses,
		Masking: t.found.IsMasking(),
	})
	defer exam.Close()
	list, budget := exam.Examine()
	t.budget = budget
	last := -1
	for _, c := range list.Resolve() {
		start, end := t.text.Source(t.Data, c.Start, c.End)
		start = max(start, last)
		decoded := t.text.Bytes[c.Start:c.End]
		if start >= end || t.text.Form != coding.FormBase64 && bytes.Equal(decoded, t.Data[start:end]) {
			// It stands in the text as it is, and was found there.
			continue
		}
		if c.Decoded == "" {
			c.Decoded = string(decoded)
		}
		c.Note = strings.TrimPrefix(c.Note+" It is written in "+t.text.Form.String()+".", " ")
		c.Start, c.End = start, end
		c.MatchStart, c.MatchEnd = start, end
		last = end
		t.found.Adopt(c)
	}
	masked, _ := list.StopMasking()
	for _, m := range masked {
		t.found.Mask(t.text.Source(t.Data, m.Start, m.End))
	}
}

// decodable reports whether encoded text counts in this file. Lock files and generated files are full of hashes and of text
// that nobody ever read.
func (t *Decoder) decodable() bool { return !t.Kind.Lock && t.Depth < MaxDepth && !t.Generated() }

// Runs decodes the runs of base64 or hexadecimal digits that begin before an offset. Call it with rising offsets.
func (t *Decoder) Runs(to int) { t.runs.Each(t.Data, to, t.run) }

// run decodes the digits at data[start:end] when they hold text. It returns the end of what it has taken, which is
// behind end when the run goes on over several lines.
func (t *Decoder) run(start, end int) int {
	if t.Generated() || t.inImage(start) || t.Syntax == notation.SyntaxCode && t.Depth == 0 && t.minified(start, end) {
		return end
	}
	hexStart := start
	if t.Data[start] == '0' && (t.Data[start+1] == 'x' || t.Data[start+1] == 'X') {
		hexStart += 2
	}
	if coding.IsHex(t.Data[hexStart:end]) {
		if t.text.Hex(t.Data, hexStart, end, t.budget) {
			t.nested(false)
		}
		return end
	}
	if !coding.BeginsLikeText(t.Data[start:end]) {
		return end
	}
	stop := t.text.Base64(t.Data, start, end, t.budget)
	t.text.Narrow()
	t.nested(false)
	return stop
}

// inImage reports whether a run belongs to a data URL of a picture, a font or a sound.
func (t *Decoder) inImage(start int) bool {
	before := t.Data[max(0, start-64):start]
	if !bytes.HasSuffix(before, []byte("base64,")) {
		return false
	}
	at := bytes.LastIndex(before, []byte("data:"))
	return at >= 0 && !bytes.HasPrefix(before[at:], []byte("data:text")) && !bytes.HasPrefix(before[at:], []byte("data:application/json"))
}

// minified reports whether a run stands on a long line of a program and takes up less than half of what makes it long.
func (t *Decoder) minified(start, end int) bool {
	return t.LongLine(start) && end-start < page.MaxLine/2
}
