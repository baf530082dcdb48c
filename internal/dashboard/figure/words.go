package figure

import (
	"fmt"
	"time"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/status"
)

// Moment is a time in words, with the exact one behind them.
type Moment struct {
	// Words are empty for a time that is not known or never was.
	Words string
	// Exact is for people, Machine for programs; both are UTC.
	Exact, Machine string
}

// Ago says how long before now a time was.
func Ago(t, now time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	t = t.UTC()
	return Moment{agoWords(now.Sub(t)), t.Format("2006-01-02 15:04:05 UTC"), t.Format(time.RFC3339)}
}

// Day is the day of a time in UTC; "" for the zero time.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

const day = 24 * time.Hour

func agoWords(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return "just now"
	case d < time.Minute:
		return fmt.Sprintf("%d s ago", int(d/time.Second))
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d/time.Minute))
	case d < day:
		return fmt.Sprintf("%d h ago", int(d/time.Hour))
	case d < 2*day:
		return "yesterday"
	case d < 60*day:
		return fmt.Sprintf("%d days ago", int(d/day))
	case d < 2*365*day:
		return fmt.Sprintf("%d months ago", int(d/(30*day)))
	}
	return fmt.Sprintf("%d years ago", int(d/(365*day)))
}

// Span is a duration in words; Machine is as HTML's datetime takes it.
type Span struct{ Words, Machine string }

// Took says how long something took; no words when that is not known.
func Took(from, to time.Time) Span {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return Span{}
	}
	d := to.Sub(from)
	s := Span{Machine: fmt.Sprintf("PT%.3fS", d.Seconds())}
	switch {
	case d < time.Second:
		s.Words = fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		s.Words = fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		s.Words = fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		s.Words = fmt.Sprintf("%d min %d s", int(d/time.Minute), int(d%time.Minute/time.Second))
	default:
		s.Words = fmt.Sprintf("%d h %d min", int(d/time.Hour), int(d%time.Hour/time.Minute))
	}
	return s
}

// Look is the word and the class of a status.
type Look struct{ Word, Class string }

// Looks are by status. Bars and legends show them in this order.
var Looks = []struct {
	Status status.Status
	Look
}{
	{status.Secure, Look{"Secure", "secure"}},
	{status.Vulnerable, Look{"Vulnerable", "vulnerable"}},
	{status.Outdated, Look{"Outdated", "outdated"}},
	{status.PartiallyScanned, Look{"Partially scanned", "partial"}},
	{status.NotScanned, Look{"Not scanned", "unscanned"}},
}

func LookOf(s status.Status) Look {
	for _, l := range Looks {
		if l.Status == s {
			return l.Look
		}
	}
	return Look{s.String(), "unscanned"}
}

// StaleWords say why a result no longer describes the head of its branch.
var StaleWords = map[catalog.StaleReason]string{
	catalog.NewCommits:       "new commits came after the scan",
	catalog.HistoryRewritten: "the history was rewritten after the scan",
	catalog.ConfigChanged:    "rules or settings changed after the scan",
}

// Count writes a number with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes a number with commas.
func Thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", Thousands(n/1000), n%1000)
}

// Short is the beginning of a commit's hash, long enough to find it.
func Short(commit string) string { return commit[:min(len(commit), 10)] }
