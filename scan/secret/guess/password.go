package guess

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/check"
	"github.com/sluice-scan/sluice/scan/secret/looks"
	"github.com/sluice-scan/sluice/scan/secret/notation"
	"github.com/sluice-scan/sluice/scan/secret/odds"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// judgePassword judges the value of a password's name. People choose words with digits, names and short texts, so less
// is demanded than of a token.
func judgePassword(p *page.Page, name []byte, op notation.Operator, v notation.Value) check.Verdict {
	text := v.Of(p.Data)
	drop := check.Verdict{Drop: true}
	if v.Bare && v.Whole {
		// A further word, such as a comment, does not change the password before it.
		text, _, _ = bytes.Cut(text, []byte(" "))
	}
	if looks.Drawn(text) && !looks.ExampleLike(text) && !looks.Periodic(text) {
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	}
	switch {
	case len(text) > looks.MaxPassword, looks.UUID(text) && v.Bare, v.Bare && !v.Whole && p.Expression(v), onlyVersion(text), anonymous(text):
		return drop
	case v.Bare && op == notation.OpColon && !v.Member && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "") && !notation.LineOver(p.Data, v.End):
		// It is a word, and the sentence goes on.
		return drop
	case passwordPart(text), (op == notation.OpArgument || v.Bare) && text[0] == '-', op == notation.OpDirective && bytes.IndexByte(text, ' ') >= 0, op == notation.OpDirective && ascii.OnlyOf(text, ascii.ClassDigit, ""):
		return drop
	case op == notation.OpArgument && (ascii.OnlyOf(text, ascii.ClassLower, "") || identifierLike(text) && looks.ClassifyName(text) == looks.NamePassword || ascii.OneOf(looks.Encodings, text) || looks.AboutPasswords(text) && !looks.StrongPassword(text)):
		return drop
	case looks.AppPassword(text), !v.Bare && looks.Grouped(text):
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	case looks.Sentence(text) && !looks.Passphrase(text, 4), (op == notation.OpFlag || op == notation.OpDirective) && v.Bare && !ascii.HasDigit(text) && looks.Symbols(text) == 0:
		return drop
	}
	strong := looks.StrongPassword(text) && !looks.Wordy(text)
	switch {
	case strong && looks.Random(text) && (looks.ExampleLike(text) || looks.Periodic(text)):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case strong && looks.Random(text):
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityHigh}
	case p.Kind.Test && strong && looks.Symbols(text) > 0 && ascii.HasDigit(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case p.Kind.Test || p.Kind.Markup:
		return madeUp(p, name, op, v)
	case strong:
		return check.Verdict{Confidence: scan.ConfidenceMedium, Severity: scan.SeverityMedium}
	case op != notation.OpArgument && looks.Passphrase(text, 3):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case !v.Bare && chosen(op, text), !v.Bare && looks.Identifier(text) && ascii.HasDigit(text) && ascii.HasLetter(text) && !looks.AboutPasswords(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	case looks.AboutPasswords(text) && !ascii.HasDigit(text) && (len(text) < 10 || !ascii.OnlyOf(text, ascii.ClassLower, "")), looks.Identifier(text) && !(v.Bare && p.Syntax != notation.SyntaxCode):
		return drop
	case ascii.HasDigit(text) && ascii.HasLetter(text), looks.Symbols(text) > 0 && ascii.HasLetter(text):
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityMedium}
	case len(text) >= 6:
		return check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}
	}
	return madeUp(p, name, op, v)
}

