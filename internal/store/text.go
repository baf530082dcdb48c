package store

import "strings"

// validText makes text that every database takes: PostgreSQL refuses NUL and what is no UTF-8.
func validText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

// asLines keeps a list of sentences, a line each; linesOf gives them back, nil for none.
func asLines(list []string) string {
	lines := make([]string, len(list))
	for i, text := range list {
		lines[i] = strings.Join(strings.Fields(validText(text)), " ")
	}
	return strings.Join(lines, "\n")
}

func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
