package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/odds"
)

// serviceNouns are the last words of names for a service's credentials, with the kind that they promise.
var serviceNouns = map[string]looks.NameKind{
	"api": looks.NameKey, "apikey": looks.NameKey, "auth": looks.NameToken, "key": looks.NameKey, "keys": looks.NameKey, "pat": looks.NameToken,
	"secret": looks.NameSecret, "skey": looks.NameKey, "token": looks.NameToken,
}

const (
	// minServiceCredential is the length of the shortest credential that is known by its service, in bytes.
	minServiceCredential = 12
	// serviceLine is how far before a name, on its line, a service may be named, in bytes.
	serviceLine = 80
	// serviceAbove is how far above a name that is a noun alone a service may be named, in bytes.
	serviceAbove = 200
)

// service returns the service that is named in a name or before it, and the kind that the noun of the name promises. near is
// false when the service stands on a line above. It returns nil when there is none.
func (t *Names) service(name []byte, first int) (s *looks.Service, kind looks.NameKind, near bool) {
	var words [looks.MaxNameWords + 1][]byte
	n := looks.NameWords(name, (*[looks.MaxNameWords][]byte)(words[:]))
	for n > 1 && looks.Ornament(words[n-1]) {
		n--
	}
	if n == 0 {
		return nil, looks.NameOther, false
	}
	if before, noun := looks.ServiceNoun(words[n-1]); before != nil {
		words[n-1], words[n] = before, noun
		n++
	}
	kind = nounOf(words[n-1])
	if kind == looks.NameOther && n > 1 {
		// key_pandadoc
		kind = nounOf(words[0])
	}
	if kind == looks.NameOther {
		kind, _ = looks.Promise(name)
	}
	if kind == looks.NameOther {
		if s := serviceAlone(name); s != nil {
			return s, looks.NameKey, true
		}
	}
	if kind == looks.NameOther || kind == looks.NamePassword {
		return nil, looks.NameOther, false
	}
	s, at := looks.ServiceOf(words[:n])
	for i, w := range words[:n] {
		if (ascii.OneOf(looks.Spoilers, w) || kind != looks.NameSecret && ascii.OneOf(looks.PublicWords, w)) && !(s != nil && i == at) {
			return nil, looks.NameOther, false
		}
	}
	if s != nil && (!s.Word || at == 0 && n < 4) {
		return s, kind, true
	}
	around := (*[looks.MaxNameWords][]byte)(words[:])
	line := ascii.LineStart(t.Data, first, serviceLine)
	before := looks.NameWords(t.Data[line:first], around)
	if s, at := looks.ServiceOf(words[:before]); s != nil && (!s.Word || at == before-1) {
		return s, kind, true
	}
	if n > 1 {
		return nil, kind, false
	}
	return t.serviceAbove(first), kind, false
}

// serviceAlone returns the service whose name is a whole name, and whose credentials have a known shape: beamer: x. It returns nil
// when there is none.
func serviceAlone(name []byte) *looks.Service {
	var words [looks.MaxNameWords][]byte
	if looks.NameWords(name, &words) != 1 {
		return nil
	}
	if s, _ := looks.ServiceOf(words[:1]); s != nil && !s.Word && s.Known() {
		return s
	}
	return nil
}

// serviceAbove returns the service that is named in the lines above a name, in YAML by the mapping that contains it. It returns
// nil when there is none, or when its name means something else as often.
func (t *Names) serviceAbove(first int) *looks.Service {
	line := ascii.LineStart(t.Data, first, serviceLine)
	above := t.Data[max(0, line-serviceAbove):line]
	if t.Notation == notation.YAML {
		above = notation.ParentName(t.Data, first)
	}
	var words [looks.MaxNameWords][]byte
	if s, _ := looks.ServiceOf(words[:looks.NameWords(above, &words)]); s != nil && !s.Word {
		return s
	}
	return nil
}

// nounOf returns the kind that a word promises at an end of a name.
func nounOf(word []byte) looks.NameKind {
	return serviceNouns[string(bytes.ToLower(bytes.TrimRight(word, ascii.Decimals)))]
}

