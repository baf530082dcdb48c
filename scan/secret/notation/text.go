package notation

// Text is a text and the way in which it writes values.
type Text struct {
	Data     []byte
	Notation Notation
	Syntax   Syntax
	// tags is true for markup that is made of tags.
	Tags bool
}
