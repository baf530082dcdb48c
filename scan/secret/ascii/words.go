package ascii

import "strings"

// FoldInto gives name in lower case, without allocation; a name that is too long gives its end.
func FoldInto[T string | []byte](buffer *[64]byte, name T) []byte {
	if len(name) > len(buffer) {
		name = name[len(name)-len(buffer):]
	}
	for i := range len(name) {
		b := name[i]
		if Is(b, ClassUpper) {
			b += 'a' - 'A'
		}
		buffer[i] = b
	}
	return buffer[:len(name)]
}

// words is a set of lower-case words.
type words map[string]struct{}

// WordSet reads a list of words between spaces.
func WordSet(list string) words {
	set := make(words)
	for word := range strings.FieldsSeq(list) {
		set[word] = struct{}{}
	}
	return set
}

func (w words) Has(word []byte) bool {
	_, ok := w[string(word)]
	return ok
}

// OneOf reports whether text, in any case, stands in a list of words.
func OneOf(list words, text []byte) bool {
	var lower [64]byte
	if len(text) > 60 {
		return false
	}
	return list.Has(FoldInto(&lower, text))
}
