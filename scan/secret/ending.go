package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// value is the text behind an operator.
type value struct {
	start, end int
	// bare is true for a value without quotes.
	bare bool
	// whole is true for a value that is all that its line sets: by the format of the file it is a text, whatever it looks like.
	whole bool
	// loose is true for a value without quotes behind which its line goes on: it may be a word of a sentence.
	loose bool
	// decoded is the text that the value means, where the file writes it with escapes; nil where it stands there as it is.
	decoded []byte
}

// of gives the text that a value means.
func (v *value) of(data []byte) []byte {
	if v.decoded != nil {
		return v.decoded
	}
	return data[v.start:v.end]
}

// lineValue reads the value of a name that is first on its line, from an offset behind the separator, in a notation whose
// values go to the end of the line.
func (t *text) lineValue(first, at int) (value, bool) {
	data, e := t.data, &endings[t.notation]
	i := ascii.SkipSpace(data, at)
	stop := ascii.LineEnd(data, i, maxValue)
	if stop > i && data[stop-1] == '\r' {
		stop--
	}
	if t.notation == notationYAML {
		if i, stop = yamlNode(data, i, stop); i < 0 {
			return value{}, false
		}
	}
	if i >= stop {
		return value{}, false
	}
	if first > 0 && ascii.IsQuote(data[first-1]) && bytes.Count(data[first-1:at], data[first-1:first])%2 == 1 {
		// Name and value stand within one pair of quotes: - "NAME=value".
		if end := bytes.LastIndexByte(data[i:stop], data[first-1]); end > 0 && lineOver(data[:stop], i+end+1) {
			v := innerText(data, value{start: i, end: i + end})
			v.bare, v.whole, v.decoded = v.start == i, true, t.decode(data[v.start:v.end], data[first-1])
			return v, true
		}
	}
	if bytes.IndexByte([]byte(e.quotes), data[i]) >= 0 {
		if v, ok := t.quoted(i+1, data[i]); ok && v.end < stop && lineOver(data[:stop], v.end+1) {
			return v, true
		}
	}
	if bytes.HasPrefix(data[i:stop], []byte("base64:")) {
		// Laravel writes so what its key is coded in.
		i += len("base64:")
	}
	v := value{start: i, end: stop, bare: true, whole: true}
	if t.notation == notationProperties {
		v.end = continued(data, i, stop)
	}
	for n := i + 1; n < v.end; n++ {
		if ascii.Is(data[n-1], ascii.ClassSpace) && bytes.IndexByte([]byte(e.comments), data[n]) >= 0 {
			v.end = n - 1
			break
		}
	}
	for v.end > v.start && ascii.Is(data[v.end-1], ascii.ClassSpace) {
		v.end--
	}
	if t.notation == notationProperties {
		for v.start < v.end && (data[v.start] == '\\' && v.start+1 < v.end && (data[v.start+1] == '\n' || data[v.start+1] == '\r') || ascii.Is(data[v.start], ascii.ClassSpace)) {
			v.start++
		}
		v.decoded = coding.Unescape(data[v.start:v.end])
	}
	return v, v.end > v.start
}

// continued gives the end of a logical line of a properties file: a backslash at the end of a line joins the next one.
func continued(data []byte, start, stop int) int {
	for n := 0; n < 8; n++ {
		slashes := 0
		for stop-slashes > start && data[stop-slashes-1] == '\\' {
			slashes++
		}
		next := bytes.IndexByte(data[stop:], '\n')
		if slashes%2 == 0 || next < 0 || stop+next+1-start > maxValue {
			return stop
		}
		stop = ascii.LineEnd(data, stop+next+1, maxValue)
		if data[stop-1] == '\r' {
			stop--
		}
	}
	return stop
}

// wordValue reads a value without quotes that stands among others on its line, from offset i on; at is the end of the
// operator, and first the beginning of the name.
func (t *text) wordValue(op operator, first, i, at int) (value, bool) {
	data := t.data
	if t.notation == notationShell || op == opFlag {
		if v, ok := t.shellValue(first, i); ok || op != opFlag {
			return v, ok && (op != opDirective || lineOver(data, v.end))
		}
	}
	if bytes.HasPrefix(data[i:], []byte("base64:")) {
		i += len("base64:")
	}
	s := t.surroundings(first)
	i += quoteEntity(data, i)
	if formField(data, i) || tagEntity(data, i) {
		return value{}, false
	}
	if i < len(data) && data[i] == '&' && s.query {
		// The next parameter.
		return value{}, false
	}
	end := i
	for end < len(data) && end-i < maxValue && !ascii.Is(data[end], ascii.ClassSpace) && !s.ends(data, i, end) {
		end++
	}
	if end == i {
		return value{}, false
	}
	v := value{start: i, end: end, bare: true}
	over := lineOver(data, end) || s.quote != 0 && end < len(data) && data[end] == s.quote
	if !over && !s.connection && !looks.Drawn(data[v.start:v.end]) {
		// The line goes on: what ends a clause does not belong to the value.
		for v.end > i+1 && bytes.IndexByte([]byte(",;"), data[v.end-1]) >= 0 {
			v.end--
		}
	}
	for v.end > i+1 && s.closes(data[v.end-1], data[i:v.end]) {
		v.end--
	}
	if op != opFlag && (i > at || op == opDirective) && !over {
		if op == opDirective {
			return value{}, false
		}
		v.loose = true
	}
	if s.quote != 0 {
		v.decoded = t.decode(data[v.start:v.end], s.quote)
	}
	return v, true
}

// lineOver reports whether only a comment or the end of a statement follows on the line.
func lineOver(data []byte, at int) bool {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || bytes.IndexByte([]byte(",;)}\"'`"), data[at]) >= 0) {
		at++
	}
	if at >= len(data) || data[at] == '\n' || data[at] == '#' || data[at] == '\\' {
		return true
	}
	return bytes.HasPrefix(data[at:], []byte("//")) || bytes.HasPrefix(data[at:], []byte("--")) || bytes.HasPrefix(data[at:], []byte("/*"))
}
