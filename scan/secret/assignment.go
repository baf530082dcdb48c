package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// maxName and maxValue bound what is read on each side of an operator, in bytes.
const (
	maxName  = 64
	maxValue = 512
)

// maxLine is the length in bytes from which a line is taken to be minified or data: a guess by name is off there.
const maxLine = 2000

// names is the matcher that goes by names: it looks at the name around a secret-like word, at the operator behind it and at
// the value.
type names struct {
	*page
	found    *list
	contexts *contexts
	// near marks the contextual rules one of whose words stands near the value in hand.
	near []bool
	// named is the end of the last name that was looked at.
	named int
}

// reset forgets the text before.
func (t *names) reset() { t.named = 0 }

// match looks at the name around a hit of a secret-like word, at the operator behind it and at the value. The
// automaton has found the word in its one pass over the text; keyed on the word, most hits end at the first byte behind
// the name, which is no operator.
func (t *names) match(start, end int) {
	data := t.data
	if start < t.named || t.kind.lock {
		return
	}
	first, last := start, end
	for first > 0 && start-first < maxName && ascii.NameByte(data[first-1]) {
		first--
	}
	for last < len(data) && last-end < maxName && ascii.NameByte(data[last]) {
		last++
	}
	t.named = last
	if last == len(data) {
		return
	}
	if first > 0 && data[first-1] == '/' {
		// The last step of a path: what stands before it is about it ("checksum/secret").
		for first > 0 && start-first < maxName && (ascii.NameByte(data[first-1]) || data[first-1] == '/') {
			first--
		}
	}
	if first > 1 && data[first-1] == ':' && data[first-2] == ':' && ascii.IsQuote(data[last]) {
		// The name of a type: "AWS::IAM::AccessKey", 'Test2::Event::Pass'.
		return
	}
	if ascii.IsQuote(data[last]) && labelled(data, first) {
		return
	}
	name := bytes.TrimRight(data[first:last], "-._")
	if e := &endings[t.notation]; e.whole && firstOnLine(data, first) {
		if at, ok := e.lineSeparator(data, last); ok && (!within(data, first, last) || at == last+1 && !ascii.Is(data[min(at, len(data)-1)], ascii.ClassSpace)) {
			v, ok := t.lineValue(first, at)
			if !ok && t.notation == notationYAML {
				v, ok = t.defaultMember(first, at)
			}
			if ok {
				op := opAssign
				if data[at-1] == ':' {
					op = opColon
				}
				t.judgeAssignment(name, first, op, t.defaultOf(v))
			}
			return
		}
	}
	if data[last] == '=' && t.tight(first, last) {
		// Nothing but one sign stands between the name and the value, which may begin with any sign.
		if v, ok := t.wordValue(opAssign, first, last+1, last+1); ok {
			t.judgeAssignment(name, first, opAssign, t.defaultOf(v))
		}
		return
	}
	if t.notation == notationTable {
		t.pairInTable(name, first, last)
		return
	}
	op, at := readOperator(data, first, last)
	if op == opColon && at == last+1 && (name[0] == '/' || bytes.Count(name, []byte(".")) > 1 && moduleName(data, at)) {
		// A file, and what a program says of it or found in it: /etc/passwd:root:x:0. A thing within modules: a.b.auth:filter_factory.
		return
	}
	if op == opNone {
		if v, ok := insertedValue(data, first, last); ok {
			t.judgeAssignment(name, first, opArgument, v)
		}
		return
	}
	if first >= 2 && data[first-1] == '{' && data[first-2] == '$' {
		t.ownDefault(name, first)
		return
	}
	if op == opColon && first > 0 && data[first-1] == ':' && at == last+1 {
		// A part of a name with colons (urn:..., arn:...:secret:...).
		return
	}
	if op == opColon && string(name) == "PASS" && (t.syntax == syntaxUnknown && !t.login(first) || bytes.HasSuffix(data[:first], []byte("--- "))) {
		// A line of what a test run tells: PASS: name.
		return
	}
	v, ok := t.readValue(op, first, at, ascii.IsQuote(data[last]) || data[last] == '\\')
	if !ok {
		return
	}
	v = t.defaultOf(v)
	if v.end-v.start >= maxValue && !t.found.masking {
		// Nobody writes a name within a value of this length, and in a text of nothing but names each would be read anew.
		t.named = v.end
		return
	}
	t.judgeAssignment(name, first, op, v)
}

// within reports whether a quote stands before a name and none behind it: its value stands within the same quotes.
func within(data []byte, first, last int) bool {
	return first > 0 && ascii.IsQuote(data[first-1]) && data[last] != data[first-1]
}

// tight reports whether nothing but the sign at last stands between the name at first and its value: in a shell's assignment,
// in a pair of a connection string, in a parameter of a URL, and where the value begins with a sign that would make another
// operator of it (password==x, password=>x).
func (t *text) tight(first, last int) bool {
	data := t.data
	if t.notation == notationShell {
		return firstOnLine(data, first)
	}
	before := data[ascii.LineStart(data, first, 400):first]
	if t.syntax == syntaxCode && enclosing(before) == 0 {
		// A line of a text over several lines holds pairs, and no call.
		return first > 0 && data[first-1] == ';' && connectionWords().In(before) && !bytes.ContainsAny(before, "({\"'")
	}
	if last+2 < len(data) && bytes.IndexByte([]byte("=>~"), data[last+1]) >= 0 {
		next := data[last+2]
		switch {
		case ascii.Is(next, ascii.ClassSpace), ascii.IsQuote(next) && wholeWord(data, last+2):
			return false
		case data[last+1] == '=':
			return next != '='
		}
		return data[last+1] == '>' || next != '/'
	}
	switch {
	case first == 0:
		return false
	case data[first-1] == '?', data[first-1] == '&':
		return true
	}
	return data[first-1] == ';' && bytes.IndexByte(before, '=') > 0
}

