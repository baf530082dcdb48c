package check

import "github.com/sluice-scan/sluice/scan"

// Verdict is what a check says about a match. A zero field keeps the rule's own value.
type Verdict struct {
	// Drop says that this rule does not report the match.
	Drop bool
	// Refused says that the text is known not to be a credential: no rule reports it.
	Refused    bool
	Severity   scan.Severity
	Confidence scan.Confidence
	// Note is a sentence for the message. It must not hold the credential.
	Note string
	// Decoded is the credential itself when the match is an encoded form of it.
	Decoded string
}

// Worse joins two verdicts. The lower severity wins; confidence, note and text are those of b, or of a where b has
// none.
func Worse(a, b Verdict) Verdict {
	b.Drop = b.Drop || a.Drop
	b.Refused = b.Refused || a.Refused
	if a.Severity != 0 && (b.Severity == 0 || a.Severity < b.Severity) {
		b.Severity = a.Severity
	}
	if b.Confidence == 0 {
		b.Confidence = a.Confidence
	}
	if b.Note == "" {
		b.Note = a.Note
	}
	if b.Decoded == "" {
		b.Decoded = a.Decoded
	}
	return b
}
