package found

import (
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Step is one thing that the detector did at a place of a file.
type Step struct {
	// Start and End are byte offsets into the file.
	Start, End int
	// Rule is the id of the rule that was at work; empty when it was none.
	Rule string
	// Text says what happened. It never contains text of the file.
	Text string
}

// Trace collects the steps that touch one line.
type Trace struct {
	From, To int
	Steps    []Step
}

// maxSteps bounds the steps of one line.
const maxSteps = 500

// Add adds a step of a rule, which may be nil, when it touches the line and is new.
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

// emitted adds the step of a new candidate.
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

// resolved adds a step for each candidate that gave way to another one.
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
