package found

import (
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Step is one thing that the detector did with a place of a file.
type Step struct {
	// Start and End are byte offsets into the file.
	Start, End int
	// Rule is the id of the rule that was at work; empty for a step before any rule.
	Rule string
	// Text says what happened. It never holds text of the file.
	Text string
}

// Trace collects steps for the bytes of one line.
type Trace struct {
	From, To int
	Steps    []Step
}

// maxSteps bounds what is told about one line.
const maxSteps = 500

func (tr *Trace) Add(r *rule.Live, start, end int, format string, args ...any) {
	if !tr.Covers(start, end) || len(tr.Steps) >= maxSteps {
		return
	}
	step := Step{Start: start, End: end, Text: fmt.Sprintf(format, args...)}
	if r != nil {
		step.Rule = r.ID
	}
	if !slices.Contains(tr.Steps, step) {
		tr.Steps = append(tr.Steps, step)
	}
}

// Covers reports whether a part of the file touches the line.
func (tr *Trace) Covers(start, end int) bool { return end >= tr.From && start < tr.To }

// emitted tells of a candidate.
func (tr *Trace) emitted(c *Candidate) {
	switch {
	case c.refused:
		tr.Add(c.Rule, c.Start, c.End, "the text is known to be no credential")
	default:
		what := "a candidate, " + c.severity.String() + ", confidence " + c.confidence.String()
		if c.Note != "" {
			what += ": " + c.Note
		}
		tr.Add(c.Rule, c.Start, c.End, "%s", what)
	}
}

// resolved tells which candidates gave way to others.
func (tr *Trace) resolved(found, kept []Candidate) {
	for i := range found {
		c := &found[i]
		for _, k := range kept {
			if c.Start < k.End && k.Start < c.End && (c.Rule != k.Rule || c.Start != k.Start || c.End != k.End) {
				tr.Add(c.Rule, c.Start, c.End, "gives way to %s", k.Rule.ID)
			}
		}
	}
}
