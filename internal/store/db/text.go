package db

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

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

// Has returns a condition that a column contains a text, in any case of ASCII letters. The n-th argument of the query is
// Like of the text. SQLite compares so without lower (https://sqlite.org/lang_expr.html#like), three times as fast.
func (d *DB) Has(column string, n int) string {
	if d.Postgres {
		column = "lower(" + column + ")"
	}
	return fmt.Sprintf(`%s like $%d escape '\'`, column, n)
}

// Like returns the pattern of a text for Has.
func Like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
}

// Plain reports whether every database takes a text. PostgreSQL refuses NUL characters, and bytes that are not UTF-8.
func Plain(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

// DateText writes a time as ISO 8601 in UTC, to the millisecond, as the store keeps it; "" for the zero time.
func DateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