// serviceCredential emits a value that is a credential because a service is named near it. It reports whether it did.
func (t *Names) serviceCredential(name []byte, first int, op notation.Operator, v notation.Value) bool {
	text := v.Of(t.Data)
	if len(text) < minServiceCredential || len(text) > looks.MaxToken || op == notation.OpArgument || op == notation.OpCompare || v.Bare && !v.Whole && bytes.ContainsAny(text, "()[]") {
		return false
	}
	if !ascii.OnlyOf(bytes.TrimRight(text, "="), ascii.ClassAlnum, "-_.+/:~") {
		// Services hand out no other signs.
		return false
	}
	uuid, invented := looks.UUID(text), madeUpToken(text)
	random := len(text) >= 16 && looks.Random(text)
	if !uuid && !random && !invented && !ascii.OnlyOf(text, ascii.ClassHex, "") && odds.Of(text) <= 0 {
		return false
	}
	s, kind, near := t.service(name, first)
	if s == nil {
		return false
	}
	fits := s.Fits(text)
	switch {
	case invented && (!near || t.Kind.Test || t.Kind.Document || t.Kind.Markup):
		return false
	case fits:
	case serviceAlone(name) != nil:
		return false
	case s.Known() && !(s.Near(text) && beyondDoubt(text)), s.Word && !beyondDoubt(text), !uuid && !random && !invented:
		return false
	case !near && !(t.Notation == notation.YAML && beyondDoubt(text)):
		// The lines above name many things.
		return false
	}
	verdict := check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	switch {
	case invented, uuid && serviceAlone(name) != nil:
		// UUIDs beside a service are often the ids of accounts.
		verdict = check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case uuid || !near || s.Word && fits || !fits && (odds.Of(text) < 15 || s.Known()) || fits && !random && !ascii.OnlyOf(text, ascii.ClassHex, ""):
		verdict = check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	}
	return t.emitCredential(kind, verdict, v)
}

// madeUpToken reports whether a person typed a value in the form of a token: it counts, or it repeats itself. Next to a service
// it shows what belongs there, and sometimes it is what belongs there.
func madeUpToken(text []byte) bool {
	if ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "") && looks.Counted(text) {
		// The alphabet.
		return false
	}
	return len(text) >= 16 && (looks.ExampleLike(text) || looks.Periodic(text)) && ascii.Diverse(text, 6) && !ascii.ContainsFold(text, []byte("example"))
}

// spoilt reports whether the key or the token of a service has a few signs that services do not hand out: somebody changed it, or
// a program fills it in. A value with many signs was drawn with them, and percent encoding is no change.
func (t *Names) spoilt(kind looks.NameKind, name []byte, first int, text []byte) bool {
	if kind != looks.NameKey && kind != looks.NameToken {
		return false
	}
	odd := false
	for i, b := range text {
		odd = odd || bytes.IndexByte([]byte("?^()@%$"), b) >= 0 && !(b == '%' && i+2 < len(text) && ascii.OnlyOf(text[i+1:i+3], ascii.ClassHex, ""))
	}
	if !odd || looks.Symbols(text)*8 > len(text) {
		return false
	}
	if s, _, _ := t.service(name, first); s != nil {
		return !s.Word
	}
	return t.serviceAbove(first) != nil
}

// emitCredential emits a random value unless something about it or its place says that it is no credential. It reports whether
// it did.
func (t *Names) emitCredential(kind looks.NameKind, verdict check.Verdict, v notation.Value) bool {
	text := v.Of(t.Data)
	if looks.Placeholder(text) || looks.Reference(text) || looks.Location(text) || looks.Pattern(text) || looks.Published().In(text) || looks.EncodedPlaceholder(text) ||
		looks.Hashed(text) || verdict.Severity != scan.SeverityLow && (looks.ExampleLike(text) || looks.Periodic(text)) || looks.Foreign(text) || looks.AccountSecret(text) || looks.TypeName(text) || wellKnown(text) {
		return false
	}
	if t.Generated() || t.minified(v) {
		return false
	}
	verdict = t.Guess(verdict)
	verdict.Decoded = string(v.Decoded)
	explainGuess(t.Page, t.found, kind, true, v)
	t.found.EmitID(looks.NameRules[kind], v.Start, v.End, verdict)
	return true
}

// besides looks for a credential behind a name without a sign between them, or with a dash or a word: "pandadoc TOKEN x",
// "token - 'x'", "your key is x".
func (t *Names) besides(name []byte, first, last int) {
	data := t.Data
	at := ascii.SkipSpace(data, last)
	if at == last || at >= len(data) {
		return
	}
	for _, word := range [...]string{"- ", "is ", "is: "} {
		if bytes.HasPrefix(data[at:], []byte(word)) {
			at = ascii.SkipSpace(data, at+len(word))
			break
		}
	}
	quoted := at < len(data) && ascii.IsQuote(data[at])
	if quoted {
		at++
	}
	end := at
	for end < len(data) && end-at < looks.MaxToken && data[end] > ' ' && data[end] < 0x7f && !ascii.IsQuote(data[end]) && bytes.IndexByte([]byte(",;()<>{}|"), data[end]) < 0 {
		end++
	}
	v := notation.Value{Start: at, End: at + len(bytes.TrimRight(data[at:end], ".:!?")), Bare: !quoted}
	if text := data[v.Start:v.End]; len(text) < 16 || !ascii.HasDigit(text) && !beyondDoubt(text) {
		return
	}
	t.serviceCredential(name, first, notation.OpAssign, v)
}
