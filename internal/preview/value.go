package preview

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// datumOf shows one item of a report's data as Bitbucket documents for its type. A value without a type, or one that
// does not fit its type, is shown unchanged.
func datumOf(item insights.DataItem, now time.Time) datum {
	d := datum{Title: visible(item.Title)}
	number, isNumber := numberOf(item.Value)
	switch value := item.Value.(type) {
	case bool:
		d.Value = yesNo(value)
		return d
	case insights.Link:
		d.Value = visible(cmp.Or(value.Text, value.Href))
		d.Href = weblink.Safe(value.Href)
		return d
	case string:
		d.Value = visible(value)
		return d
	}
	if !isNumber {
		d.Value = "not known"
		d.Quiet = true
		return d
	}
	switch item.Type {
	case insights.DataDate:
		if math.Abs(number) > maxMilliseconds {
			d.Value = "not known"
			break
		}
		d.Value, d.Exact = moment(time.UnixMilli(int64(number)), now)
	case insights.DataDuration:
		d.Value = duration(number)
		d.Exact = plain(number) + " ms"
	case insights.DataPercentage:
		d.Value = plain(math.Round(number*100)/100) + "%"
	case insights.DataNumber:
		d.Value = shortNumber(number)
		d.Quiet = number == 0
		if exact := plain(number); exact != d.Value {
			d.Exact = exact
		}
	default:
		d.Value = plain(number)
	}
	return d
}

// numberOf accepts the number types of JSON and of Go callers. It does not accept NaN and infinities.
func numberOf(value any) (float64, bool) {
	var n float64
	switch value := value.(type) {
	case float64:
		n = value
	case int:
		n = float64(value)
	case int64:
		n = float64(value)
	default:
		return 0, false
	}
	return n, !math.IsNaN(n) && !math.IsInf(n, 0)
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

func plain(n float64) string {
	if math.Abs(n) > 1e15 {
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// shortNumber writes 14300 as 14.3k.
func shortNumber(n float64) string {
	size := math.Abs(n)
	for _, unit := range []struct {
		from, by float64
		letter   string
	}{{999_950_000, 1e9, "B"}, {999_950, 1e6, "M"}, {1000, 1e3, "k"}} {
		if size >= unit.from {
			return strings.TrimSuffix(strconv.FormatFloat(n/unit.by, 'f', 1, 64), ".0") + unit.letter
		}
	}
	return plain(math.Round(n*100) / 100)
}

// maxMilliseconds is about 30,000 years: a larger number is not a duration.
const maxMilliseconds = 1e15

// duration writes milliseconds in the two largest units.
func duration(ms float64) string {
	if ms < 0 || ms > maxMilliseconds {
		return plain(ms) + " ms"
	}
	d := time.Duration(math.Round(ms)) * time.Millisecond
	switch {
	case d < time.Second:
		return plain(ms) + " ms"
	case d < time.Minute-50*time.Millisecond:
		return strings.TrimSuffix(strconv.FormatFloat(d.Seconds(), 'f', 1, 64), ".0") + " s"
	case d < time.Hour-500*time.Millisecond:
		d = d.Round(time.Second)
		return twoUnits(int(d/time.Minute), "min", int(d%time.Minute/time.Second), "s")
	case d < 24*time.Hour-30*time.Second:
		d = d.Round(time.Minute)
		return twoUnits(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "min")
	}
	d = d.Round(time.Hour)
	return twoUnits(int(d/(24*time.Hour)), "d", int(d%(24*time.Hour)/time.Hour), "h")
}

func twoUnits(n int, unit string, m int, smaller string) string {
	if m == 0 {
		return commas(n) + " " + unit
	}
	return commas(n) + " " + unit + " " + strconv.Itoa(m) + " " + smaller
}

// recent is the age up to which a time is shown as "2 hours ago".
const recent = 7 * 24 * time.Hour

// moment returns a time in words if it is younger than a week, else as a date; exact is always the date and time.
func moment(t, now time.Time) (words, exact string) {
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return "not known", ""
	}
	exact = t.Format("2 Jan 2006, 15:04:05 UTC")
	age := now.Sub(t)
	switch {
	case now.IsZero() || age < 0 || age >= recent:
		return t.Format("2 Jan 2006, 15:04 UTC"), exact
	case age < time.Minute:
		return "just now", exact
	case age < time.Hour:
		return strconv.Itoa(int(age/time.Minute)) + " min ago", exact
	case age < 24*time.Hour:
		return plural(int(age/time.Hour), "hour", "hours") + " ago", exact
	}
	return plural(int(age/(24*time.Hour)), "day", "days") + " ago", exact
}

// storedTime parses the time of a report: RFC 3339 with nanoseconds on Cloud, Unix milliseconds on Data Center.
func storedTime(text string) (time.Time, bool) {
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil {
		return time.UnixMilli(ms), true
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	return t, err == nil
}
