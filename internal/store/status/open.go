package status

import (
	"strings"

	"github.com/sluice-scan/sluice/internal/store/terms"
)

// The conditions under which a finding is open, for the alias that a statement gives the finding. An occurrence counts
// if its finding is open and the repository's own files do not allow it (allowed is empty).

// Open is the condition under which a finding is open: nobody has decided otherwise, and its severity counts.
func (s *Counters) Open(finding string) string {
	return "not " + s.Triaged(finding) + " and " + AboveFloor(finding) + " and not " + s.reviewed(finding)
}

// Triaged is the condition under which the state of a finding takes it out of the count. An acceptance does so until it
// expires.
func (s *Counters) Triaged(finding string) string {
	return of(finding, terms.SQL(s.db, `(f.state in (:false_positive, :fixed) or f.state = :accepted and (f.expires_at is null or f.expires_at > :now))`))
}

// reviewed is the condition under which a review takes a finding out of the count.
func (s *Counters) reviewed(finding string) string {
	return "exists (select 1 from review w where " + s.ReviewOf("w", finding) + ")"
}

// ReviewOf is the condition under which a review applies to a finding: it has the same text, is for the finding's
// repository or global, and has not expired.
func (s *Counters) ReviewOf(review, finding string) string {
	return strings.ReplaceAll(of(finding, terms.SQL(s.db, `w.text_hash = f.text_hash and f.text_hash <> ''
		and (w.repository_id is null or w.repository_id = f.repository_id)
		and (w.expires_at is null or w.expires_at > :now)`)), "w.", review+".")
}

// of replaces the alias f.
func of(finding, condition string) string { return strings.ReplaceAll(condition, "f.", finding+".") }
