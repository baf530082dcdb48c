package decode

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
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
	inside, plain, depth := false, false, 0
	for at := first; at < last; {
		stop := at + lineLength(data[at:last])
		line := data[at:stop]
		indent := len(line) - len(bytes.TrimLeft(line, " \t"))
		body := bytes.TrimSpace(line)
		switch {
		case len(body) == 0 || body[0] == '#':
		case isDataKey(body), string(body) == "stringData:":
			inside, plain, depth = true, body[0] == 's', indent
		case inside && indent <= depth:
			inside = false
		case inside && plain:
			t.plainValue(at, stop)
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

// plainValue emits the value on data[start:end], a line of key and value under stringData. It is part of a Secret, whatever the
// name of its key, and counts when it looks like a credential.
func (t *Decoder) plainValue(start, end int) {
	colon := bytes.Index(t.Data[start:end], []byte(": "))
	if colon < 0 {
		return
	}
	from := start + colon + 2
	value := bytes.Trim(t.Data[from:end], " \r")
	if n := len(value); n > 1 && ascii.IsQuote(value[0]) && value[n-1] == value[0] {
		value = value[1 : n-1]
	}
	if len(value) < looks.MinToken || len(value) > looks.MaxPassword || bytes.IndexByte(value, ' ') >= 0 {
		return
	}
	if looks.UUID(value) || looks.Reference(value) || looks.Placeholder(value) || looks.Location(value) || looks.ExampleLike(value) || looks.Hashed(value) ||
		!looks.Drawn(value) && !(looks.StrongPassword(value) && looks.Random(value)) && !(looks.Symbols(value) > 0 && ascii.HasDigit(value) && looks.StrongPassword(value)) {
		return
	}
	from += bytes.Index(t.Data[from:end], value)
	t.found.EmitID("GENERIC_SECRET", from, from+len(value), t.Guess(check.Verdict{}))
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
