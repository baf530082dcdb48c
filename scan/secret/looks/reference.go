package looks

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// Reference reports whether a value is a variable, a template, a call or a look-up. The signs of one inside a generated
// password do not count. An empty value is a reference.
func Reference(value []byte) bool {
	if len(value) == 0 {
		return true
	}
	return wholeReference(value) || referenceParts().In(value) || !Drawn(value) && (referenceSigns().In(value) || alternatives(value))
}

// wholeReference reports whether a value has the form of a reference from its first character to its last.
func wholeReference(value []byte) bool {
	return variable(value) || enclosed(value) || Templated(value)
}

// referenceParts mark a value that is computed or looked up elsewhere. They are too long to occur by chance.
var referenceParts = match.AnyOf(
	"process.env", "os.environ", "getenv", "env[", "env(", "secrets.", "vault:", "arn:", "ssm:", "op://", "secret://", "keyvault",
	"secretsmanager", "sm://", "pkcs11:", "secretkeyref", "aws4_request", "enc[", "enc(", "$ansible", "var.", "config.", "settings.",
	"&lt;", "urn:", `\fb`, `\fi`, `\fp`, `\fr`, `\f[`, "⟦", "¦", "resolve:", "this.", "self.", "<snip", "{env:", "{0}", "{1}", "[-1]", "[*]",
)

// referenceSigns are further marks, which count in a text that does not look generated. Those with a backslash belong
// to roff, the format of manual pages.
var referenceSigns = match.AnyOf(
	"${", "$(", "{{", "}}", "<%", "%>", "#{", "%(", "@{", "\\u", "\\x", "::", "->", "%s", "%d", "%v", "%q", "%@", "%{", "{$", "{}", "].", "[]",
	`\-`, `\&`,
)

// RoffSigns begin the requests of roff inside a line.
var RoffSigns = match.AnyOf(`\-`, `\f`, `\&`, `\e`)

// variable reports whether a value is a variable, a tag, an alias or a pointer: a name behind the sign that its
// language uses.
func variable(value []byte) bool {
	rest := value[1:]
	switch value[0] {
	case '$':
		// A shell's variable within a makefile has two.
		rest = bytes.TrimRight(bytes.TrimPrefix(rest, []byte("$")), "\"'\\;,)")
		if len(rest) > 0 && bytes.IndexByte([]byte("_{("), rest[0]) >= 0 {
			return !Drawn(value) || Templated(value)
		}
		for name := range bytes.SplitSeq(rest, []byte("$")) {
			if len(name) == 0 || !ascii.Is(name[0], ascii.ClassLower|ascii.ClassUpper) || !accessed(name) || Random(name) {
				return false
			}
		}
		return true
	case '%':
		return len(value) <= 3 || value[len(value)-1] == '%' && ascii.OnlyOf(rest[:len(rest)-1], ascii.ClassAlnum, "_.:-") && !Random(rest[:len(rest)-1])
	case '!':
		word, _, _ := bytes.Cut(rest, []byte(" "))
		return len(word) > 2 && ascii.Is(word[0], ascii.ClassUpper) && ascii.OnlyOf(word, ascii.ClassLower|ascii.ClassUpper, ":") && (len(word) < len(rest) || len(word) < 9 || Wordy(word))
	case '*':
		return !ascii.HasDigit(value) && ascii.OnlyOf(rest, ascii.ClassAlnum, "_-.>") && (Wordy(rest) || ascii.OnlyOf(rest, ascii.ClassLower, "_-."))
	case '&':
		return Identifier(rest)
	}
	return len(value) > 4 && bytes.HasPrefix(value, []byte("__")) && value[len(value)-1] == '_'
}

// accessed reports whether a text is a name with accesses: user.password, this->db["x"], args[1].
func accessed(text []byte) bool {
	return ascii.OnlyOf(text, ascii.ClassAlnum, "_.:") || ascii.OnlyOf(text, ascii.ClassAlnum, "_.:->[]'\"()") && !Drawn(text)
}

// enclosed reports whether a whole value stands in brackets, or is a name with the brackets of a call.
func enclosed(value []byte) bool {
	first, last := value[0], value[len(value)-1]
	switch {
	case first == '{' && last == '}', first == '[' && last == ']', first == '(' && last == ')', first == '<' && last == '>':
		return !Drawn(value) || Templated(value)
	}
	open := bytes.IndexByte(value, '(')
	if open <= 0 {
		return false
	}
	// A call, and the beginning of one.
	return last == ')' && ascii.OnlyOf(value[:open], ascii.ClassAlnum, "_.:>-$@!") && !Drawn(value) || open > 2 && ascii.OnlyOf(value[:open], ascii.ClassLower|ascii.ClassUpper, "_.") && Named(value[:open])
}

// templates are the brackets around a name that something fills in: those of shells, Spring, Maven, Ruby, Jinja, Helm,
// GitHub, ERB, Python, MSBuild, Ansible and Concourse.
var templates = [...]struct{ open, shut string }{
	{"${{", "}}"}, {"{{", "}}"}, {"${", "}"}, {"$(", ")"}, {"#{", "}"}, {"%{", "}"}, {"@{", "}"}, {"{$", "}"}, {"<%", "%>"}, {"%(", ")s"},
	{"$[[", "]]"}, {"((", "))"},
}

// Templated reports whether a value contains a well-formed reference, which is a name in brackets, and nothing else
// that looks like a credential.
func Templated(value []byte) bool {
	for _, b := range templates {
		at := bytes.Index(value, []byte(b.open))
		if at < 0 {
			continue
		}
		inner := value[at+len(b.open):]
		end := bytes.Index(inner, []byte(b.shut))
		if end < 1 {
			continue
		}
		name := leadingName(bytes.TrimLeft(bytes.TrimSpace(inner[:end]), "=-.$#!"))
		if len(name) == 0 || Drawn(value) && !Named(name) {
			continue
		}
		rest := append(append([]byte{}, value[:at]...), inner[end+len(b.shut):]...)
		if !Drawn(rest) && !(len(rest) >= 12 && Random(rest)) {
			return true
		}
	}
	return false
}

// leadingName returns the name at the beginning of a text; it is empty when there is none.
func leadingName(text []byte) []byte {
	if len(text) == 0 || !ascii.Is(text[0], ascii.ClassLower|ascii.ClassUpper) && text[0] != '_' {
		return nil
	}
	end := 1
	for end < len(text) && (ascii.Is(text[end], ascii.ClassAlnum) || text[end] == '_' || text[end] == '.') {
		end++
	}
	return text[:end]
}

// Named reports whether a text could be a name that a person gave.
func Named(name []byte) bool {
	return Wordy(name) || Identifier(name) || len(name) > 3 && ascii.OnlyOf(name, ascii.ClassUpper, "_") ||
		len(name) > 5 && ascii.OnlyOf(name, ascii.ClassUpper|ascii.ClassDigit, "_") && bytes.IndexByte(name, '_') > 0
}

// alternatives reports whether a value lists words between bars, as validation rules and types do.
func alternatives(value []byte) bool {
	if bytes.Count(value, []byte(":")) > 1 && ascii.OnlyOf(value, ascii.ClassLower, ":") {
		return true
	}
	bar := bytes.IndexByte(value, '|')
	return bar > 2 && bar < len(value)-3 && ascii.OnlyOf(value, ascii.ClassLower|ascii.ClassDigit, "|:_, ")
}
