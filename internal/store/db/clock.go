package db

import (
	"database/sql"
	"time"
)

// At gives a time that is stored as Unix milliseconds; null is the zero time.
func At(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return time.UnixMilli(ms.Int64).UTC()
}

// CeilMillis gives the first millisecond that is not before a time: what is stored has no finer parts.
func CeilMillis(t time.Time) int64 {
	ms := t.UnixMilli()
	if time.UnixMilli(ms).Before(t) {
		ms++
	}
	return ms
}

// NullTime gives a time as it is stored: Unix milliseconds, null for the zero time.
func NullTime(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
