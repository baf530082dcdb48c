package notation

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

// MaxName and MaxValue bound the bytes that are read on each side of an operator.
const (
	MaxName  = 64
	MaxValue = 512
)
