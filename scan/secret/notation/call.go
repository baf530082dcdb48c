package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

const (
	// maxCall bounds the arguments of a call in bytes.
	maxCall = 300
	// maxArgument bounds an argument that is not a text.
	maxArgument = 100
)

// Arguments are the arguments of a call up to one place, and the next one.
type Arguments struct {
	Count int
	// last is the text at the place, and next is the text behind it; zero when there is none.
	Last, Next Value
}

// ReadArguments reads the arguments of a call from an offset up to a place, from 0. It returns false when the argument
// at the place is not a text.
func ReadArguments(data []byte, at, place int) (Arguments, bool) {
	var list Arguments
	stop := min(len(data), at+maxCall)
	for at < stop {
		for at < stop && ascii.Is(data[at], ascii.ClassSpace) {
			at++
		}
		at = literalPrefix(data, min(at, len(data)))
		var v Value
		if at < stop && ascii.IsQuote(data[at]) {
			text, ok := QuotedValue(data, at+1, data[at], false)
			if !ok || text.End >= stop {
				return list, false
			}
			v, at = text, text.End+1
		} else if wrapped, ok := wrappedValue(data, at); ok {
			v, at = wrapped, min(len(data), wrapped.End+2)
		}
		at = argumentEnd(data, at, stop)
		list.Count++
		switch list.Count {
		case place + 1:
			if v.End == 0 {
				return list, false
			}
			list.Last = v
		case place + 2:
			list.Next = v
			return list, true
		}
		if at >= stop || data[at] != ',' {
			break
		}
		at++
	}
	return list, list.Last.End > 0
}

// argumentEnd returns the offset of the comma or bracket behind an argument, which may contain calls and objects.
func argumentEnd(data []byte, at, stop int) int {
	depth := 0
	for end := min(stop, at+maxArgument); at < end; at++ {
		switch data[at] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth == 0 {
				return at
			}
			depth--
		case ',':
			if depth == 0 {
				return at
			}
		case ';', '<':
			// The end of a statement, or a type: this is not a call.
			return stop
		}
	}
	return stop
}

// Bounds in bytes of the parts of an INSERT statement that are read.
const (
	maxColumns   = 400
	maxStatement = 100
)

// InsertedValue returns the value that an INSERT statement puts into the column whose name is data[first:last]: INSERT
// INTO users (name, password) VALUES ('ann', 'x').
func InsertedValue(data []byte, first, last int) (Value, bool) {
	if last < len(data) && ascii.IsQuote(data[last]) {
		last++
	}
	if last >= len(data) || data[last] != ',' && data[last] != ')' {
		return Value{}, false
	}
	closed := bytes.IndexByte(data[last:min(len(data), last+maxColumns)], ')')
	if closed < 0 {
		return Value{}, false
	}
	at := ascii.SkipBlank(data, last+closed+1)
	if at+len("values") > len(data) || !ascii.EqualFold(data[at:at+len("values")], []byte("values")) {
		return Value{}, false
	}
	from := max(0, first-maxColumns)
	open := bytes.LastIndexByte(data[from:first], '(')
	if open < 0 {
		return Value{}, false
	}
	open += from
	if !ascii.ContainsFold(data[max(0, open-maxStatement):open], []byte("insert into")) {
		return Value{}, false
	}
	place := bytes.Count(data[open:first], []byte(","))
	at = ascii.SkipBlank(data, at+len("values"))
	if at >= len(data) || data[at] != '(' {
		return Value{}, false
	}
	list, ok := ReadArguments(data, at+1, place)
	if !ok || list.Count <= place || digest(data[list.Last.Start:list.Last.End]) {
		return Value{}, false
	}
	return list.Last, true
}

// digest reports whether a text has the form of a hash in hexadecimal (MD5, SHA-1, SHA-2).
func digest(text []byte) bool {
	switch len(text) {
	case 32, 40, 56, 64, 96, 128:
		return ascii.OnlyOf(text, ascii.ClassHex, "")
	}
	return false
}
