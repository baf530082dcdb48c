package api

import "time"

// Date formats a time as ISO 8601 in UTC; nil for the zero time.
func Date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := DateText(t)
	return &text
}

// DateText is Date as a text; "" for the zero time.
func DateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
