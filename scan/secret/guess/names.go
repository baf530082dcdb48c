package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/odds"
	"github.com/sluice-scan/sluice/scan/secret/page"
	"github.com/sluice-scan/sluice/scan/secret/wordlist"
)

// Names is the matcher that goes by names: it looks at the name around a secret-like word, at the operator behind it
// and at the value. It is not safe for concurrent use.
type Names struct {
	*page.Page
	found    *found.List
	contexts *Contexts
	// near is scratch space with a place for every rule with a context.
	near []bool
	// named is the end of the last name that was looked at.
	named int
}

// NewNames makes the matcher of a page.
func NewNames(p *page.Page, list *found.List, c *Contexts) Names {
	return Names{Page: p, found: list, contexts: c, near: make([]bool, len(c.rules))}
}

// Reset makes the matcher ready for another text on its page.
func (t *Names) Reset() { t.named = 0 }

// judgeAssignment emits a value: as a credential that is known by its context, otherwise as a guess by its name.
func (t *Names) judgeAssignment(name []byte, first int, op notation.Operator, v notation.Value) {
	if t.found.IsMasking() {
		t.considerValue(name, v)
	}
	v = withoutMargins(t.Page, v)
	text := v.Of(t.Data)
	if r, verdict := t.contexts.find(t.Page, t.near, name, first, op, v); r != nil {
		t.found.Emit(r, v.Start, v.End, verdict)
		return
	}
	if bytes.HasSuffix(name, []byte("security.credentials")) {
		// The name of a directory password in JNDI (javax.naming.Context.SECURITY_CREDENTIALS).
		name = []byte("password")
	}
	for _, method := range [...]string{".equals", ".equalsIgnoreCase", ".contentEquals"} {
		name = bytes.TrimSuffix(name, []byte(method))
	}
	kind, doubtful := looks.Promise(name)
	if doubtful && (op == notation.OpArgument || !beyondDoubt(text)) {
		kind = looks.NameOther
	}
	judged := kind
	switch {
	case kind == looks.NameCredential:
		v = behindScheme(t.Page, v)
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && op == notation.OpColon && (keyOf(t.Page, first) || listedKey(t.Page, first)):
		// People type such keys themselves.
		kind, judged = looks.NameKey, looks.NameSecret
	case kind == looks.NameOther && ascii.EqualFold(name, []byte("key")) && cipherKey(t.Page, first, v),
		kind == looks.NameOther && looks.UppercaseKey(name) && op == notation.OpAssign && longRandom(text):
		kind, judged = looks.NameKey, looks.NameKey
	case kind == looks.NameOther && string(name) == "PWD" && t.Notation == notation.INI && !looks.Location(text):
		kind, judged = looks.NamePassword, looks.NamePassword
	case kind == looks.NameOther && string(name) == "PWD" && v.Bare && op == notation.OpAssign && !looks.Location(text):
		// Outside a connection string it is the working directory.
		connection(t.Page, t.found, first, v)
		return
	case kind == looks.NameOther:
		t.serviceCredential(name, first, op, v)
		return
	}
	text = v.Of(t.Data)
	if kind == looks.NamePassword && v.Bare && !v.Whole && !t.LongLine(v.Start) && connection(t.Page, t.found, first, v) {
		return
	}
	verdict := judgeValue(t.Page, judged, name, op, v)
	if !verdict.Drop && t.spoilt(kind, name, first, text) {
		explainValue(t.Page, t.found, kind, v)
		return
	}
	if verdict.Drop {
		if kind == looks.NamePassword || !t.serviceCredential(name, first, op, v) {
			explainValue(t.Page, t.found, kind, v)
		}
		return
	}
	if verdict = t.Guess(verdict); verdict.Drop || t.Generated() || t.minified(v) {
		explainValue(t.Page, t.found, kind, v)
		return
	}
	if wellKnown(text) || kind == looks.NameToken && ascii.ContainsFold(t.Data[ascii.LineStart(t.Data, first, 200):first], []byte("badge")) {
		explainValue(t.Page, t.found, kind, v)
		return
	}
	if verdict.Severity > scan.SeverityMedium && looks.Salt(name) {
		verdict.Severity = scan.SeverityMedium
	}
	verdict.Decoded = string(v.Decoded)
	explainGuess(t.Page, t.found, kind, false, v)
	t.found.EmitID(looks.NameRules[kind], v.Start, v.End, verdict)
}

// minified reports whether a value stands on a line of a program or of test data that nobody wrote by hand, and is not random
// beyond doubt. Other data may stand on one line as well as on many.
func (t *Names) minified(v notation.Value) bool {
	if !t.LongLine(v.Start) || !t.Kind.Test && (t.Config() || t.Notation == notation.JSON) {
		return false
	}
	return !beyondDoubt(v.Of(t.Data))
}

// beyondDoubt reports whether a value is so random that a name need not promise much. Hexadecimal digits are as often a hash.
func beyondDoubt(text []byte) bool {
	if looks.UUID(text) || ascii.OnlyOf(text, ascii.ClassHex, "-:") || looks.Location(text) || looks.Reference(text) {
		return false
	}
	return len(text) >= 12 && looks.Drawn(text) || len(text) >= 16 && looks.Random(text) && odds.Of(text) > 15
}

// schemes are the words before the credential in an Authorization header.
var schemes = wordlist.Set("authorization-schemes")

// withoutMargins removes the blanks at both ends of a quoted text that is one word.
func withoutMargins(p *page.Page, v notation.Value) notation.Value {
	text := p.Data[v.Start:v.End]
	if inner := bytes.Trim(text, " "); !v.Bare && v.Decoded == nil && len(inner) >= looks.MinToken && len(inner) < len(text) && bytes.IndexByte(inner, ' ') < 0 {
		v.Start += bytes.Index(text, inner)
		v.End = v.Start + len(inner)
	}
	return v
}

// behindScheme removes the scheme before the credential of a header. Basic and Bearer have a matcher of their own.
func behindScheme(p *page.Page, v notation.Value) notation.Value {
	text := p.Data[v.Start:v.End]
	if space := bytes.IndexByte(text, ' '); space > 0 && !v.Bare && ascii.OneOf(schemes, text[:space]) {
		v.Start = ascii.SkipSpace(p.Data, v.Start+space)
		if v.Start > v.End {
			v.Start = v.End
		}
	}
	return v
}

// considerValue masks the value of a name that may belong to a secret. The rule is wider than the one for findings: a
// name that is about passwords is enough.
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
		// A text that is too long for a value is hidden to the end of its line.
		end = ascii.LineEnd(t.Data, end, len(t.Data))
	}
	if !v.Whole && bytes.IndexByte(text, ' ') >= 0 && looks.Sentence(text) && !ascii.HasDigit(text) {
		return
	}
	t.found.Consider(v.Start, end)
}
