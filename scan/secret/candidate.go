package secret

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// candidate is a match that may still lose its place to a better one.
type candidate struct {
	start, end int
	rule       *rule.Live
	severity   scan.Severity
	confidence scan.Confidence
	note       string
	refused    bool
	// decoded is the credential itself, when the text holds it encoded.
	decoded string
	// matchStart and matchEnd are the whole match, of which the candidate may be a part.
	matchStart, matchEnd int
	// allowed is the allow list that speaks of it, or nil.
	allowed *Allow
}

// burden puts candidates that an allow list speaks of behind the others.
func (c *candidate) burden() int {
	if c.allowed != nil {
		return 1
	}
	return 0
}

func (c *candidate) covers(d *candidate) bool { return c.start <= d.start && d.end <= c.end }

// suppression says who switched a finding off; nil for a live one.
func (c *candidate) suppression() *scan.Suppression {
	if c.allowed == nil {
		return nil
	}
	return &scan.Suppression{Kind: c.allowed.Kind, Reason: c.allowed.Reason, Source: c.allowed.Source}
}

// span is a part of a text, end exclusive.
type span struct{ start, end int }
