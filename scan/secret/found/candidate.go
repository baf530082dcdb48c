package found

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Candidate is a match that may still give way to a better one.
type Candidate struct {
	Start, End int
	Rule       *rule.Live
	severity   scan.Severity
	confidence scan.Confidence
	Note       string
	refused    bool
	// Decoded is the credential itself when the text holds an encoded form of it.
	Decoded string
	// MatchStart and MatchEnd are the whole match, of which the candidate may be a part.
	MatchStart, MatchEnd int
	// allowed is the allow list that applies to it, or nil.
	allowed *Allow
}

// burden orders candidates that an allow list applies to behind the others.
func (c *Candidate) burden() int {
	if c.allowed != nil {
		return 1
	}
	return 0
}

// covers reports whether c contains d.
func (c *Candidate) covers(d *Candidate) bool { return c.Start <= d.Start && d.End <= c.End }

// suppression returns the suppression of the finding; nil when nothing allows it.
func (c *Candidate) suppression() *scan.Suppression {
	if c.allowed == nil {
		return nil
	}
	return c.allowed.suppression()
}

// Span is a part of a text: the bytes from Start up to, but not including, End.
type Span struct{ Start, End int }
