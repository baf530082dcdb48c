package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
)

// maxMembers bounds in bytes how far the two members of a pair may stand apart.
const maxMembers = 300

// nameMembers hold the name of a setting, and valueMembers its value, in objects, elements and blocks.
var (
	nameMembers  = ascii.WordSet(" envname key name option parameterkey parametername propertyname settingname variable ")
	valueMembers = ascii.WordSet(" currentvalue default defaultvalue parametervalue propertyvalue secretvalue settingvalue stringvalue value ")
)

// PairValue reads the value of a setting whose name, data[first:last], is itself a value: {"value": "x", "name":
// "DB_PASSWORD"}, <add value="x" key="Token"/>, <name>token</name><value>x</value>, and the members of an item of a YAML list.
// The value may stand before the name, and other members between them.
func (t *Text) PairValue(first, last int) (Value, bool) {
	data := t.Data
	if first == 0 || last >= len(data) {
		return Value{}, false
	}
	if data[first-1] == '>' {
		return t.elementPair(first, last)
	}
	label := memberBefore(data, first)
	if label < 0 {
		return Value{}, false
	}
	from, to, ok := memberBounds(data, label, last)
	if !ok && t.Notation == YAML {
		from, to, ok = itemBounds(data, label, last)
	}
	if !ok {
		return Value{}, false
	}
	for _, part := range [...][2]int{{last, to}, {from, label}} {
		if begin, at := memberIn(data, part[0], part[1]); at > 0 {
			if t.Notation == YAML && !ascii.IsQuote(data[min(ascii.SkipSpace(data, at), len(data)-1)]) && FirstOnLine(data, begin) {
				return t.LineValue(begin, at)
			}
			return t.ReadValue(OpAssign, begin, at, begin > 0 && ascii.IsQuote(data[begin-1]))
		}
	}
	return Value{}, false
}

// memberBefore returns the offset of the member before the value at an offset, when the member holds names; else -1.
func memberBefore(data []byte, at int) int {
	at = skipQuoteBack(data, at)
	for at > 0 && data[at-1] == ' ' {
		at--
	}
	if at == 0 || data[at-1] != ':' && data[at-1] != '=' {
		return -1
	}
	at--
	for at > 0 && data[at-1] == ' ' {
		at--
	}
	end := skipQuoteBack(data, at)
	begin := end
	for begin > 0 && end-begin < 20 && ascii.Is(data[begin-1], ascii.ClassLower|ascii.ClassUpper) {
		begin--
	}
	if begin == end || !ascii.OneOf(nameMembers, data[begin:end]) {
		return -1
	}
	return begin
}

// skipQuoteBack returns the offset before a quote that ends at an offset, and before its backslash.
func skipQuoteBack(data []byte, at int) int {
	if at > 0 && ascii.IsQuote(data[at-1]) {
		at--
		if at > 0 && data[at-1] == '\\' {
			at--
		}
	}
	return at
}

// memberBounds returns the part of an object, a block or an element in which a name stands.
func memberBounds(data []byte, label, last int) (from, to int, ok bool) {
	from, to = max(0, label-maxMembers), min(len(data), last+maxMembers)
	open, end := bytes.LastIndexAny(data[from:label], "{}<>"), bytes.IndexAny(data[last:to], "{}<>")
	if open < 0 || end < 0 {
		return 0, 0, false
	}
	first, closed := data[from+open], data[last+end]
	return from + open + 1, last + end, first == '{' && closed == '}' || first == '<' && closed == '>'
}

// itemBounds returns the lines of the item of a YAML list in which a name stands.
func itemBounds(data []byte, label, last int) (from, to int, ok bool) {
	from = ascii.LineStart(data, label, maxMembers)
	column := label - from
	if from > 0 && data[from-1] != '\n' {
		return 0, 0, false
	}
	for start := from; !bytes.HasPrefix(bytes.TrimLeft(data[start:label], " "), []byte("- ")); {
		if start == 0 || label-start > maxMembers {
			return 0, 0, false
		}
		previous := ascii.LineStart(data, start-1, maxMembers)
		if content := firstLetter(data, previous); content-previous != column {
			return 0, 0, false
		}
		start, from = previous, previous
	}
	to = ascii.LineEnd(data, last, maxMembers)
	for to < len(data) && to-last < maxMembers {
		if content := firstLetter(data, to+1); content-to-1 != column || data[max(content-2, to)] == '-' {
			break
		}
		to = ascii.LineEnd(data, to+1, maxMembers)
	}
	return from, to, true
}