// moduleName reports whether a name in a program stands at an offset: words joined by underscores or dashes.
func moduleName(data []byte, at int) bool {
	end := at
	for end < len(data) && end-at < maxName && (ascii.Is(data[end], ascii.ClassLower|ascii.ClassDigit) || data[end] == '_' || data[end] == '-') {
		end++
	}
	return end > at && bytes.IndexAny(data[at:end], "_-") > 0 && (end == len(data) || ascii.Is(data[end], ascii.ClassSpace))
}

// login reports whether a user's name stands before an offset, on its line or the one above.
func (t *text) login(at int) bool {
	before := t.data[max(0, at-80):at]
	return ascii.ContainsFold(before, []byte("user")) || ascii.ContainsFold(before, []byte("login"))
}

// labelMaps hold what a program shows for a name.
var labelMaps = ascii.WordSet(" labels label lang language messages message msg texts strings translations l10n i18n errors error titles help hints rules meta ")

// labelled reports whether the quoted name at an offset is a key of such a map: labels['password'] = "Parola".
func labelled(data []byte, first int) bool {
	at := first - 2
	if at < 1 || data[at] != '[' {
		return false
	}
	end := at
	for at > 0 && end-at < 16 && (ascii.Is(data[at-1], ascii.ClassAlnum) || data[at-1] == '_') {
		at--
	}
	return ascii.OneOf(labelMaps, data[at:end])
}

// ownDefault reads the default within the reference whose name stands at an offset: ${NAME:-default}, and ${name:default}
// of Spring's @Value.
func (t *names) ownDefault(name []byte, first int) {
	end := balanced(t.data, first-1, first+looks.MaxPassword)
	if end > first && t.data[end] == '}' {
		whole := value{start: first - 2, end: end + 1, bare: true}
		if v := t.defaultOf(whole); v.start > whole.start {
			t.judgeAssignment(name, first, opAssign, v)
		}
	}
}

// judgeAssignment emits what the value is: first a credential that is known by its context, else a guess by the name.
func (t *names) judgeAssignment(name []byte, first int, op operator, v value) {
	if t.found.masking {
		t.considerValue(name, v)
	}
	text := v.of(t.data)
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
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && op == opColon && (t.keyOf(first) || t.listedKey(first)):
		// People type such keys themselves.
		kind, judged = looks.NameKey, looks.NameSecret
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && t.cipherKey(first, v),
		kind == looks.NameOther && looks.UppercaseKey(name) && op == opAssign && longRandom(text):
		kind, judged = looks.NameKey, looks.NameKey
	case kind == looks.NameOther && string(name) == "PWD" && t.notation == notationINI && !looks.Location(text):
		kind, judged = looks.NamePassword, looks.NamePassword
	case kind == looks.NameOther && string(name) == "PWD" && v.bare && op == opAssign && !looks.Location(text):
		// The working directory, but in a connection string.
		t.connection(first, v)
		return
	case kind == looks.NameOther:
		return
	}
	text = v.of(t.data)
	if kind == looks.NamePassword && v.bare && !v.whole && !t.longLine(v.start) && t.connection(first, v) {
		return
	}
	verdict := t.judgeValue(judged, name, op, v)
	if verdict.Drop {
		t.explainValue(kind, v)
		return
	}
	if verdict = t.guess(verdict); verdict.Drop || t.generated() || t.longLine(v.start) {
		t.explainValue(kind, v)
		return
	}
	if wellKnown(text) || kind == looks.NameToken && ascii.ContainsFold(t.data[ascii.LineStart(t.data, first, 200):first], []byte("badge")) {
		t.explainValue(kind, v)
		return
	}
	verdict.Decoded = string(v.decoded)
	t.found.emitID(looks.NameRules[kind], v.start, v.end, verdict)
}

// schemes stand before the credential in an Authorization header.
var schemes = ascii.WordSet(" token apikey api-key api-token key geniekey ssws bot oauth digest ")

// behindScheme leaves out the scheme in front of a header's credential. Basic and Bearer have a matcher of their own.
func (t *names) behindScheme(v value) value {
	text := t.data[v.start:v.end]
	if space := bytes.IndexByte(text, ' '); space > 0 && !v.bare && ascii.OneOf(schemes, text[:space]) {
		v.start = ascii.SkipSpace(t.data, v.start+space)
		if v.start > v.end {
			v.start = v.end
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
func (t *names) considerValue(name []byte, v value) {
	text := v.of(t.data)
	if looks.ClassifyName(name) == looks.NameOther && !looks.AboutPasswords(name) && !(len(text) >= minMasked && looks.Random(text) && !looks.UUID(text)) {
		return
	}
	if v.bare && !v.whole && !looks.Mixed(text) && t.expression(v) {
		return
	}
	end := v.end
	if end-v.start >= maxValue {
		// What is too long to be a value is hidden to the end of its line.
		end = ascii.LineEnd(t.data, end, len(t.data))
	}
	if !v.whole && bytes.IndexByte(text, ' ') >= 0 && looks.Sentence(text) && !ascii.HasDigit(text) {
		return
	}
	t.found.consider(v.start, end)
}
