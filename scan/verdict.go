package scan

import (
	"fmt"
	"strings"
)

// Verdict is the answer to the one question of a reader, in the words that every output uses.
type Verdict struct {
	// Safe is true when the commit may be merged. It is false for a scan that could not read everything: see Known.
	Safe bool
	// Known is false when the scan could not read everything and found nothing that blocks.
	Known bool
	// Headline answers in one line without a full stop; Detail says what does not block, in a sentence, or is empty.
	Headline, Detail string
}

// String joins headline and detail: the last line of a terminal report.
func (v Verdict) String() string {
	if v.Detail == "" {
		return v.Headline + "."
	}
	return v.Headline + ". " + v.Detail
}

// Verdict judges a result.
func (g Gate) Verdict(r *Result) Verdict {
	blocking, total := g.Blocking(r), r.Count("").Total()
	word := "finding"
	if g.Scope == ScopeNew && r.Base.Kind != BaseNone {
		word = "new finding"
	}
	v := Verdict{Known: true}
	switch {
	case blocking > 0:
		v.Headline = fmt.Sprintf("Not safe to merge: %s at %s", plural(blocking, word), orAbove(g.FailOn))
	case !r.Complete():
		v.Known = false
		v.Headline = fmt.Sprintf("Not known whether it is safe to merge: %s could not be read", plural(len(r.Unread), "file"))
	case g.FailOn == SeverityNone && total > 0:
		v.Safe = true
		v.Headline = fmt.Sprintf("The gate is off: %s", plural(total, "finding"))
	case total == 0:
		v.Safe = true
		v.Headline = "Safe to merge: nothing found"
	default:
		v.Safe = true
		v.Headline = fmt.Sprintf("Safe to merge: no %s at %s", word, orAbove(g.FailOn))
	}
	v.Detail = g.detail(r)
	return v
}

// detail counts what does not block, by the reason.
func (g Gate) detail(r *Result) string {
	var older, below int
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case !f.Live() || g.Blocks(f) || g.FailOn == SeverityNone:
		case f.Severity < g.FailOn:
			below++
		default:
			older++
		}
	}
	var parts []string
	if older > 0 {
		parts = append(parts, fmt.Sprintf("%d older %s not block", older, oneOr(older, "one does", "ones do")))
	}
	if below > 0 {
		parts = append(parts, fmt.Sprintf("%d below %s %s not block", below, g.FailOn, oneOr(below, "does", "do")))
	}
	if n := r.Suppressed(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", n))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

func orAbove(s Severity) string {
	if s == SeverityCritical {
		return s.String()
	}
	return s.String() + " or above"
}

func plural(n int, word string) string { return fmt.Sprintf("%d %s%s", n, word, oneOr(n, "", "s")) }

func oneOr(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
