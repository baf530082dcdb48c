package scan

import (
	"strconv"
	"strings"
)

// VerdictState is the state of a verdict.
type VerdictState string

// The states.
const (
	// StateSafe: everything was scanned and nothing blocks.
	StateSafe VerdictState = "safe"
	// StateUnsafe: something blocks.
	StateUnsafe VerdictState = "unsafe"
	// StateUnknown: nothing blocks, but the scan is incomplete.
	StateUnknown VerdictState = "unknown"
	// StateIdle: no engine had anything to look at, so that nothing is known of the commit. It does not fail the gate: a
	// commit without code is no mistake.
	StateIdle VerdictState = "not scanned"
	// StateUngated: there are findings, and the gate is off.
	StateUngated VerdictState = "ungated"
)

// Verdict answers the main question of a report: is this safe to merge?
type Verdict struct {
	State VerdictState
	// Headline is the answer with its reason, without a full stop.
	Headline string
	// Detail has other relevant facts, as one sentence with a full stop, or is empty.
	Detail string
}

// String returns the verdict as one line.
func (v Verdict) String() string {
	if v.Detail == "" {
		return v.Headline + "."
	}
	return v.Headline + ". " + v.Detail
}

// Verdict describes the gate's decision about result. State is StateSafe, StateIdle or StateUngated exactly if the
// exit code is ExitOK.
func (g Gate) Verdict(result *Result) Verdict {
	t := tallyOf(result, g)
	var v Verdict
	switch {
	case t.blocking > 0:
		v.State = StateUnsafe
		v.Headline = "Not safe to merge: " + Plural(t.blocking, t.adjective("finding"), t.adjective("findings")) + t.bar()
	case t.missing != "":
		v.State = StateUnknown
		v.Headline = "Not known: " + t.missing
	case g.FailOn == SeverityNone && t.live > 0:
		v.State = StateUngated
		v.Headline = "Not blocked: " + Plural(t.live, "finding", "findings") + ", and the gate is off"
	case !result.Looked() && t.live == 0:
		v.State = StateIdle
		v.Headline = "Not scanned: " + result.idle()
	case t.live == 0:
		v.State = StateSafe
		v.Headline = "Safe to merge: nothing found"
	case t.compared && t.fresh == 0:
		v.State = StateSafe
		v.Headline = "Safe to merge: no new findings"
	default:
		v.State = StateSafe
		v.Headline = "Safe to merge: no " + t.adjective("findings") + t.bar()
	}
	v.Detail = t.detail(v.State)
	return v
}

// tally has the counts for the sentences.
type tally struct {
	gate Gate
	// compared is true if the gate distinguishes new findings from existing ones.
	compared                            bool
	live, fresh, blocking, older, below int
	suppressed                          int
	// missing says why the scan is incomplete. It is empty for a complete scan.
	missing string
}

func tallyOf(r *Result, gate Gate) tally {
	t := tally{
		gate:     gate,
		compared: gate.Scope == ScopeNew && r.Compared(),
		blocking: gate.Blocking(r), suppressed: r.Suppressed(), missing: missing(r),
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Live() {
			continue
		}
		t.live++
		if f.New {
			t.fresh++
		}
		switch {
		case gate.Blocks(f):
		case t.compared && !f.New:
			t.older++
		default:
			t.below++
		}
	}
	return t
}

func (t *tally) adjective(noun string) string {
	if t.compared {
		return "new " + noun
	}
	return noun
}

// bar is the text for the gate's severity: " at HIGH or above".
func (t *tally) bar() string {
	switch t.gate.FailOn {
	case SeverityNone, SeverityLow:
		return ""
	case SeverityCritical:
		return " at CRITICAL"
	}
	return " at " + t.gate.FailOn.String() + " or above"
}

// missing lists what was not scanned in full, each file once. It is empty if the result is complete.
func missing(r *Result) string {
	if r.Complete() {
		return ""
	}
	seen := map[string]bool{}
	count := func(failures []Failure) (files, others int) {
		for _, f := range failures {
			switch {
			case f.Path == "":
				others++
			case !seen[f.Path]:
				seen[f.Path] = true
				files++
			}
		}
		return files, others
	}
	unread, parts := count(r.Unread)
	partly, broken := count(r.Failures)
	var words []string
	if unread > 0 {
		words = append(words, Plural(unread, "file", "files")+" could not be read")
	}
	if parts > 0 {
		words = append(words, Plural(parts, "part", "parts")+" could not be read")
	}
	if partly > 0 {
		words = append(words, Plural(partly, "file was", "files were")+" scanned only in part")
	}
	if broken > 0 {
		words = append(words, Plural(broken, "check", "checks")+" did not finish")
	}
	return strings.Join(words, ", ")
}

func (t *tally) detail(state VerdictState) string {
	var parts []string
	if state == StateUnsafe && t.missing != "" {
		parts = append(parts, t.missing)
	}
	if state == StateUnknown {
		if t.live == 0 {
			parts = append(parts, "nothing found in the rest")
		} else {
			parts = append(parts, "nothing blocks in the rest")
		}
	}
	var passing []string
	if t.older > 0 {
		passing = append(passing, Plural(t.older, "older one", "older ones"))
	}
	if t.below > 0 && t.gate.FailOn != SeverityNone {
		words := "below " + t.gate.FailOn.String()
		if t.compared {
			words = "new " + words
		}
		passing = append(passing, Plural(t.below, words, words))
	}
	if len(passing) > 0 && state != StateUngated {
		verb := " do not block"
		if t.older+t.below == 1 {
			verb = " does not block"
		}
		parts = append(parts, strings.Join(passing, " and ")+verb)
	}
	if t.suppressed > 0 {
		parts = append(parts, Plural(t.suppressed, "suppressed", "suppressed"))
	}
	if len(parts) == 0 {
		return ""
	}
	sentence := strings.Join(parts, "; ") + "."
	return strings.ToUpper(sentence[:1]) + sentence[1:]
}

// Plural writes a number with its noun and with separators between thousands: "1,204 files".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(int64(n)) + " " + many
}

// Thousands writes a number with commas between its thousands.
func Thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Megabytes writes a size limit: "32 MB" (of 1,048,576 bytes), or "1,000 bytes" if it is not a whole number of MB.
func Megabytes(bytes int64) string {
	if bytes >= 1<<20 && bytes%(1<<20) == 0 {
		return Thousands(bytes>>20) + " MB"
	}
	return Thousands(bytes) + " bytes"
}
