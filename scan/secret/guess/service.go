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

// serviceLine is how far before a name, on its line, a service may be named, in bytes.
const serviceLine = 80

// service returns the service that is named in a name or before it on its line, and the kind that the noun of the name
// promises. It returns nil when there is none.
func (t *Names) service(name []byte, first int) (*looks.Service, looks.NameKind) {
	var words [looks.MaxNameWords][]byte
	n := looks.NameWords(name, &words)
	for n > 1 && looks.Ornament(words[n-1]) {
		n--
	}
	if n == 0 {
		return nil, looks.NameOther
	}
	noun := bytes.ToLower(bytes.TrimRight(words[n-1], ascii.Decimals))
	kind := serviceNouns[string(noun)]
	if kind == looks.NameOther {
		if kind, _ = looks.Promise(name); kind == looks.NameOther || kind == looks.NamePassword {
			return nil, looks.NameOther
		}
	}
	s, at := looks.ServiceOf(words[:n])
	for i, w := range words[:n] {
		if (ascii.OneOf(looks.Spoilers, w) || ascii.OneOf(looks.PublicWords, w)) && !(s != nil && i == at) {
			return nil, looks.NameOther
		}
	}
	if s != nil && (!s.Word || at == 0 && n < 4) {
		return s, kind
	}
	line := ascii.LineStart(t.Data, first, serviceLine)
	n = looks.NameWords(t.Data[line:first], &words)
	if s, at := looks.ServiceOf(words[:n]); s != nil && (!s.Word || at == n-1) {
		return s, kind
	}
	return nil, kind
}

// serviceCredential emits a value that is a credential because a service is named near it. It reports whether it did.
func (t *Names) serviceCredential(name []byte, first int, op notation.Operator, v notation.Value) bool {
	text := v.Of(t.Data)
	if len(text) < 12 || len(text) > looks.MaxToken || op == notation.OpArgument || op == notation.OpCompare || v.Bare && !v.Whole && bytes.ContainsAny(text, "()[]") {
		return false
	}
	if !ascii.OnlyOf(bytes.TrimRight(text, "="), ascii.ClassAlnum, "-_.+/:~") {
		// Services hand out no other signs.
		return false
	}
	uuid := looks.UUID(text)
	random := len(text) >= 16 && looks.Random(text)
	if !uuid && !random && !ascii.OnlyOf(text, ascii.ClassHex, "") {
		return false
	}
	s, kind := t.service(name, first)
	if s == nil {
		return false
	}
	fits := s.Fits(text)
	if !fits && (s.Known() || s.Word && !beyondDoubt(text) || !uuid && !random) {
		return false
	}
	verdict := check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	if uuid || !fits && odds.Of(text) < 15 {
		verdict = check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	}
	return t.emitCredential(kind, verdict, v)
}

// emitCredential emits a random value unless something about it or its place says that it is no credential. It reports whether
// it did.
func (t *Names) emitCredential(kind looks.NameKind, verdict check.Verdict, v notation.Value) bool {
	text := v.Of(t.Data)
	if looks.Placeholder(text) || looks.Reference(text) || looks.Location(text) || looks.Pattern(text) || looks.Published().In(text) || looks.EncodedPlaceholder(text) ||
		looks.Hashed(text) || looks.ExampleLike(text) || looks.Periodic(text) || looks.Foreign(text) || looks.AccountSecret(text) || looks.TypeName(text) || wellKnown(text) {
		return false
	}
	if t.Generated() || t.minified(v) {
		return false
	}
	verdict = t.Guess(verdict)
	verdict.Decoded = string(v.Decoded)
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
	if v.End-v.Start < 16 || !ascii.HasDigit(data[v.Start:v.End]) {
		return
	}
	t.serviceCredential(name, first, notation.OpAssign, v)
}
