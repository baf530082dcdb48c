package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
)

// Match looks at the name around a hit of a secret-like word, at the operator behind it and at the value. The automaton
// has found the word in its one pass over the text. Most hits end at the first byte behind the name, which is not an
// operator.
func (t *Names) Match(start, end int) {
	data := t.Data
	if start < t.named || t.Kind.Lock {
		return
	}
	first, last := start, end
	for first > 0 && start-first < notation.MaxName && ascii.NameByte(data[first-1]) {
		first--
	}
	for last < len(data) && last-end < notation.MaxName && ascii.NameByte(data[last]) {
		last++
	}
	t.named = last
	if last == len(data) {
		return
	}
	if t.Syntax == notation.SyntaxCode && bareBehind(data, last) && !commented(data, first) && looks.ClassifyName(data[first:last]) != looks.NameOther && t.Written(start) {
		code := t.Text
		t.Notation, t.Syntax = notation.YAML, notation.SyntaxConfig
		defer func() { t.Text = code }()
	}
	if first > 0 && data[first-1] == '/' {
		// The name is the last step of a path, and the steps before it belong to it ("checksum/secret").
		for first > 0 && start-first < notation.MaxName && (ascii.NameByte(data[first-1]) || data[first-1] == '/') {
			first--
		}
	}
	if first > 1 && data[first-1] == ':' && data[first-2] == ':' && ascii.IsQuote(data[last]) {
		// The name of a type: "AWS::IAM::AccessKey", 'Test2::Event::Pass'.
		return
	}
	if ascii.IsQuote(data[last]) && notation.Labelled(data, first) {
		return
	}
	name := bytes.TrimRight(data[first:last], "-._")
	if e := &notation.Endings[t.Notation]; e.Whole && notation.FirstOnLine(data, first) {
		if at, ok := e.LineSeparator(data, last); ok && (!notation.Within(data, first, last) || at == last+1 && !ascii.Is(data[min(at, len(data)-1)], ascii.ClassSpace)) {
			v, ok := t.LineValue(first, at)
			if !ok && t.Notation == notation.YAML {
				v, ok = t.DefaultMember(first, at)
			}
			if !ok && t.Notation == notation.YAML {
				t.items(name, first, at)
			}
			if ok {
				op := notation.OpAssign
				if data[at-1] == ':' {
					op = notation.OpColon
				}
				t.judgeAssignment(name, first, op, t.DefaultOf(v))
			}
			return
		}
	}
	if t.Notation == notation.YAML && first > 0 && data[first-1] == '&' && data[last] == ' ' {
		// The name of an anchor says what its value is.
		if v, ok := t.LineValue(first, last); ok {
			t.judgeAssignment(name, first, notation.OpColon, v)
		}
		return
	}
	if data[last] == '=' && t.Tight(first, last) {
		// Only one sign stands between the name and the value, which may begin with any sign.
		if v, ok := t.WordValue(notation.OpAssign, first, last+1, last+1); ok {
			t.judgeAssignment(name, first, notation.OpAssign, t.DefaultOf(v))
		}
		return
	}
	if t.Notation == notation.Table {
		t.pairInTable(name, first, last)
		return
	}
	op, at := notation.ReadOperator(data, first, last)
	if op == notation.OpColon && at == last+1 && (name[0] == '/' || bytes.Count(name, []byte(".")) > 1 && notation.ModuleName(data, at)) {
		// A file and its content (/etc/passwd:root:x:0), or an object in a module (a.b.auth:filter_factory).
		return
	}
	if op == notation.OpNone {
		if v, ok := notation.InsertedValue(data, first, last); ok {
			t.judgeAssignment(name, first, notation.OpArgument, v)
			return
		}
		if data[last] == ')' {
			if v, ok := notation.ComparedValue(data, first); ok {
				t.judgeAssignment(name, first, notation.OpCompare, v)
				return
			}
		}
		if v, ok := t.PairValue(first, last); ok {
			t.judgeAssignment(name, first, notation.OpColon, v)
			return
		}
		t.besides(name, first, last)
		return
	}
	if first >= 2 && data[first-1] == '{' && data[first-2] == '$' {
		t.ownDefault(name, first)
		return
	}
	if op == notation.OpColon && first > 0 && data[first-1] == ':' && at == last+1 {
		// A part of a name with colons (urn:..., arn:...:secret:...).
		return
	}
	if op == notation.OpColon && string(name) == "PASS" && (t.Syntax == notation.SyntaxUnknown && !t.Login(first) || bytes.HasSuffix(data[:first], []byte("--- "))) {
		// A line of a test report: PASS: name.
		return
	}
	if t.pointless(name, at) {
		return
	}
	v, ok := t.ReadValue(op, first, at, ascii.IsQuote(data[last]) || data[last] == '\\')
	if !ok {
		return
	}
	v = t.DefaultOf(v)
	if v.End-v.Start >= notation.MaxValue && !t.found.IsMasking() {
		// Nobody writes a name in a value of this length, and a text full of names would be read again for each.
		t.named = v.End
		return
	}
	t.judgeAssignment(name, first, op, v)
}

