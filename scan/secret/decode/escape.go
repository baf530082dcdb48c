package decode

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// Limits in bytes of what is decoded around a hit.
const (
	maxEscapedBehind = 4096
	maxEscapedBefore = 512
	// maxMail is how much of a mail's quoted-printable part is decoded.
	maxMail = 1 << 20
)

// Percent decodes the percent encoding around a hit.
func (t *Decoder) Percent(start, end int) {
	if from, to, ok := t.escaped(start, end); ok {
		t.text.Percent(t.Data, from, to)
		t.nested(false)
	}
}

// Escape decodes the escapes around a hit.
func (t *Decoder) Escape(start, end int) {
	if from, to, ok := t.escaped(start, end); ok {
		t.text.Escapes(t.Data, from, to)
		t.nested(false)
	}
}

// escaped returns the word or quoted text around a hit; ok is false when an earlier hit in it has been decoded.
func (t *Decoder) escaped(hit, end int) (start, stop int, ok bool) {
	if hit < t.escapedTo || !t.decodable() {
		return 0, 0, false
	}
	data := t.Data
	start = hit
	for start > t.escapedTo && hit-start < maxEscapedBefore && coding.InEscaped(data[start-1]) {
		start--
	}
	stop = end
	for stop < len(data) && stop-hit < maxEscapedBehind && coding.InEscaped(data[stop]) {
		stop++
	}
	t.escapedTo = stop
	return start, stop, true
}

// QuotedPrintable decodes what follows the header of a mail's part, up to the next part.
func (t *Decoder) QuotedPrintable(end int) {
	if end < t.mailEnd || !t.decodable() {
		return
	}
	stop := min(len(t.Data), end+maxMail)
	if at := bytes.Index(t.Data[end:stop], []byte("\n--")); at >= 0 {
		stop = end + at
	}
	t.mailEnd = stop
	t.text.QuotedPrintable(t.Data, end, stop)
	t.nested(false)
}
