package git

import (
	"bytes"
	"strings"
)

// parseAuthor reads the author's name and e-mail address (without brackets) from a commit object, in valid UTF-8.
// Missing parts are empty. A commit declares its encoding: ISO-8859-1 is converted to UTF-8. In any other encoding,
// U+FFFD replaces characters that are not UTF-8.
func parseAuthor(data []byte) (name, email string) {
	head, _, _ := bytes.Cut(data, []byte("\n\n"))
	var author []byte
	decode := func(text []byte) string { return strings.ToValidUTF8(string(text), "\uFFFD") }
	for line := range bytes.Lines(head) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if value, ok := bytes.CutPrefix(line, []byte("author ")); ok && author == nil {
			author = value
		}
		if value, ok := bytes.CutPrefix(line, []byte("encoding ")); ok && isLatin1(string(value)) {
			decode = latin1
		}
	}
	front, rest, found := bytes.Cut(author, []byte{'<'})
	if !found {
		return "", ""
	}
	mail, _, _ := bytes.Cut(rest, []byte{'>'})
	return decode(bytes.TrimSpace(front)), decode(bytes.TrimSpace(mail))
}

func isLatin1(encoding string) bool {
	switch strings.ToLower(encoding) {
	case "iso-8859-1", "iso8859-1", "iso88591", "latin1", "latin-1":
		return true
	}
	return false
}

// latin1 decodes ISO-8859-1, in which each byte is the character with that number.
func latin1(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		b.WriteRune(rune(c))
	}
	return b.String()
}
