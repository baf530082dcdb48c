package db

import (
	"errors"
	"time"
)

// ParseDate parses a date, or a date and time, in ISO 8601.
func ParseDate(text string) (time.Time, error) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil && t.Year() > 1970 && t.Year() < 10_000 {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("it is not an ISO 8601 date (2026-11-30 or 2026-11-30T09:00:00Z)")
}
