package api

import (
	"time"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Date formats a time as ISO 8601 in UTC; nil for the zero time.
func Date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := db.DateText(t)
	return &text
}
