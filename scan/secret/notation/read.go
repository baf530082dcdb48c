package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/coding"
)

// ReadValue reads the value of the name at first, from the offset at on. quoted says that the name has quotes of its
// own. It returns false when there is no value, or when the value is an expression.
func (t *Text) ReadValue(op Operator, first, at int, quoted bool) (Value, bool) {
	data := t.Data
	i := skipNoBreak(data, ascii.SkipSpace(data, at))
	for n := 0; n < 40 && i < len(data) && ascii.Is(data[i], ascii.ClassSpace) && op == OpArgument; n++ {
		i++
	}
	if i >= len(data) {
		return Value{}, false
	}
	if op == OpElement {
		return t.elementValue(i)
	}
	code := t.Syntax == SyntaxCode
	if code && data[i] == '(' {
		// A text in brackets, on the lines below.
		if inner := ascii.SkipBlank(data, i+1); inner < len(data) && ascii.IsQuote(data[inner]) {
			i = inner
		}
	}
	if v, ok := percentLiteral(data, i); ok && code {
		return v, true
	}
	if prefixed := literalPrefix(data, i); prefixed > i && (code || wholeWord(data, prefixed)) {
		i = prefixed
	}
	switch {
	case ascii.IsQuote(data[i]) && i+1 < len(data) && data[i+1] == data[i] && closedAt(data, i+1) && (i+2 == len(data) || data[i+2] != data[i]):
		// An empty text.
		return Value{}, false
	case ascii.IsQuote(data[i]) && !(t.Notation == Shell && (op == OpAssign || op == OpFlag || op == OpDirective)):
		if !quoted && Enclosing(data[ascii.LineStart(data, at, 400):at]) == data[i] {
			// The quote ends a text that contains the operator: "password=" + x.
			return Value{}, false
		}
		v, ok := t.literal(i)
		if ok && !code && t.Notation != JSON && !closedAt(data, v.End) {
			ok = false
		}
		if ok || code || op == OpArgument || op == OpCompare || op == opAttribute {
			return innerText(data, v), ok && (op != OpDirective || LineOver(data, v.End+1))
		}
	case data[i] == '\\' && escapedQuote(data, i) > 1:
		if v, ok := nestedValue(data, i); ok {
			return v, true
		}
	case data[i] == '\\' && i+1 < len(data) && ascii.IsQuote(data[i+1]) && (t.Notation != Shell || first > 1 && data[first-2] == '\\'):
		if v, ok := QuotedValue(data, i+2, data[i+1], true); ok || code {
			v.Decoded = coding.UnescapeTwice(data[v.Start:v.End])
			return v, ok
		}
	case op == OpArgument || op == OpCompare || op == opAttribute:
		return Value{}, false
	}
	if v, ok := wrappedValue(data, i); ok {
		return v, true
	}
	v, ok := t.WordValue(op, first, i, at)
	if code && Enclosing(data[ascii.LineStart(data, at, 400):at]) == 0 || !ok {
		return fallbackValue(data, i)
	}
	if v.Loose {
		if fallback, ok := fallbackValue(data, i); ok {
			return fallback, true
		}
	}
	return v, ok
}

// nestedValue reads a text whose quotes have several backslashes, because the text stands in JSON that stands in JSON.
func nestedValue(data []byte, at int) (Value, bool) {
	n := escapedQuote(data, at)
	quote := data[at : at+n+1]
	start := at + n + 1
	end := bytes.Index(data[start:ascii.LineEnd(data, start, MaxValue)], quote)
	v := Value{Start: start, End: start + max(end, 0)}
	v.Decoded = coding.UnescapeTwice(data[v.Start:v.End])
	return v, end > 0
}

// elementValue reads the text of an XML element up to the next tag, without the white space around it.
func (t *Text) elementValue(start int) (Value, bool) {
	data := t.Data
	for start < len(data) && ascii.Is(data[start], ascii.ClassSpace) {
		start++
	}
	for _, tag := range [...]string{"<value>", "<string>"} {
		if bytes.HasPrefix(data[start:], []byte(tag)) {
			start += len(tag)
		}
	}
	if section := []byte("<![CDATA["); bytes.HasPrefix(data[start:], section) {
		start += len(section)
		end := bytes.Index(data[start:min(len(data), start+MaxValue)], []byte("]]>"))
		return Value{Start: start, End: start + max(end, 0), Whole: true}, end > 0
	}
	end := start
	for end < len(data) && end-start < MaxValue && data[end] != '<' && data[end] != '\n' {
		end++
	}
	close := end
	for close < len(data) && ascii.Is(data[close], ascii.ClassSpace) {
		close++
	}
	if close+1 >= len(data) || data[close] != '<' || data[close+1] != '/' {
		return Value{}, false
	}
	for end > start && ascii.Is(data[end-1], ascii.ClassSpace) {
		end--
	}
	return Value{Start: start, End: end, Whole: true, Decoded: coding.Entities(data[start:end])}, end > start
}

// fallbackValue reads the text in `expression || "text"`, `expression ?? "text"` and `expression or "text"`.
func fallbackValue(data []byte, start int) (Value, bool) {
	line := data[start:ascii.LineEnd(data, start, 200)]
	for _, mark := range [...]string{"|| ", "?? ", " or ", "?: "} {
		if at := bytes.Index(line, []byte(mark)); at >= 0 {
			i := ascii.SkipSpace(data, start+at+len(mark))
			if i < len(data) && ascii.IsQuote(data[i]) {
				return QuotedValue(data, i+1, data[i], false)
			}
		}
	}
	return Value{}, false
}
