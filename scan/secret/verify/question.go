package verify

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// question is one secret for one provider, with its answer.
type question struct {
	rule     *rule.Verification
	ruleID   string
	text     string
	findings []int
	outcome
}

// outcome is what a question brought. The zero value means that it was not asked.
type outcome struct {
	state scan.VerifyState
	// reason says why the state is unknown, for people.
	reason string
	// silent is true when there was no answer at all.
	silent bool
}
