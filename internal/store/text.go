package store

import "strings"

// validText makes text that every database takes: PostgreSQL refuses NUL and what is no UTF-8.
func validText(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
