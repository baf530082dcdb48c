package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// Expression reports whether a value without quotes is the beginning of an expression or a type.
func (t *Text) Expression(v Value) bool {
	text := t.Data[v.Start:v.End]
	if t.Syntax != SyntaxCode && looks.Mixed(bytes.TrimRight(text, ")]}.,;\"'")) {
		return false
	}
	if bytes.ContainsAny(text, "({[)}]") && !t.Config() {
		return true
	}
	if v.End < len(t.Data) && (t.Data[v.End] == '(' || t.Data[v.End] == '[' || t.Data[v.End] == '{') {
		return true
	}
	// config.password and req.body.token are names, not texts, and so is the type of a module: api2.ApiKey.
	dot := bytes.IndexByte(text, '.')
	if dot > 0 && ascii.OnlyOf(text[dot+1:], ascii.ClassLower|ascii.ClassUpper, "") && len(text)-dot > 3 && ascii.OnlyOf(bytes.TrimRight(text[:dot], ascii.Decimals), ascii.ClassLower, "") {
		return true
	}
	return dot > 0 && dot < len(text)-1 && ascii.OnlyOf(text, ascii.ClassLower|ascii.ClassUpper, "._[]")
}

// Config reports whether the file is a configuration, in which a value without quotes is a text.
func (t *Text) Config() bool { return t.Syntax == SyntaxConfig }
