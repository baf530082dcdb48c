package manifest

import "strings"

// isHex reports whether the text is a digest in hex.
func isHex(text string) bool {
	return len(text) >= 32 && len(text)%2 == 0 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// cutLast cuts around the last separator.
func cutLast(text, separator string) (before, after string, ok bool) {
	if i := strings.LastIndex(text, separator); i >= 0 {
		return text[:i], text[i+len(separator):], true
	}
	return text, "", false
}

func isPythonNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// blank overwrites a line with spaces, and keeps its newline.
func blank(line []byte) {
	for i, c := range line {
		if c != '\n' && c != '\r' {
			line[i] = ' '
		}
	}
}
