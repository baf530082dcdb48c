package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// percent decodes the percent encoding around a hit.
func (t *decoder) percent(start, end int) {
	if from, to, ok := t.escaped(start, end); ok {
		t.decoded.Percent(t.Data, from, to)
		t.nested(false)
	}
}

// escape decodes the escapes around a hit.
func (t *decoder) escape(start, end int) {
	if from, to, ok := t.escaped(start, end); ok {
		t.decoded.Escapes(t.Data, from, to)
		t.nested(false)
	}
}

// escaped returns the word or quoted text around a hit; ok is false when an earlier hit in it has been decoded.
func (t *decoder) escaped(hit, end int) (start, stop int, ok bool) {
	if hit < t.escapedTo || !t.decodable() {
		return 0, 0, false
	}
	data := t.Data
	start = hit
	for start > t.escapedTo && hit-start < maxBefore && coding.InEscaped(data[start-1]) {
		start--
	}
	stop = end
	for stop < len(data) && stop-hit < maxEscaped && coding.InEscaped(data[stop]) {
		stop++
	}
	t.escapedTo = stop
	return start, stop, true
}

// maxMail is how many bytes of a mail's quoted-printable part are decoded.
const maxMail = 1 << 20

// quotedPrintable decodes what follows the header of a mail's part, up to the next part.
func (t *decoder) quotedPrintable(_, end int) {
	if end < t.mailEnd || !t.decodable() {
		return
	}
	stop := min(len(t.Data), end+maxMail)
	if at := bytes.Index(t.Data[end:stop], []byte("\n--")); at >= 0 {
		stop = end + at
	}
	t.mailEnd = stop
	t.decoded.QuotedPrintable(t.Data, end, stop)
	t.nested(false)
}