// pointless reports whether a name promises nothing and the word behind its operator, which ends at an offset, is too short for a
// credential that is known by its service, or a name in a program. Most names are like this, and reading their values takes long.
func (t *Names) pointless(name []byte, at int) bool {
	if t.Syntax != notation.SyntaxCode || t.found.IsMasking() {
		return false
	}
	at = ascii.SkipSpace(t.Data, at)
	end, digit := at, false
	for end < len(t.Data) && end-at < looks.MaxPassword && (ascii.NameByte(t.Data[end]) || t.Data[end] == '$') {
		digit = digit || ascii.Is(t.Data[end], ascii.ClassDigit)
		end++
	}
	if end == at || end == len(t.Data) || ascii.IsQuote(t.Data[end]) || t.Data[end] > ' ' && bytes.IndexByte([]byte(",;()[]{}?:"), t.Data[end]) < 0 {
		return false
	}
	if digit && end-at >= minServiceCredential {
		return false
	}
	kind, _ := looks.Promise(name)
	return kind == looks.NameOther
}

// bareBehind reports whether a sign and a value without quotes may follow a name that ends at an offset. What calls or
// indexes something on the same line is code that a generator writes.
func bareBehind(data []byte, last int) bool {
	if ascii.IsQuote(data[last]) {
		last++
	}
	at := ascii.SkipSpace(data, last)
	if at >= len(data) || data[at] != '=' && data[at] != ':' {
		return false
	}
	at = ascii.SkipSpace(data, at+1)
	for _, b := range data[min(at, len(data)):min(at+3, len(data))] {
		// A letter may stand before the quote: @"x", rb'x'.
		if ascii.IsQuote(b) || b == '\n' {
			return false
		}
	}
	if at >= len(data) || data[at] == '$' {
		return false
	}
	line := bytes.TrimRight(data[at:ascii.LineEnd(data, at, notation.MaxName)], " \t\r")
	return len(line) > 0 && !bytes.ContainsAny(line, "([;") && !ascii.OneOf(typeWords, line) &&
		!(line[len(line)-1] == ',' && ascii.OnlyOf(line, ascii.ClassLower|ascii.ClassUpper, "._,"))
}

// commented reports whether only the sign of a comment of a program stands before a name on its line.
func commented(data []byte, first int) bool {
	before := bytes.TrimLeft(data[ascii.LineStart(data, first, notation.MaxName):first], " \t")
	return len(before) > 0 && before[0] == '*' || bytes.HasPrefix(before, []byte("//"))
}

// typeWords are what programs have behind the sign more often than a text: types, and values that are no text.
var typeWords = ascii.WordSet(" any bool boolean false int nil none null number str string true undefined ")

// items judges the texts of a YAML list below a name: passwords: - x.
func (t *Names) items(name []byte, first, at int) {
	if looks.ClassifyName(name) == looks.NameOther {
		name = bytes.TrimRight(name, "s")
	}
	t.Items(first, at, func(v notation.Value) { t.judgeAssignment(name, first, notation.OpElement, v) })
}

// ownDefault reads the default in the reference whose name is at an offset: ${NAME:-default}, and ${name:default} of
// Spring's @Value.
func (t *Names) ownDefault(name []byte, first int) {
	end := notation.Balanced(t.Data, first-1, first+looks.MaxPassword)
	if end > first && t.Data[end] == '}' {
		whole := notation.Value{Start: first - 2, End: end + 1, Bare: true}
		if v := t.DefaultOf(whole); v.Start > whole.Start {
			t.judgeAssignment(name, first, notation.OpAssign, v)
		}
	}
}
