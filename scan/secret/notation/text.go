package notation

// Text is a text and the way in which it writes values.
type Text struct {
	Data     []byte
	Notation Notation
	Syntax   Syntax
	// tags is true for markup that is made of tags.
	Tags bool
}

// syntax says how a file writes values.
type Syntax int

const (
	// syntaxUnknown: prose, output, or a format nobody knows.
	SyntaxUnknown Syntax = iota
	// syntaxCode: a value without quotes is an expression, not a text.
	SyntaxCode
	// syntaxConfig: a value without quotes is a text.
	SyntaxConfig
)
