package db

import (
	"database/sql"
	"time"
)

// At converts stored Unix milliseconds to a time; null is the zero time.
func At(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// CeilMillis returns the first millisecond at or after a time. The database stores nothing finer.
func CeilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}

// NullTime converts a time to stored Unix milliseconds; the zero time is null.
func NullTime(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
