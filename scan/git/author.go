package git

import (
	"bytes"
	"strings"
)

// parseAuthor reads who wrote a commit, from the commit object: the name and the e-mail address without its brackets, in valid
// UTF-8. What a commit does not say is empty. Commits say in which encoding they are: ISO-8859-1 is turned into UTF-8, and what
// is neither has U+FFFD in the stead of its other characters.
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

// latin1 reads ISO-8859-1, each of whose bytes is the character of that number.
func latin1(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		b.WriteRune(rune(c))
	}
	return b.String()
}
