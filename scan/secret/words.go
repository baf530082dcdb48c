package secret

import "strings"

// foldInto gives name in lower case, without allocation; a name that is too long gives its end.
func foldInto[T string | []byte](buffer *[64]byte, name T) []byte {
	if len(name) > len(buffer) {
		name = name[len(name)-len(buffer):]
	}
	for i := range len(name) {
		b := name[i]
		if is(b, classUpper) {
			b += 'a' - 'A'
		}
		buffer[i] = b
	}
	return buffer[:len(name)]
}

// words is a set of lower-case words.
type words map[string]struct{}

// wordSet reads a list of words between spaces.
func wordSet(list string) words {
	set := make(words)
	for word := range strings.FieldsSeq(list) {
		set[word] = struct{}{}
	}
	return set
}

func (w words) has(word []byte) bool {
	_, ok := w[string(word)]
	return ok
}

// oneOf reports whether text, in any case, stands in a list of words.
func oneOf(list words, text []byte) bool {
	var lower [64]byte
	if len(text) > 60 {
		return false
	}
	return list.has(foldInto(&lower, text))
}
