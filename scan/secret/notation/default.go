package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// DefaultOf returns the default in a reference that has one: ${NAME:-text} and ${NAME:=text} of shells and Compose,
// ${name:text} of Spring. It returns any other value unchanged.
func (t *Text) DefaultOf(v Value) Value {
	text := t.Data[v.Start:v.End]
	if len(text) < 6 || text[0] != '$' || text[1] != '{' || text[len(text)-1] != '}' {
		return v
	}
	name := 2
	for name < len(text) && (ascii.Is(text[name], ascii.ClassAlnum) || bytes.IndexByte([]byte("_.-[]/"), text[name]) >= 0) {
		name++
	}
	for name > 2 && text[name-1] == '-' {
		name--
	}
	from := defaultBegin(text[name:])
	if name == 2 || from == 0 {
		return v
	}
	inner := Value{Start: v.Start + name + from, End: v.End - 1, Bare: true, Whole: v.Whole}
	if n := inner.End - inner.Start; n > 1 && ascii.IsQuote(t.Data[inner.Start]) && t.Data[inner.End-1] == t.Data[inner.Start] {
		inner.Start, inner.End, inner.Bare = inner.Start+1, inner.End-1, false
	}
	if inner.Start >= inner.End {
		return v
	}
	return inner
}

// defaultBegin returns the length of the sign between the name of a reference and its default; 0 when there is none. :?
// and :+ introduce a message and another value.
func defaultBegin(rest []byte) int {
	switch {
	case len(rest) < 2:
		return 0
	case rest[0] == ':' && (rest[1] == '-' || rest[1] == '='):
		return 2
	case rest[0] == ':' && rest[1] != '?' && rest[1] != '+', rest[0] == '-', rest[0] == '=':
		return 1
	}
	return 0
}

// defaultMembers are the members of a parameter's description that hold its value.
var defaultMembers = ascii.WordSet(" default value ")

// DefaultMember reads the default in the description of a parameter. In CloudFormation "DBPassword:" has "Default: x"
// below it, or "{Type: String, Default: x}" behind it. at is the offset behind the colon.
func (t *Text) DefaultMember(first, at int) (Value, bool) {
	data := t.Data
	stop := min(len(data), at+400)
	line := data[at:ascii.LineEnd(data, at, 400)]
	flow := bytes.IndexByte(line, '{') >= 0
	if flow {
		stop = at + len(line)
	} else if len(bytes.TrimSpace(line)) > 0 {
		return Value{}, false
	}
	indent := first - ascii.LineStart(data, first, 200)
	for begin := at; begin < stop; {
		for begin < stop && (ascii.Is(data[begin], ascii.ClassSpace) || data[begin] == '{' || data[begin] == ',') {
			begin++
		}
		if !flow && begin-ascii.LineStart(data, begin, 200) <= indent {
			return Value{}, false
		}
		end := begin
		for end < stop && ascii.NameByte(data[end]) {
			end++
		}
		if end < stop && data[end] == ':' && ascii.OneOf(defaultMembers, data[begin:end]) {
			if !flow {
				return t.LineValue(begin, end+1)
			}
			if i := ascii.SkipSpace(data, end+1); i < stop && ascii.IsQuote(data[i]) {
				return t.quoted(i+1, data[i])
			} else if i < stop {
				return t.WordValue(OpColon, begin, i, end+1)
			}
		}
		for end < stop && data[end] != '\n' && !(flow && data[end] == ',') {
			end++
		}
		begin = end + 1
	}
	return Value{}, false
}
