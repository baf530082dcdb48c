package findings

import (
	"fmt"
	"strings"
)

// State is what people decided about a finding.
type State int

// The states. Only the first two count as open. An accepted finding counts again once its acceptance has expired.
const (
	Open State = iota
	InReview
	Accepted
	FalsePositive
	Fixed
)

var stateNames = [...]string{"OPEN", "IN_REVIEW", "ACCEPTED", "FALSE_POSITIVE", "FIXED"}

// String returns the upper-case name.
func (f State) String() string {
	if f < 0 || int(f) >= len(stateNames) {
		return fmt.Sprintf("FINDING_STATE(%d)", int(f))
	}
	return stateNames[f]
}

// MarshalText returns the upper-case name.
func (f State) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads a name in any case.
func (f *State) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if strings.EqualFold(name, string(text)) {
			*f = State(i)
			return nil
		}
	}
	return fmt.Errorf("a state is one of %s", strings.Join(stateNames[:], ", "))
}