// firstLetter returns the offset of the first byte of a line behind its indentation and the dash of a list.
func firstLetter(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '-') {
		at++
	}
	return at
}

// memberIn looks for a member that holds a value in a part of a text. It returns the offset of the member and the one behind
// its sign; both are 0 when there is none.
func memberIn(data []byte, from, to int) (begin, at int) {
	for i := from; i < to; {
		if !ascii.Is(data[i], ascii.ClassLower|ascii.ClassUpper) {
			i++
			continue
		}
		end := i
		for end < to && ascii.Is(data[end], ascii.ClassAlnum) {
			end++
		}
		if end-i >= 5 && ascii.OneOf(valueMembers, data[i:end]) {
			sign := end
			for sign < to && (ascii.IsQuote(data[sign]) || data[sign] == '\\' || data[sign] == ' ') {
				sign++
			}
			if sign < to && (data[sign] == ':' || data[sign] == '=') {
				return i, sign + 1
			}
		}
		i = end
	}
	return 0, 0
}

// elementNames are elements that hold the name of a setting, each with the one that holds the value.
var elementNames = map[string]string{
	"name": "value", "key": "value", "param-name": "param-value", "env-entry-name": "env-entry-value", "Name": "Value", "Key": "Value",
	"propertyName": "propertyValue", "option": "value",
}

// elementPair reads the value beside the element whose whole text is a name.
func (t *Text) elementPair(first, last int) (Value, bool) {
	data := t.Data
	open := bytes.LastIndexByte(data[max(0, first-20):first], '<')
	if open < 0 {
		return Value{}, false
	}
	label := data[max(0, first-20)+open+1 : first-1]
	value, ok := elementNames[string(label)]
	if !ok || !bytes.HasPrefix(data[last:], append([]byte("</"), label...)) {
		return Value{}, false
	}
	behind := data[last:min(len(data), last+maxMembers)]
	if next := bytes.Index(behind, []byte("<"+string(label)+">")); next >= 0 {
		behind = behind[:next]
	}
	if at := bytes.Index(behind, []byte("<"+value+">")); at >= 0 && bytes.Count(behind[:at], []byte("</")) < 3 {
		return t.elementValue(last + at + len(value) + 2)
	}
	from := max(0, first-maxMembers)
	before := data[from : first-len(label)-2]
	text, closed := bytes.CutSuffix(bytes.TrimRight(before, " \t\r\n"), []byte("</"+value+">"))
	at := bytes.LastIndex(text, []byte("<"+value+">"))
	if !closed || at < 0 {
		return Value{}, false
	}
	return t.elementValue(from + at + len(value) + 2)
}

// Items calls visit for each text of the YAML list below the name at an offset, in their order; at is the offset behind the
// colon of the name.
func (t *Text) Items(first, at int, visit func(v Value)) {
	data := t.Data
	indent := first - ascii.LineStart(data, first, 200)
	line := ascii.LineEnd(data, at, 80)
	if len(bytes.TrimSpace(data[at:line])) > 0 {
		return
	}
	for n := 0; n < 64 && line < len(data) && data[line] == '\n'; n++ {
		dash := line + 1
		for dash < len(data) && data[dash] == ' ' {
			dash++
		}
		end := ascii.LineEnd(data, dash, MaxValue)
		if dash-line-1 < indent || dash+1 >= end || data[dash] != '-' || data[dash+1] != ' ' {
			return
		}
		text := data[dash+2 : end]
		if !bytes.Contains(text, []byte(": ")) && text[len(text)-1] != ':' {
			if v, ok := t.LineValue(dash, dash+2); ok {
				visit(v)
			}
		}
		line = end
	}
}
