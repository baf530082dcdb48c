package pattern

import (
	"fmt"

	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// MaxSlowLine is the length in bytes of the longest line for the backtracking engine.
const MaxSlowLine = 256 << 10

// slowLines runs the backtracking engine over lines of one file. A rule that takes too long on one line does not look
// at the rest of the file.
type slowLines struct {
	own     *Own
	stopped map[*rule.Live]bool
	failed  []error
	// late are the ids of rules that ran out of time, here or in earlier files.
	late []string
}

// stop ends a rule for this file, for a reason.
func (s *slowLines) stop(r *rule.Live, format string, args ...any) {
	if s.stopped == nil {
		s.stopped = make(map[*rule.Live]bool)
	}
	s.stopped[r] = true
	s.failed = append(s.failed, fmt.Errorf("rule %s "+format, append([]any{r.ID}, args...)...))
}

// look runs a rule over the line data[from:to].
func (s *slowLines) look(r *rule.Live, from, to int) {
	t := s.own
	switch {
	case s.stopped[r] || t.found.Full():
		return
	case t.timeouts.off(r):
		s.late = append(s.late, r.ID)
		s.stop(r, "was switched off, because it took too long in %d files before; "+
			"write its expression without look-around and back-references, or disable it", MaxTimeouts)
		return
	case to-from > MaxSlowLine:
		s.stop(r, "did not look at line %d, which is longer than %d KB, nor at the rest of the file", t.LineNumber(from), MaxSlowLine>>10)
		return
	}
	all, p, err := r.Custom.FindSlow(string(t.Data[from:to]), found.MaxFindings)
	for _, at := range all {
		t.Judge(r, p, at, from)
	}
	if err == nil {
		return
	}
	if t.timeouts != nil {
		t.timeouts[r.Index].Add(1)
	}
	s.late = append(s.late, r.ID)
	s.stop(r, "took longer than %s on line %d, and did not look at the rest of the file; "+
		"write its expression without look-around and back-references, or disable it", match.SlowTime, t.LineNumber(from))
}
