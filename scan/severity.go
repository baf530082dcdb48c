package scan

import (
	"fmt"
	"strings"
)

// Severity orders findings by the harm they can do. No finding has the zero value, SeverityNone; in a gate it means that
// nothing blocks.
type Severity int

// The severities, in rising order. Bitbucket Cloud's annotations use the same ones.
const (
	SeverityNone Severity = iota
	SeverityLow
	SeverityMedium
	SeverityHigh
	SeverityCritical
)

// Severities lists the severities of findings, worst first.
var Severities = [...]Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow}

var severityNames = [...]string{"NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"}

// String gives the upper-case name; a value outside the range gives "SEVERITY(n)".
func (s Severity) String() string {
	if s < SeverityNone || s > SeverityCritical {
		return fmt.Sprintf("SEVERITY(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText gives the upper-case name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a severity's name in any case.
func (s *Severity) UnmarshalText(text []byte) error {
	word := strings.ToUpper(strings.TrimSpace(string(text)))
	for i, name := range severityNames {
		if word == name {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a severity: use CRITICAL, HIGH, MEDIUM, LOW or NONE", string(text))
}

// Confidence is a detector's certainty that a finding is correct.
type Confidence int

// The confidences, in rising order.
const (
	// ConfidenceLow: the text looks right, but nothing confirms it.
	ConfidenceLow Confidence = iota + 1
	// ConfidenceMedium: both the shape and the context match.
	ConfidenceMedium
	// ConfidenceHigh: the shape is unambiguous.
	ConfidenceHigh
	// ConfidenceCertain: a checksum, a signature or an inner structure is valid.
	ConfidenceCertain
)

var confidenceNames = [...]string{"", "low", "medium", "high", "certain"}

// String gives the lower-case name; the zero value gives "".
func (c Confidence) String() string {
	if c < 0 || c > ConfidenceCertain {
		return fmt.Sprintf("confidence(%d)", int(c))
	}
	return confidenceNames[c]
}

// MarshalText gives the lower-case name.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a confidence's name in any case.
func (c *Confidence) UnmarshalText(text []byte) error {
	word := strings.ToLower(strings.TrimSpace(string(text)))
	for i, name := range confidenceNames {
		if i > 0 && word == name {
			*c = Confidence(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not a confidence: use low, medium, high or certain", string(text))
}
