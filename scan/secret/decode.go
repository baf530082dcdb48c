package secret

import (
	"bytes"
	"strings"

	"github.com/sluice-scan/sluice/scan/secret/coding"
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
	*page
	found *list
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
	if t.depth == maxDepth || len(t.decoded.Bytes) > t.budget || len(t.decoded.Bytes) < minDecoded {
		return
	}
	d := t.exam.detector
	child := d.pool.Get().(*exam)
	child.begin(t.decoded.Bytes, t.kind, t.depth+1, t.budget-len(t.decoded.Bytes))
	child.shapesOnly = !guesses
	child.found.masking, child.found.masked = t.found.masking, child.found.masked[:0]
	for from := 0; from < len(child.data) && !child.found.full(); from += chunkSize {
		child.chunk(from, min(from+chunkSize, len(child.data)))
	}
	t.budget = child.decoder.budget
	last := -1
	for _, c := range child.found.resolve() {
		start, end := t.decoded.Source(t.data, c.start, c.end)
		start = max(start, last)
		decoded := child.data[c.start:c.end]
		if start >= end || t.decoded.Form != coding.FormBase64 && bytes.Equal(decoded, t.data[start:end]) {
			// It stands in the text as it is, and was found there.
			continue
		}
		if c.decoded == "" {
			c.decoded = string(decoded)
		}
		c.note = strings.TrimPrefix(c.note+" It is written in "+t.decoded.Form.String()+".", " ")
		c.start, c.end = start, end
		c.matchStart, c.matchEnd = start, end
		last = end
		t.found.all = append(t.found.all, c)
	}
	for _, m := range child.found.masked {
		t.found.mask(t.decoded.Source(t.data, m.start, m.end))
	}
	child.data, child.found.masking = nil, false
	d.pool.Put(child)
}

// decodable reports whether encoded text is looked for at all: not in lock files and what programs wrote, which are full
// of hashes and of text that a person never saw.
func (t *decoder) decodable() bool { return !t.kind.lock && t.depth < maxDepth && !t.generated() }

// runs decodes the runs of base64 or hexadecimal digits that begin before an offset.
func (t *decoder) findRuns(to int) { t.runs.Each(t.data, to, t.decodeRun) }

// decodeRun decodes the digits at data[start:end] when they hold text. It returns the end of what it has taken, which is
// behind end when the run goes on over several lines.
func (t *decoder) decodeRun(start, end int) int {
	if t.generated() || t.inImage(start) || t.syntax == syntaxCode && t.depth == 0 && t.minified(start, end) {
		return end
	}
	hexStart := start
	if t.data[start] == '0' && (t.data[start+1] == 'x' || t.data[start+1] == 'X') {
		hexStart += 2
	}
	if coding.IsHex(t.data[hexStart:end]) {
		if t.decoded.Hex(t.data, hexStart, end, t.budget) {
			t.nested(false)
		}
		return end
	}
	if !coding.BeginsLikeText(t.data[start:end]) {
		return end
	}
	stop := t.decoded.Base64(t.data, start, end, t.budget)
	t.decoded.Narrow()
	t.nested(false)
	return stop
}

// inImage reports whether a run belongs to a data URL of a picture, a font or a sound.
func (t *decoder) inImage(start int) bool {
	before := t.data[max(0, start-64):start]
	at := bytes.LastIndex(before, []byte("data:"))
	return at >= 0 && bytes.HasSuffix(before, []byte("base64,")) && !bytes.HasPrefix(before[at:], []byte("data:text")) &&
		!bytes.HasPrefix(before[at:], []byte("data:application/json"))
}

// minified reports whether a run stands on a long line of a program and takes up less than half of what makes it long.
func (t *decoder) minified(start, end int) bool {
	return t.longLine(start) && end-start < maxLine/2
}