// madeUp judges a password of a test or a document, and a short one: a person made it up, and it opens something as often as
// not. The name, the operator and the value must leave no doubt that it is a password.
func madeUp(p *page.Page, name []byte, op notation.Operator, v notation.Value) check.Verdict {
	text := v.Of(p.Data)
	low, drop := check.Verdict{Confidence: scan.ConfidenceLow, Severity: scan.SeverityLow}, check.Verdict{Drop: true}
	mixed := ascii.HasDigit(text) && ascii.HasLetter(text)
	drawn := odds.Of(text) > 0
	switch {
	case !ascii.HasLetter(text), text[0] == '<', bytes.IndexByte(text, ' ') >= 0, looks.Trivial(text), looks.NounOnly(text), looks.CountedNoun(text), looks.AboutPasswords(text), looks.ExampleLike(text), looks.Foreign(text):
		return drop
	case repeated(p, v), v.Bare && ascii.EqualFold(name, []byte("passwd")) && ascii.OneOf(nameServices, text):
		return drop
	case looks.Identifier(text) && !drawn, looks.TypeName(text), ascii.OnlyOf(text, ascii.ClassUpper, "_"):
		return drop
	case op == notation.OpArgument, op == notation.OpCompare, op == notation.OpFlag, op == notation.OpDirective, v.Loose:
		if mixed && len(text) >= 6 {
			return low
		}
	case p.Kind.Document:
		if mixed || drawn || !v.Bare || bytes.IndexAny(name, "_.") > 0 {
			return low
		}
	case p.Kind.Markup:
	case !v.Bare, v.Member, v.Whole && !p.Written(v.Start), mixed, drawn, p.Login(v.Start):
		return low
	}
	return drop
}

// nameServices are what nsswitch.conf has for its database passwd.
var nameServices = ascii.WordSet(" compat db files ldap nis nisplus sss systemd winbind ")

// repeated reports whether a value stands on its line once more, as the name of the user or of the database.
func repeated(p *page.Page, v notation.Value) bool {
	text := p.Data[v.Start:v.End]
	from, to := ascii.LineStart(p.Data, v.Start, 200), ascii.LineEnd(p.Data, v.End, 200)
	for _, part := range [...][]byte{p.Data[from:v.Start], p.Data[v.End:to]} {
		for at := 0; ; {
			next := bytes.Index(part[at:], text)
			if next < 0 {
				break
			}
			at += next + len(text)
			before, behind := at-len(text)-1, at
			if (before < 0 || !ascii.Is(part[before], ascii.ClassAlnum)) && (behind == len(part) || !ascii.Is(part[behind], ascii.ClassAlnum)) {
				return true
			}
		}
	}
	return false
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

// onlyVersion reports whether a text is a version: numbers with dots between them.
func onlyVersion(text []byte) bool {
	text = bytes.TrimLeft(text, "^~<>=v ")
	return bytes.IndexByte(text, '.') > 0 && ascii.OnlyOf(text, ascii.ClassDigit, ".")
}

// anonymous reports whether a text is what programs give as the password of an anonymous account: a word and an "@".
func anonymous(text []byte) bool {
	return len(text) > 1 && text[len(text)-1] == '@' && ascii.OnlyOf(text[:len(text)-1], ascii.ClassLower|ascii.ClassUpper, "-._")
}

// chosen reports whether a person may have made a text up: two words with one sign between them. "login.password" and
// "auth/reset" are names in a program, and so are the texts in a list of pairs.
func chosen(op notation.Operator, text []byte) bool {
	if len(text) < 8 || op == notation.OpArgument || op == notation.OpElement || looks.AboutPasswords(text) || !ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassDigit, " -#!$&*+=?") {
		return false
	}
	sign := bytes.IndexAny(text, " -#!$&*+=?")
	if sign < 3 || sign > len(text)-4 || bytes.ContainsAny(text[sign+1:], " -#!$&*+=?") {
		return false
	}
	return op != notation.OpColon || text[sign] != '-' && text[sign] != ' '
}

// identifierLike reports whether a text could be a name in a program.
func identifierLike(text []byte) bool {
	return ascii.OnlyOf(text, ascii.ClassAlnum, "_-.") && ascii.Is(text[0], ascii.ClassLower|ascii.ClassUpper)
}
