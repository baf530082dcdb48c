package decode

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

// maxManifest bounds a Kubernetes Secret in bytes: the API server takes no larger one (1 MiB).
const maxManifest = 1 << 20

// Manifest decodes the base64 values under data of a Kubernetes Secret around the hit, which is its kind, each together
// with the name of its key (https://kubernetes.io/docs/concepts/configuration/secret/). The base64 itself is not what
// the name promises; its content may be.
func (t *Decoder) Manifest(start, end int) {
	if start < t.manifestEnd || !t.decodable() || !t.guesses {
		return
	}
	data := t.Data
	if end < len(data) && (ascii.Is(data[end], ascii.ClassAlnum) || data[end] == ':') {
		// kind: SecretStore
		return
	}
	first := max(t.manifestEnd, start-maxManifest, 0)
	if at := bytes.LastIndex(data[first:start], []byte("\n---")); at >= 0 {
		first += at + 1
	}
	last := min(len(data), end+maxManifest)
	if at := bytes.Index(data[end:last], []byte("\n---")); at >= 0 {
		last = end + at
	}
	t.manifestEnd = last
	inside, depth := false, 0
	for at := first; at < last; {
		stop := at + lineLength(data[at:last])
		line := data[at:stop]
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		body := bytes.TrimSpace(line)
		switch {
		case len(body) == 0 || body[0] == '#':
		case isDataKey(body):
			inside, depth = true, indent
		case inside && indent <= depth:
			inside = false
		case inside:
			t.manifestValue(at, stop)
		}
		at = stop + 1
	}
}

// lineLength returns the length of the first line.
func lineLength(data []byte) int {
	if at := bytes.IndexByte(data, '\n'); at >= 0 {
		return at
	}
	return len(data)
}

// isDataKey reports whether a line begins the data of a Secret.
func isDataKey(body []byte) bool {
	switch string(body) {
	case "data:", `"data": {`, `"data":{`:
		return true
	}
	return false
}

// manifestValue decodes the value on data[start:end], a line of key and value.
func (t *Decoder) manifestValue(start, end int) {
	colon := bytes.IndexByte(t.Data[start:end], ':')
	if colon < 0 {
		return
	}
	name := bytes.Trim(t.Data[start:start+colon], " \t\"'")
	from := start + colon + 1
	for from < end && (t.Data[from] == ' ' || ascii.IsQuote(t.Data[from])) {
		from++
	}
	to := from
	for to < end && coding.IsDigit(t.Data[to]) {
		to++
	}
	if len(name) == 0 || len(name) > notation.MaxName || to-from < 4 {
		return
	}
	stop := t.text.Base64(t.Data, from, to, t.budget)
	if len(t.text.Bytes) < 3 || !t.text.Printable() {
		return
	}
	t.found.Judged(from, stop)
	t.text.Label(name, from)
	t.nested(true)
}
