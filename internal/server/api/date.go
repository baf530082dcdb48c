package api

import (
	"time"

	"github.com/sluice-scan/sluice/internal/download"
)

// Date formats a time as ISO 8601 in UTC; nil for the zero time.
func Date(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	text := download.DateText(t)
	return &text
}
