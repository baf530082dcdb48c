package secret

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// judgeValue decides whether a value is a secret of the kind that its name promises.
func (t *names) judgeValue(kind looks.NameKind, name []byte, op operator, v value) check.Verdict {
	if last := t.data[v.end-1]; v.bare && !v.whole && v.decoded == nil && (last == ',' || last == ';') && v.end-v.start > 1 {
		// It may end a statement: what it is does not depend on it.
		v.end--
	}
	text := v.of(t.data)
	drop := check.Verdict{Drop: true}
	if v.loose && !(looks.Drawn(text) || len(text) >= 12 && looks.Random(text) && ascii.HasDigit(text) && looks.Symbols(text) > 0) {
		return drop
	}
	if t.kind.manual && looks.RoffSigns().In(t.data[v.start:v.end]) {
		return drop
	}
	if op == opFlag && optionPair(text) {
		return drop
	}
	if v.bare && v.whole && bytes.IndexByte(text, ' ') >= 0 && !firstStrong(text) && !(kind == looks.NameSecret && looks.Typed(text)) {
		return drop
	}
	if kind == looks.NamePassword && t.kind.passwords && len(text) >= looks.MinPassword && !looks.Blank(text) && !looks.Reference(text) {
		return check.Verdict{Confidence: scan.ConfidenceMedium}
	}
	if len(text) < looks.MinPassword || len(text) > looks.MaxToken || looks.Placeholder(text) || looks.Reference(text) || looks.Location(text) || sameAs(text, name) {
		return drop
	}
	if looks.Pattern(text) || looks.Published().In(text) || looks.EncodedPlaceholder(text) || looks.Hashed(text) || looks.MostlyForeign(text) || looks.HexNumber(text) {
		return drop
	}
	if bytes.ContainsAny(text, "\t\r\x00") || !ascii.Printable(text) || t.kind.markup && !looks.Random(text) && !looks.Drawn(text) {
		return drop
	}
	if kind == looks.NamePassword {
		if op == opCompare && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "") && ascii.EqualFold(name[bytes.LastIndexByte(name, '.')+1:], []byte("pass")) {
			// A step of a compiler, a round, and not a password.
			return drop
		}
		return t.judgePassword(op, v)
	}
	if kind == looks.NameSecret && op == opAssign && t.config() && !t.kind.test && looks.Typed(text) {
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	}
	text = bytes.TrimSuffix(text, []byte(`\0`))
	strong := looks.Random(text)
	if op == opArgument && kind == looks.NameToken && (!strong || len(text) < 20) || bytes.IndexByte(text, ' ') >= 0 || len(text) < looks.MinToken {
		return drop
	}
	switch {
	case kind == looks.NameSecret && !t.kind.test && looks.Passphrase(text, 4):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case looks.AccountSecret(text), kind == looks.NameSecret && looks.SecretName(name, text), looks.ExampleLike(text) || looks.Periodic(text) || looks.Foreign(text) || text[len(text)-1] == ':' || v.bare && !v.whole && t.expression(v), kind != looks.NameSecret && looks.NameLike(text), looks.TypeName(text) && (kind != looks.NameSecret || looks.AboutPasswords(text)), v.bare && looks.AboutPasswords(text) && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, "-."):
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
	case t.kind.test || kind != looks.NameSecret:
		return drop
	case looks.AboutPasswords(text) && !ascii.HasDigit(text):
		return drop
	case !looks.Identifier(text) && looks.StrongPassword(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case !v.bare && chosen(op, text):
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

// encodings are the names of what texts are written in: what a function takes besides a password's file or field.
var encodings = ascii.WordSet(" utf8 utf-8 utf16 utf-16 utf16le utf-16le ucs2 latin1 iso-8859-1 ascii us-ascii binary base64 base64url hex cp1252 windows-1252 sha1 md5 http https tcp udp ssl tls ")

// judgePassword knows that people choose passwords: words with digits, names, short ones.
func (t *names) judgePassword(op operator, v value) check.Verdict {
	text := v.of(t.data)
	drop := check.Verdict{Drop: true}
	if v.bare && v.whole {
		// One word too many, such as a comment, takes nothing from the password in front of it.
		text, _, _ = bytes.Cut(text, []byte(" "))
	}
	if looks.Drawn(text) && !looks.ExampleLike(text) && !looks.Periodic(text) {
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	}
	switch {
	case len(text) > looks.MaxPassword, looks.UUID(text) && v.bare, v.bare && !v.whole && t.expression(v), onlyVersion(text), anonymous(text):
		return drop
	case v.bare && op == opColon && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "") && !lineOver(t.data, v.end):
		// A word, and the sentence goes on.
		return drop
	case passwordPart(text), (op == opArgument || v.bare) && text[0] == '-', op == opDirective && bytes.IndexByte(text, ' ') >= 0, op == opDirective && ascii.OnlyOf(text, ascii.ClassDigit, ""):
		return drop
	case op == opArgument && (ascii.OnlyOf(text, ascii.ClassLower, "") || identifierLike(text) && looks.ClassifyName(text) == looks.NamePassword || ascii.OneOf(encodings, text) || looks.AboutPasswords(text) && !looks.StrongPassword(text)):
		return drop
	case looks.AppPassword(text), !v.bare && looks.Grouped(text):
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	case looks.Sentence(text) && !looks.Passphrase(text, 4), (op == opFlag || op == opDirective) && v.bare && !ascii.HasDigit(text) && looks.Symbols(text) == 0:
		return drop
	}
	strong := looks.StrongPassword(text) && !looks.Wordy(text)
	switch {
	case strong && looks.Random(text) && (looks.ExampleLike(text) || looks.Periodic(text)):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case strong && looks.Random(text):
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	case t.kind.test && strong && looks.Symbols(text) > 0 && ascii.HasDigit(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case t.kind.test:
		return drop
	case strong:
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityMedium}
	case op != opArgument && looks.Passphrase(text, 3):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case !v.bare && chosen(op, text), !v.bare && looks.Identifier(text) && ascii.HasDigit(text) && ascii.HasLetter(text) && !looks.AboutPasswords(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case looks.AboutPasswords(text) && !ascii.HasDigit(text) && (len(text) < 10 || !ascii.OnlyOf(text, ascii.ClassLower, "")), looks.Identifier(text) && !(v.bare && t.syntax != syntaxCode):
		return drop
	case ascii.HasDigit(text) && ascii.HasLetter(text), looks.Symbols(text) > 0 && ascii.HasLetter(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case len(text) >= 6:
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	}
	return drop
}

// passwordPart reports whether a text names a part of a form or of a program: passwordfield, passInput.
func passwordPart(text []byte) bool {
	if ascii.HasDigit(text) || !looks.AboutPasswords(text) {
		return false
	}
	for _, part := range [...]string{"field", "input", "box", "label", "text", "file", "form", "view", "button", "page"} {
		if len(text) > len(part) && ascii.EqualFold(text[len(text)-len(part):], []byte(part)) {
			return true
		}
	}
	return false
}

// onlyVersion reports whether a text is a version and nothing else: numbers with dots between them.
func onlyVersion(text []byte) bool {
	text = bytes.TrimLeft(text, "^~<>=v ")
	return bytes.IndexByte(text, '.') > 0 && ascii.OnlyOf(text, ascii.ClassDigit, ".")
}

// anonymous reports whether a text is what programs give for a password where none is asked for: a word and an "@".
func anonymous(text []byte) bool {
	return len(text) > 1 && text[len(text)-1] == '@' && ascii.OnlyOf(text[:len(text)-1], ascii.ClassLower|ascii.ClassUpper, "-._")
}

// expression reports whether a value without quotes is the beginning of an expression or a type.
func (t *text) expression(v value) bool {
	text := t.data[v.start:v.end]
	if t.syntax != syntaxCode && looks.Mixed(bytes.TrimRight(text, ")]}.,;\"'")) {
		return false
	}
	if bytes.ContainsAny(text, "({[)}]") && !t.config() {
		return true
	}
	if v.end < len(t.data) && (t.data[v.end] == '(' || t.data[v.end] == '[' || t.data[v.end] == '{') {
		return true
	}
	// config.password and req.body.token are names, not texts, and so is the type of a module: api2.ApiKey.
	dot := bytes.IndexByte(text, '.')
	if dot > 0 && ascii.OnlyOf(text[dot+1:], ascii.ClassLower|ascii.ClassUpper, "") && len(text)-dot > 3 && ascii.OnlyOf(bytes.TrimRight(text[:dot], ascii.Decimals), ascii.ClassLower, "") {
		return true
	}
	return dot > 0 && dot < len(text)-1 && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "._[]")
}

// identifierLike reports whether a program could have a name like this.
func identifierLike(text []byte) bool {
	return ascii.OnlyOf(text, ascii.ClassAlnum, "_-.") && ascii.Is(text[0], ascii.ClassLower|ascii.ClassUpper)
}

func (t *text) config() bool { return t.syntax == syntaxConfig }

// sameAs reports whether a value only repeats its name, or a part of it, alone, as a variable at its end, or as the last step of
// a name of PHP's.
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

// chosen reports whether a person may have thought a text up: two words with one sign between them. "login.password" and
// "auth/reset" are names in a program, and so is what stands in a list of pairs.
func chosen(op operator, text []byte) bool {
	if len(text) < 8 || op == opArgument || op == opElement || looks.AboutPasswords(text) || !ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, " -#!$&*+=?") {
		return false
	}
	sign := bytes.IndexAny(text, " -#!$&*+=?")
	if sign < 3 || sign > len(text)-4 || bytes.ContainsAny(text[sign+1:], " -#!$&*+=?") {
		return false
	}
	return op != opColon || text[sign] != '-' && text[sign] != ' '
}
