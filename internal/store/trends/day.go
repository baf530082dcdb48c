package trends

import "time"

// Day returns the number of a time's day, counted from 1970-01-01, in UTC.
func Day(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

func dayStart(day int64) time.Time { return time.Unix(day*24*60*60, 0).UTC() }
