package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
)

// maxName and maxValue bound what is read on each side of an operator, in bytes.
const (
	maxName  = 64
	maxValue = 512
)

// maxLine is the length in bytes from which a line is taken to be minified or data: a guess by name is off there.
const maxLine = 2000

// matchAssignment looks at the name around a hit of a secret-like word, at the operator behind it and at the value. The
// automaton has found the word in its one pass over the text; keyed on the word, most hits end at the first byte behind
// the name, which is no operator.
func matchAssignment(t *text, start, end int) {
	data := t.data
	if start < t.named || t.path.lock {
		return
	}
	first, last := start, end
	for first > 0 && start-first < maxName && nameByte(data[first-1]) {
		first--
	}
	for last < len(data) && last-end < maxName && nameByte(data[last]) {
		last++
	}
	t.named = last
	if last == len(data) {
		return
	}
	name := bytes.TrimRight(data[first:last], "-._")
	op, at := readOperator(data, first, last)
	if op == opNone {
		return
	}
	v, ok := t.readValue(op, at)
	if !ok {
		return
	}
	t.judgeAssignment(name, first, op, v)
}

func nameByte(b byte) bool { return is(b, classAlnum) || b == '_' || b == '-' || b == '.' }

// judgeAssignment emits what the value is: first a credential that is known by its context, else a guess by the name.
func (t *text) judgeAssignment(name []byte, first int, op operator, v value) {
	text := t.data[v.start:v.end]
	if t.contextual(name, first, op, v) {
		return
	}
	kind := classifyName(name)
	if kind == nameOther {
		return
	}
	if kind == namePassword && v.bare && !t.longLine(v.start) && t.connection(first, v) {
		return
	}
	verdict := t.judgeValue(kind, name, op, v)
	if verdict.drop {
		t.explainValue(kind, v)
		return
	}
	if verdict = t.guess(verdict); verdict.drop || t.path.generated || t.longLine(v.start) {
		t.explainValue(kind, v)
		return
	}
	if wellKnown(text) || kind == nameToken && containsFold(t.data[lineStart(t.data, first, 200):first], []byte("badge")) {
		t.explainValue(kind, v)
		return
	}
	t.emit(t.detector.byID[nameRules[kind]], v.start, v.end, verdict)
}

// contextual tries the rules that know their credential by a word near it.
func (t *text) contextual(name []byte, first int, op operator, v value) bool {
	d := t.detector
	text := t.data[v.start:v.end]
	if len(text) < 12 || len(text) > d.longestContextual || op == opCompare || reference(text) || blank(text) || !diverse(text, 6) {
		return false
	}
	about, ok := contextName(name)
	if !ok {
		return false
	}
	// The words near: those of the line and the name, or, of a name without a secret-like noun, only its last word.
	clear(t.near)
	if about != nil {
		d.mark(t.near, about)
	} else {
		d.mark(t.near, t.data[lineStart(t.data, first, 120):first+len(name)])
	}
	for i, r := range d.contextual {
		if !t.near[i] || r.off || len(text) > r.Longest || !t.path.allows(r) || !r.compiled().anchored.Match(text) {
			continue
		}
		verdict := plausible(text)
		if r.check != nil {
			verdict = worse(verdict, r.check(t.data, v.start, v.end))
		}
		if !verdict.drop {
			t.emit(r, v.start, v.end, t.guess(verdict))
			return true
		}
	}
	return false
}

// mark sets the contextual rules one of whose words stands in a text.
func (d *Detector) mark(near []bool, text []byte) {
	m := d.contexts
	var state uint32
	for _, b := range text {
		if state = m.next[state+uint32(m.class[b])]; state >= m.accepting {
			for _, word := range m.ending(state) {
				for _, i := range d.contextRules[word] {
					near[i] = true
				}
			}
		}
	}
}

// contextName reports whether a name can hold a credential that is known by its context, and what it is about: the
// last word of a name without a secret-like noun, which must then be the context itself.
func contextName(name []byte) (about []byte, ok bool) {
	if classifyName(name) != nameOther {
		return nil, true
	}
	var words [maxNameWords][]byte
	n := nameWords(name, &words)
	if n == 0 {
		return nil, false
	}
	for _, w := range words[:n] {
		if oneOf(spoilers, w) {
			return nil, false
		}
	}
	about = words[n-1]
	if oneOf(" api login key ", about) {
		return nil, true
	}
	return about, true
}

// connectionWords are the keys of connection strings.
var connectionWords = anyOf(
	"server=", "data source=", "host=", "uid=", "user id=", "user=", "username=", "initial catalog=", "database=", "provider=", "driver=", "user id =", "dsn=", "jdbc:",
)

// connection emits the password of a connection string: key=value pairs between semicolons, the keys of which name a
// server or a user.
func (t *text) connection(first int, v value) bool {
	before := t.data[lineStart(t.data, first, 300):first]
	behind := t.data[v.end:lineEnd(t.data, v.end, 200)]
	if bytes.IndexByte(before, ';') < 0 && !bytes.HasPrefix(behind, []byte(";")) && !bytes.Contains(before, []byte("jdbc:")) {
		return false
	}
	if !connectionWords().in(before) && !connectionWords().in(behind) {
		return false
	}
	password := t.data[v.start:v.end]
	if len(password) < 3 || t.expression(v) || reference(password) || blank(password) ||
		bytes.ContainsAny(password, "<>{}[]()$\"") || containsFold(password, []byte("your")) {
		return true
	}
	verdict := verdict{}
	if placeholder(password) || oneOf(trivialPasswords, password) {
		verdict.severity, verdict.confidence = scan.SeverityLow, scan.ConfidenceLow
	}
	t.emit(t.detector.byID["CONNECTION_STRING_PASSWORD"], v.start, v.end, t.guess(verdict))
	return true
}

// guess lowers a verdict where made-up secrets live.
func (t *text) guess(v verdict) verdict {
	if t.path.test && !v.drop {
		v.severity = scan.SeverityLow
	}
	return v
}

// longLine reports whether the line around an offset is too long to be written by hand.
func (t *text) longLine(at int) bool {
	return lineEnd(t.data, at, maxLine)-lineStart(t.data, at, maxLine) >= maxLine
}

// wellKnown reports whether a value is for another rule to judge: a token with a header of its own, a hash.
func wellKnown(text []byte) bool {
	for _, prefix := range [...]string{"eyJ", "ssh-", "-----BEGIN", "$ANSIBLE_VAULT", "sha256-", "sha384-", "sha512-", "sha1-", "sha256:", "AGE1", "age1", "pk_", "pk.eyJ"} {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}
