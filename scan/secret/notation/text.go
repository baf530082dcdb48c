package notation

import (
	"bytes"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/looks"
)

// Text is a text and the way in which it writes values. Its methods read a value at an offset; none of them changes it.
type Text struct {
	Data     []byte
	Notation Notation
	Syntax   Syntax
	// Tags is true for markup that is made of tags.
	Tags bool
}

// MaxName and MaxValue bound the bytes that are read on each side of an operator.
const (
	MaxName  = 64
	MaxValue = 512
)

// Value is the text behind an operator. Start and End are its place in the file, without quotes.
type Value struct {
	Start, End int
	// Bare is true for a value without quotes.
	Bare bool
	// Whole is true for a value that is all that its line sets. By the format of the file it is a text, even if it looks like
	// an expression.
	Whole bool
	// Loose is true for a value without quotes on a line that goes on: it may be a word of a sentence.
	Loose bool
	// Member is true for a value without quotes of a mapping in braces, with a sign behind it that ends the member.
	Member bool
	// Decoded is the text that the value means when the file writes it with escapes; nil when it means itself.
	Decoded []byte
}

// Of returns the text that a value means.
func (v *Value) Of(data []byte) []byte {
	if v.Decoded != nil {
		return v.Decoded
	}
	return data[v.Start:v.End]
}

// Operator is the way in which a name gets its value.
type Operator int

const (
	OpNone Operator = iota
	// OpAssign is "=", ":=", "<-", "=>": a value of any form follows.
	OpAssign
	// OpColon is the ":" of YAML, JSON and literals.
	OpColon
	// OpCompare is "==", "!=" and the like: a text follows that an input is compared with.
	OpCompare
	// OpArgument is a quoted text behind "name(" or a quoted name's comma.
	OpArgument
	// OpElement is the text of an XML element.
	OpElement
	// OpAttribute is value="..." behind name="...".
	opAttribute
	// OpFlag is "--name value".
	OpFlag
	// OpDirective is "ENV NAME value" and a configuration's "name value", with nothing else on the line.
	OpDirective
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
