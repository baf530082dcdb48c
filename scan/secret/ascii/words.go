package ascii

import "strings"

// FoldInto returns the last bytes of name in lower case, as many as fit into the buffer. It allocates nothing.
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

// Words is a set of lower-case words.
type Words map[string]struct{}

// WordSet reads a list of words between white space.
func WordSet(list string) Words {
	set := make(Words)
	for word := range strings.FieldsSeq(list) {
		set[word] = struct{}{}
	}
	return set
}

// Has reports whether a lower-case word is in the set.
func (w Words) Has(word []byte) bool {
	_, ok := w[string(word)]
	return ok
}

// OneOf reports whether text, in any case, is in a list. Texts of more than 60 bytes are in none.
func OneOf(list Words, text []byte) bool {
	var lower [64]byte
	if len(text) > 60 {
		return false
	}
	return list.Has(FoldInto(&lower, text))
}
