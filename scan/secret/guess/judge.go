package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// judgeValue decides whether a value is a secret of the kind that its name promises.
func judgeValue(p *page.Page, kind looks.NameKind, name []byte, op notation.Operator, v notation.Value) check.Verdict {
	if last := p.Data[v.End-1]; v.Bare && !v.Whole && v.Decoded == nil && (last == ',' || last == ';') && v.End-v.Start > 1 {
		// The sign may end a statement; the value is the same without it.
		v.End--
	}
	text := v.Of(p.Data)
	drop := check.Verdict{Drop: true}
	if v.Loose && !(looks.Drawn(text) || len(text) >= 12 && looks.Random(text) && ascii.HasDigit(text) && looks.Symbols(text) > 0) {
		return drop
	}
	if p.Kind.Manual && looks.RoffSigns().In(p.Data[v.Start:v.End]) {
		return drop
	}
	if op == notation.OpFlag && optionPair(text) {
		return drop
	}
	if kind == looks.NameKey && looks.Mnemonic(text) {
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	}
	if v.Bare && v.Whole && bytes.IndexByte(text, ' ') >= 0 && !firstStrong(text) && !(kind == looks.NameSecret && looks.Typed(text)) {
		return drop
	}
	if kind == looks.NamePassword && p.Kind.Passwords && len(text) >= looks.MinPassword && !looks.Blank(text) && !looks.Reference(text) {
		return check.Verdict{Confidence: scan.ConfidenceMedium}
	}
	if len(text) < looks.MinPassword || len(text) > looks.MaxToken || looks.Placeholder(text) || looks.Reference(text) || looks.Location(text) || sameAs(text, name) || kind != looks.NamePassword && restates(text, name) {
		return drop
	}
	if looks.Pattern(text) || looks.Published().In(text) || looks.EncodedPlaceholder(text) || looks.Hashed(text) || looks.MostlyForeign(text) || looks.HexNumber(text) {
		return drop
	}
	if bytes.ContainsAny(text, "\t\r\x00") || !ascii.Printable(text) || p.Kind.Markup && !(p.Kind.Document && kind == looks.NamePassword) && !looks.Random(text) && !looks.Drawn(text) {
		return drop
	}
	if kind == looks.NamePassword {
		if op == notation.OpCompare && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "") && ascii.EqualFold(name[bytes.LastIndexByte(name, '.')+1:], []byte("pass")) {
			// A step of a compiler, a round, and not a password.
			return drop
		}
		return judgePassword(p, name, op, v)
	}
	if kind == looks.NameSecret && op == notation.OpAssign && p.Config() && !p.Kind.Test && looks.Typed(text) {
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	}
	text = bytes.TrimSuffix(text, []byte(`\0`))
	strong := looks.Random(text)
	if op == notation.OpArgument && kind == looks.NameToken && (!strong || len(text) < 20) || bytes.IndexByte(text, ' ') >= 0 || len(text) < looks.MinToken {
		return drop
	}
	switch {
	case kind == looks.NameSecret && !p.Kind.Test && looks.Passphrase(text, 4):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case looks.AccountSecret(text), kind == looks.NameSecret && looks.SecretName(name, text), looks.ExampleLike(text) || looks.Periodic(text) || looks.Foreign(text) || text[len(text)-1] == ':' || v.Bare && !v.Whole && p.Expression(v), kind != looks.NameSecret && looks.NameLike(text), looks.TypeName(text) && (kind != looks.NameSecret || looks.AboutPasswords(text)), v.Bare && looks.AboutPasswords(text) && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, "-."):
		return drop
	case looks.UUID(text):
		if kind == looks.NameToken || kind == looks.NameCredential {
			return drop
		}
		return check.Verdict{Severity: scan.SeverityMedium, Confidence: scan.ConfidenceLow}
	case kind == looks.NameCredential && (!strong || len(text) < 16):
		return drop
	case strong && len(text) >= 16:
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	case strong:
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case p.Kind.Test || kind != looks.NameSecret:
		return drop
	case looks.AboutPasswords(text) && !ascii.HasDigit(text):
		return drop
	case !looks.Identifier(text) && looks.StrongPassword(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case !v.Bare && chosen(op, text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	}
	return drop
}

// optionPair reports whether the argument of an option begins with a name of its own: --secret id=token,src=file.
func optionPair(text []byte) bool {
	name, _, ok := bytes.Cut(text, []byte("="))
	return ok && len(name) > 1 && ascii.OnlyOf(name, ascii.ClassLower, "")
}

// firstStrong reports whether the first word of a text is a password that nobody would take for a word.
func firstStrong(text []byte) bool {
	first, _, _ := bytes.Cut(text, []byte(" "))
	return looks.Drawn(first) || looks.StrongPassword(first) && ascii.HasDigit(first) && !looks.Identifier(first)
}

// sameAs reports whether a value only repeats its name or a part of it: alone, as a variable at its end, or as the last
// part of a PHP name.
func sameAs(text, name []byte) bool {
	if rest, ok := bytes.CutSuffix(text, name); ok && len(rest) > 0 && (rest[len(rest)-1] == '$' || rest[len(rest)-1] == '\\') {
		return true
	}
	i := 0
	for _, b := range name {
		for i < len(text) && !ascii.Is(text[i], ascii.ClassAlnum) {
			i++
		}
		if i == len(text) {
			return true
		}
		if !ascii.Is(b, ascii.ClassAlnum) {
			continue
		}
		if b|0x20 == text[i]|0x20 {
			i++
		} else if i > 0 {
			break
		}
	}
	for i < len(text) && !ascii.Is(text[i], ascii.ClassAlnum) {
		i++
	}
	return i == len(text)
}

// restates reports whether a value is made of the words of its name, in their order and in any writing: "intra42-client-secret":
// "INTRA42_SECRET". Tables of names look like this.
func restates(text, name []byte) bool {
	var of, in [looks.MaxNameWords][]byte
	n, all := looks.NameWords(text, &of), looks.NameWords(name, &in)
	if n < 2 || !ascii.OnlyOf(text, ascii.ClassAlnum, "_-.: ") {
		return false
	}
	at := 0
	for _, w := range in[:all] {
		if at < n && bytes.EqualFold(w, of[at]) {
			at++
		}
	}
	return at == n
}

// wellKnown reports whether a value's beginning says what it is: a token with a header or a hash, which other rules judge, a key
// that its service publishes (https://docs.lob.com/#tag/Authentication), or Salesforce's consumer key, which is the public id of
// an application.
func wellKnown(text []byte) bool {
	for _, prefix := range [...]string{"eyJ", "ssh-", "-----BEGIN", "$ANSIBLE_VAULT", "sha256-", "sha384-", "sha512-", "sha1-", "sha256:", "AGE1", "age1", "pk_", "live_pub_", "test_pub_", "pk.eyJ", "hvs.", "hvb.", "hvr.", "AQICAH", "3MVG9"} {
		if bytes.HasPrefix(text, []byte(prefix)) {
			return true
		}
	}
	return false
}
