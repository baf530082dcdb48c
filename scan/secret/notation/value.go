package notation

// Value is the text behind an operator.
type Value struct {
	Start, End int
	// bare is true for a value without quotes.
	Bare bool
	// whole is true for a value that is all that its line sets: by the format of the file it is a text, whatever it looks like.
	Whole bool
	// loose is true for a value without quotes behind which its line goes on: it may be a word of a sentence.
	Loose bool
	// decoded is the text that the value means, where the file writes it with escapes; nil where it stands there as it is.
	Decoded []byte
}

// Of gives the text that a value means.
func (v *Value) Of(data []byte) []byte {
	if v.Decoded != nil {
		return v.Decoded
	}
	return data[v.Start:v.End]
}

// MaxName and maxValue bound what is read on each side of an operator, in bytes.
const (
	MaxName  = 64
	MaxValue = 512
)
