package document

import "strings"

// IsHex reports whether the text is a digest in hex.
func IsHex(text string) bool {
	return len(text) >= 32 && len(text)%2 == 0 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// CutLast cuts around the last separator.
func CutLast(text, separator string) (before, after string, ok bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

// IsNameByte reports whether a byte may be part of the name of a package: a letter or digit of ASCII, "-", "_" or ".".
func IsNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// Blank overwrites a line with spaces, and keeps its newline.
func Blank(line []byte) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
}
