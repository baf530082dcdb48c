package db

import "strings"

// ValidText makes a text that both databases accept. PostgreSQL refuses NUL and invalid UTF-8.
func ValidText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// AsLines joins sentences, one a line. LinesOf splits them again.
func AsLines(list []string) string {
	lines := make([]string, len(list))
	for i, text := range list {
		lines[i] = strings.Join(strings.Fields(ValidText(text)), " ")
	}
	return strings.Join(lines, "\n")
}

// LinesOf splits a text that AsLines joined; nil for an empty text.
func LinesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// Like returns a LIKE pattern for a substring, in lower case.
func Like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
}
