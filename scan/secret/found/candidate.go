package found

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Candidate is a match that may still lose its place to a better one.
type Candidate struct {
	Start, End int
	Rule       *rule.Live
	severity   scan.Severity
	confidence scan.Confidence
	Note       string
	refused    bool
	// decoded is the credential itself, when the text holds it encoded.
	Decoded string
	// matchStart and matchEnd are the whole match, of which the candidate may be a part.
	MatchStart, MatchEnd int
	// allowed is the allow list that speaks of it, or nil.
	allowed *Allow
}

// burden puts candidates that an allow list speaks of behind the others.
func (c *Candidate) burden() int {
	if c.allowed != nil {
		return 1
	}
	return 0
}

func (c *Candidate) covers(d *Candidate) bool { return c.Start <= d.Start && d.End <= c.End }

// suppression says who switched a finding off; nil for a live one.
func (c *Candidate) suppression() *scan.Suppression {
	if c.allowed == nil {
		return nil
	}
	return c.allowed.suppression()
}

// Span is a part of a text, end exclusive.
type Span struct{ Start, End int }
