package notation

// Text is a text and the way in which it writes values. Its methods read a value at an offset; none of them changes it.
type Text struct {
	Data     []byte
	Notation Notation
	Syntax   Syntax
	// Tags is true for markup that is made of tags.
	Tags bool
}
