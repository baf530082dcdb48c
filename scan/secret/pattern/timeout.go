package pattern

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Timeouts counts, by the index of the rule, the files in which the backtracking engine took too long during one pass.
// It is safe for concurrent use.
type Timeouts []atomic.Int32

// NewTimeouts makes the counters of a pass for a number of rules.
func NewTimeouts(rules int) Timeouts { return make(Timeouts, rules) }

// MaxTimeouts is in how many files a slow rule may take too long before it is off for the pass. A hostile tree costs
// seconds, not hours.
const MaxTimeouts = 8

// off reports whether a rule took too long too often.
func (c Timeouts) off(r *rule.Live) bool { return c != nil && c[r.Index].Load() >= MaxTimeouts }

// maxFailures bounds the failures of one file that an error names.
const maxFailures = 10

// TimeoutError says that rules did not look at the whole file: they ran out of time in it, or in so many files before
// that they are off for the rest of the pass.
type TimeoutError struct {
	// Rules are their ids.
	Rules []string
	text  string
}

func (e *TimeoutError) Error() string { return e.text }

// joinFailures makes one error of the failures of a file; nil when there are none. late are the ids of rules that ran
// out of time.
func joinFailures(failed []error, late []string) error {
	var text []byte
	for i, err := range failed {
		if i == maxFailures {
			text = fmt.Appendf(text, "; and %d more", len(failed)-i)
			break
		}
		if i > 0 {
			text = append(text, "; "...)
		}
		text = append(text, err.Error()...)
	}
	switch {
	case text == nil:
		return nil
	case late != nil:
		return &TimeoutError{late, string(text)}
	}
	return errors.New(string(text))
}
