package figure

import (
	"strings"

	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
)

// SeverityOf is a severity without a number. Its word is in lower case.
func SeverityOf(s scan.Severity) Severity {
	word := strings.ToLower(s.String())
	return Severity{Letter: s.String()[:1], Word: word, Class: word}
}

// FindingStates are the words for what people decided about findings, in the order of filters.
var FindingStates = []struct {
	State findings.State
	Word  string
}{
	{findings.Open, "Open"}, {findings.InReview, "In review"}, {findings.Accepted, "Accepted"}, {findings.FalsePositive, "False positive"}, {findings.Fixed, "Fixed"},
}

// StateWord is the word for what was decided.
func StateWord(state findings.State) string {
	for _, s := range FindingStates {
		if s.State == state {
			return s.Word
		}
	}
	return state.String()
}

// StateOf says what was decided about a finding, or why it does not count.
func StateOf(f *findings.Listed) string {
	word := StateWord(f.State)
	switch {
	case f.Branches == 0:
		return word + ", in no branch"
	case f.State == findings.Accepted && !f.Decided:
		return "Accepted, expired"
	case f.State != findings.Open && f.State != findings.InReview:
		return word
	case f.Decided:
		return "Reviewed"
	case f.Allowed:
		return "Allowed by files"
	case f.Low:
		return word + ", below the floor"
	}
	return word
}
