package secret

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
	// maxDepth is how many codings may lie over each other.
	maxDepth = 3
	// maxDecoded bounds the decoded bytes of one file, nested ones included.
	maxDecoded = 1 << 20
	// minDecoded is the length of the shortest decoded text that is looked at.
	minDecoded = 8
	// maxEscaped bounds what is decoded around an escape, behind it, and maxBefore in front of it.
	maxEscaped = 4096
	maxBefore  = 512
)

// decoders are the matchers of the marks of codings other than base64 and hexadecimal.
var decoders = []struct {
	literals []string
	run      matcher
}{
	{[]string{"%3a", "%40", "%5f", "%2d", "%2e", "%2b", "%3d", "%2f%2f"}, func(x *exam, start, end int) { x.decoder.percent(start, end) }},
	{[]string{`\u00`, `\x2d`, `\x3a`, `\x40`, `\x5f`, `:\/\/`}, func(x *exam, start, end int) { x.decoder.escape(start, end) }},
	{[]string{"transfer-encoding: quoted-printable"}, func(x *exam, start, end int) { x.decoder.quotedPrintable(start, end) }},
	{[]string{"kind: secret", `kind: "secret"`, `"kind": "secret"`, `"kind":"secret"`}, func(x *exam, start, end int) { x.decoder.manifest(start, end) }},
}

// decoder is the matcher of encoded text: it decodes, and lets another exam look at what comes out.
type decoder struct {
	*page.Page
	found *found.List
	// exam is the one that this decoder belongs to.
	exam    *exam
	decoded coding.Text
	// budget is how many bytes may still be decoded.
	budget int
	runs   coding.Runs
	// escapedTo, mailEnd and manifestEnd are how far the decoders have looked.
	escapedTo, mailEnd, manifestEnd int
}

// reset forgets the text before.
func (t *decoder) reset(budget int) {
	t.budget, t.runs = budget, coding.Runs{}
	t.escapedTo, t.mailEnd, t.manifestEnd = 0, 0, 0
}

// nested scans the decoded text with the rules that know a shape or a structure, and adds what it finds to this text's
// findings. With guesses, names in the decoded text count too: it is known to be secret.
func (t *decoder) nested(guesses bool) {
	if t.Depth == maxDepth || len(t.decoded.Bytes) > t.budget || len(t.decoded.Bytes) < minDecoded {
		return
	}
	d := t.exam.detector
	child := d.pool.Get().(*exam)
	child.begin(t.decoded.Bytes, t.Kind, t.Depth+1, t.budget-len(t.decoded.Bytes))
	child.shapesOnly = !guesses
	child.found.StartMasking(t.found.IsMasking())
	for from := 0; from < len(child.Data) && !child.found.Full(); from += chunkSize {
		child.chunk(from, min(from+chunkSize, len(child.Data)))
	}
	t.budget = child.decoder.budget
	last := -1
	for _, c := range child.found.Resolve() {
		start, end := t.decoded.Source(t.Data, c.Start, c.End)
		start = max(start, last)
		decoded := child.Data[c.Start:c.End]
		if start >= end || t.decoded.Form != coding.FormBase64 && bytes.Equal(decoded, t.Data[start:end]) {
			// It stands in the text as it is, and was found there.
			continue
		}
		if c.Decoded == "" {
			c.Decoded = string(decoded)
		}
		c.Note = strings.TrimPrefix(c.Note+" It is written in "+t.decoded.Form.String()+".", " ")
		c.Start, c.End = start, end
		c.MatchStart, c.MatchEnd = start, end
		last = end
		t.found.Adopt(c)
	}
	masked, _ := child.found.StopMasking()
	for _, m := range masked {
		t.found.Mask(t.decoded.Source(t.Data, m.Start, m.End))
	}
	child.Data = nil
	d.pool.Put(child)
}

// decodable reports whether encoded text is looked for at all: not in lock files and what programs wrote, which are full
// of hashes and of text that a person never saw.
func (t *decoder) decodable() bool { return !t.Kind.Lock && t.Depth < maxDepth && !t.Generated() }

// runs decodes the runs of base64 or hexadecimal digits that begin before an offset.
func (t *decoder) findRuns(to int) { t.runs.Each(t.Data, to, t.decodeRun) }

// decodeRun decodes the digits at data[start:end] when they hold text. It returns the end of what it has taken, which is
// behind end when the run goes on over several lines.
func (t *decoder) decodeRun(start, end int) int {
	if t.Generated() || t.inImage(start) || t.Syntax == notation.SyntaxCode && t.Depth == 0 && t.minified(start, end) {
		return end
	}
	hexStart := start
	if t.Data[start] == '0' && (t.Data[start+1] == 'x' || t.Data[start+1] == 'X') {
		hexStart += 2
	}
	if coding.IsHex(t.Data[hexStart:end]) {
		if t.decoded.Hex(t.Data, hexStart, end, t.budget) {
			t.nested(false)
		}
		return end
	}
	if !coding.BeginsLikeText(t.Data[start:end]) {
		return end
	}
	stop := t.decoded.Base64(t.Data, start, end, t.budget)
	t.decoded.Narrow()
	t.nested(false)
	return stop
}

// inImage reports whether a run belongs to a data URL of a picture, a font or a sound.
func (t *decoder) inImage(start int) bool {
	before := t.Data[max(0, start-64):start]
	at := bytes.LastIndex(before, []byte("data:"))
	return at >= 0 && bytes.HasSuffix(before, []byte("base64,")) && !bytes.HasPrefix(before[at:], []byte("data:text")) &&
		!bytes.HasPrefix(before[at:], []byte("data:application/json"))
}

// minified reports whether a run stands on a long line of a program and takes up less than half of what makes it long.
func (t *decoder) minified(start, end int) bool {
	return t.LongLine(start) && end-start < page.MaxLine/2
}
