package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// LineValue reads the value of a name that is first on its line, from the offset behind the separator, in a notation
// whose values go to the end of the line.
func (t *Text) LineValue(first, at int) (Value, bool) {
	data, e := t.Data, &Endings[t.Notation]
	i := skipNoBreak(data, ascii.SkipSpace(data, at))
	stop := ascii.LineEnd(data, i, MaxValue)
	if stop > i && data[stop-1] == '\r' {
		stop--
	}
	if t.Notation == YAML {
		if i, stop = yamlNode(data, i, stop); i < 0 {
			return Value{}, false
		}
	}
	if i >= stop {
		return Value{}, false
	}
	if first > 0 && ascii.IsQuote(data[first-1]) && bytes.Count(data[first-1:at], data[first-1:first])%2 == 1 {
		// Name and value share one pair of quotes: - "NAME=value".
		if end := bytes.LastIndexByte(data[i:stop], data[first-1]); end > 0 && LineOver(data[:stop], i+end+1) {
			v := innerText(data, Value{Start: i, End: i + end})
			v.Bare, v.Whole, v.Decoded = v.Start == i, true, t.decode(data[v.Start:v.End], data[first-1])
			return v, true
		}
	}
	if bytes.IndexByte([]byte(e.quotes), data[i]) >= 0 {
		if v, ok := t.quoted(i+1, data[i]); ok && v.End < stop && LineOver(data[:stop], v.End+1) {
			return v, true
		}
	}
	if bytes.HasPrefix(data[i:stop], []byte("base64:")) {
		// Laravel says so how its key is encoded.
		i += len("base64:")
	}
	v := Value{Start: i, End: stop, Bare: true, Whole: true}
	if t.Notation == Properties {
		v.End = continued(data, i, stop)
	}
	for n := i + 1; n < v.End; n++ {
		if ascii.Is(data[n-1], ascii.ClassSpace) && bytes.IndexByte([]byte(e.comments), data[n]) >= 0 {
			v.End = n - 1
			break
		}
	}
	for v.End > v.Start && ascii.Is(data[v.End-1], ascii.ClassSpace) {
		v.End--
	}
	if t.Notation == Properties {
		for v.Start < v.End && (data[v.Start] == '\\' && v.Start+1 < v.End && (data[v.Start+1] == '\n' || data[v.Start+1] == '\r') || ascii.Is(data[v.Start], ascii.ClassSpace)) {
			v.Start++
		}
		v.Decoded = coding.Unescape(data[v.Start:v.End])
	}
	return v, v.End > v.Start
}

// continued returns the end of a logical line of a properties file, in which a backslash at the end of a line joins the
// next one.
func continued(data []byte, start, stop int) int {
	for n := 0; n < 8; n++ {
		slashes := 0
		for stop-slashes > start && data[stop-slashes-1] == '\\' {
			slashes++
		}
		next := bytes.IndexByte(data[stop:], '\n')
		if slashes%2 == 0 || next < 0 || stop+next+1-start > MaxValue {
			return stop
		}
		stop = ascii.LineEnd(data, stop+next+1, MaxValue)
		if data[stop-1] == '\r' {
			stop--
		}
	}
	return stop
}

// WordValue reads a value without quotes in the middle of a line. It begins at i, behind an operator that ends at at
// and a name that begins at first.
func (t *Text) WordValue(op Operator, first, i, at int) (Value, bool) {
	data := t.Data
	if t.Notation == Shell || op == OpFlag {
		if v, ok := t.ShellValue(first, i); ok || op != OpFlag {
			return v, ok && (op != OpDirective || LineOver(data, v.End))
		}
	}
	if bytes.HasPrefix(data[i:], []byte("base64:")) {
		i += len("base64:")
	}
	s := t.surroundings(first)
	i += quoteEntity(data, i)
	if formField(data, i) || tagEntity(data, i) {
		return Value{}, false
	}
	if i < len(data) && data[i] == '&' && s.query {
		// The next parameter.
		return Value{}, false
	}
	end := i
	for end < len(data) && end-i < MaxValue && !ascii.Is(data[end], ascii.ClassSpace) && !s.ends(data, i, end) {
		end++
	}
	if end == i {
		return Value{}, false
	}
	v := Value{Start: i, End: end, Bare: true}
	v.Member = s.flow && end < len(data) && bytes.IndexByte([]byte(",]}"), data[end]) >= 0
	over := v.Member || LineOver(data, end) || s.quote != 0 && end < len(data) && data[end] == s.quote
	if !over && !s.connection && !looks.Drawn(data[v.Start:v.End]) {
		// The line goes on, so a sign that ends a clause does not belong to the value.
		for v.End > i+1 && bytes.IndexByte([]byte(",;"), data[v.End-1]) >= 0 {
			v.End--
		}
	}
	for v.End > i+1 && s.closes(data[v.End-1], data[i:v.End]) {
		v.End--
	}
	if op != OpFlag && (i > at || op == OpDirective) && !over {
		if op == OpDirective {
			return Value{}, false
		}
		v.Loose = true
	}
	if s.quote != 0 {
		v.Decoded = t.decode(data[v.Start:v.End], s.quote)
	}
	return v, true
}

// LineOver reports whether only a comment or the end of a statement follows on the line.
func LineOver(data []byte, at int) bool {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t' || data[at] == '\r' || bytes.IndexByte([]byte(",;)}\"'`"), data[at]) >= 0) {
		at++
	}
	if at >= len(data) || data[at] == '\n' || data[at] == '#' || data[at] == '\\' {
		return true
	}
	return bytes.HasPrefix(data[at:], []byte("//")) || bytes.HasPrefix(data[at:], []byte("--")) || bytes.HasPrefix(data[at:], []byte("/*"))
}
