package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Names is the matcher that goes by names: it looks at the name around a secret-like word, at the operator behind it and at
// the value.
type Names struct {
	*page.Page
	found    *found.List
	contexts *Contexts
	// near marks the contextual rules one of whose words stands near the value in hand.
	near []bool
	// named is the end of the last name that was looked at.
	named int
}

// NewNames makes the matcher of a page.
func NewNames(p *page.Page, list *found.List, c *Contexts) Names {
	return Names{Page: p, found: list, contexts: c, near: make([]bool, len(c.rules))}
}

// Reset forgets the text before.
func (t *Names) Reset() { t.named = 0 }

// Match looks at the name around a hit of a secret-like word, at the operator behind it and at the value. The
// automaton has found the word in its one pass over the text; keyed on the word, most hits end at the first byte behind
// the name, which is no operator.
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
	if first > 0 && data[first-1] == '/' {
		// The last step of a path: what stands before it is about it ("checksum/secret").
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
	if data[last] == '=' && t.Tight(first, last) {
		// Nothing but one sign stands between the name and the value, which may begin with any sign.
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
		// A file, and what a program says of it or found in it: /etc/passwd:root:x:0. A thing within modules: a.b.auth:filter_factory.
		return
	}
	if op == notation.OpNone {
		if v, ok := notation.InsertedValue(data, first, last); ok {
			t.judgeAssignment(name, first, notation.OpArgument, v)
		}
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
		// A line of what a test run tells: PASS: name.
		return
	}
	v, ok := t.ReadValue(op, first, at, ascii.IsQuote(data[last]) || data[last] == '\\')
	if !ok {
		return
	}
	v = t.DefaultOf(v)
	if v.End-v.Start >= notation.MaxValue && !t.found.IsMasking() {
		// Nobody writes a name within a value of this length, and in a text of nothing but names each would be read anew.
		t.named = v.End
		return
	}
	t.judgeAssignment(name, first, op, v)
}

// ownDefault reads the default within the reference whose name stands at an offset: ${NAME:-default}, and ${name:default}
// of Spring's @Value.
func (t *Names) ownDefault(name []byte, first int) {
	end := notation.Balanced(t.Data, first-1, first+looks.MaxPassword)
	if end > first && t.Data[end] == '}' {
		whole := notation.Value{Start: first - 2, End: end + 1, Bare: true}
		if v := t.DefaultOf(whole); v.Start > whole.Start {
			t.judgeAssignment(name, first, notation.OpAssign, v)
		}
	}
}

// judgeAssignment emits what the value is: first a credential that is known by its context, else a guess by the name.
func (t *Names) judgeAssignment(name []byte, first int, op notation.Operator, v notation.Value) {
	if t.found.IsMasking() {
		t.considerValue(name, v)
	}
	text := v.Of(t.Data)
	if t.contextual(name, first, op, v) {
		return
	}
	if bytes.HasSuffix(name, []byte("security.credentials")) {
		// What JNDI takes for the password of a directory (javax.naming.Context.SECURITY_CREDENTIALS).
		name = []byte("password")
	}
	for _, method := range [...]string{".equals", ".equalsIgnoreCase", ".contentEquals"} {
		name = bytes.TrimSuffix(name, []byte(method))
	}
	kind := looks.ClassifyName(name)
	judged := kind
	switch {
	case kind == looks.NameCredential:
		v = t.behindScheme(v)
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && op == notation.OpColon && (t.keyOf(first) || t.listedKey(first)):
		// People type such keys themselves.
		kind, judged = looks.NameKey, looks.NameSecret
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && t.cipherKey(first, v),
		kind == looks.NameOther && looks.UppercaseKey(name) && op == notation.OpAssign && longRandom(text):
		kind, judged = looks.NameKey, looks.NameKey
	case kind == looks.NameOther && string(name) == "PWD" && t.Notation == notation.INI && !looks.Location(text):
		kind, judged = looks.NamePassword, looks.NamePassword
	case kind == looks.NameOther && string(name) == "PWD" && v.Bare && op == notation.OpAssign && !looks.Location(text):
		// The working directory, but in a connection string.
		t.connection(first, v)
		return
	case kind == looks.NameOther:
		return
	}
	text = v.Of(t.Data)
	if kind == looks.NamePassword && v.Bare && !v.Whole && !t.LongLine(v.Start) && t.connection(first, v) {
		return
	}
	verdict := t.judgeValue(judged, name, op, v)
	if verdict.Drop {
		t.explainValue(kind, v)
		return
	}
	if verdict = t.Guess(verdict); verdict.Drop || t.Generated() || t.LongLine(v.Start) {
		t.explainValue(kind, v)
		return
	}
	if wellKnown(text) || kind == looks.NameToken && ascii.ContainsFold(t.Data[ascii.LineStart(t.Data, first, 200):first], []byte("badge")) {
		t.explainValue(kind, v)
		return
	}
	verdict.Decoded = string(v.Decoded)
	t.found.EmitID(looks.NameRules[kind], v.Start, v.End, verdict)
}

// schemes stand before the credential in an Authorization header.
var schemes = ascii.WordSet(" token apikey api-key api-token key geniekey ssws bot oauth digest ")

// behindScheme leaves out the scheme in front of a header's credential. Basic and Bearer have a matcher of their own.
func (t *Names) behindScheme(v notation.Value) notation.Value {
	text := t.Data[v.Start:v.End]
	if space := bytes.IndexByte(text, ' '); space > 0 && !v.Bare && ascii.OneOf(schemes, text[:space]) {
		v.Start = ascii.SkipSpace(t.Data, v.Start+space)
		if v.Start > v.End {
			v.Start = v.End
		}
	}
	return v
}

// wellKnown reports whether a value is for another rule to judge: a token with a header of its own, a hash.
func wellKnown(text []byte) bool {
	for _, prefix := range [...]string{"eyJ", "ssh-", "-----BEGIN", "$ANSIBLE_VAULT", "sha256-", "sha384-", "sha512-", "sha1-", "sha256:", "AGE1", "age1", "pk_", "pk.eyJ", "hvs.", "hvb.", "hvr.", "AQICAH"} {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}

// considerValue masks the value of a name that may be a secret's, by a wider rule than the one by which it is reported: a name
// that speaks of passwords among other things is enough.
func (t *Names) considerValue(name []byte, v notation.Value) {
	text := v.Of(t.Data)
	if looks.ClassifyName(name) == looks.NameOther && !looks.AboutPasswords(name) && !(len(text) >= found.MinMasked && looks.Random(text) && !looks.UUID(text)) {
		return
	}
	if v.Bare && !v.Whole && !looks.Mixed(text) && t.Expression(v) {
		return
	}
	end := v.End
	if end-v.Start >= notation.MaxValue {
		// What is too long to be a value is hidden to the end of its line.
		end = ascii.LineEnd(t.Data, end, len(t.Data))
	}
	if !v.Whole && bytes.IndexByte(text, ' ') >= 0 && looks.Sentence(text) && !ascii.HasDigit(text) {
		return
	}
	t.found.Consider(v.Start, end)
}
