package scan

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// accepts reports whether the rule covers a file that could not be read. Only a rule with a path, and without a
// fingerprint or a rule id, does. It ignores the expiry.
func (r *SuppressRule) accepts(f *Failure) bool {
	if r.Fingerprint != "" || r.Rule != "" || r.Path == nil || f.Path == "" {
		return false
	}
	place := Finding{Path: f.Path}
	if archive, _, inside := strings.Cut(f.Path, "!/"); inside {
		place.Archive = archive
	}
	return r.Path.matchFinding(&place)
}

// accept removes the failures that the policy accepts from result, marks the rules that cover any in used, and returns a
// note for each such file.
func (p *Policy) accept(result *Result, now time.Time, used []bool) []Note {
	taken := make([][]string, len(p.Suppress))
	take := func(f Failure) bool {
		accepted := false
		for j := range p.Suppress {
			rule := &p.Suppress[j]
			if !rule.accepts(&f) {
				continue
			}
			if used[j] = true; !accepted && !rule.expired(now) {
				accepted = true
				taken[j] = append(taken[j], f.Path)
			}
		}
		return accepted
	}
	result.Unread = slices.DeleteFunc(result.Unread, take)
	result.Failures = slices.DeleteFunc(result.Failures, take)
	var notes []Note
	for j, paths := range taken {
		if len(paths) == 0 {
			continue
		}
		slices.Sort(paths)
		paths = slices.Compact(paths)
		rule := &p.Suppress[j]
		notes = append(notes, Note{Code: "accepted-unread", Text: fmt.Sprintf("not scanned in full, as %s:%d accepts (%s): %s",
			p.Source, rule.Line, rule.Reason, named(paths, len(paths)))})
	}
	return notes
}
