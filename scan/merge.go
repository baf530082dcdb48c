package scan

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// Merge adds the findings of another tool to a result. It applies the same policy and baseline and keeps the order.
func (s *Scanner) Merge(result, other *Result) {
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	findings := slices.Clone(other.Findings)
	numberOccurrences(findings)
	// Notes about unused suppressions belong to our own scan: most of those rules are about our findings.
	_ = s.Policy.apply(findings, now(), other)
	s.Baseline.apply(findings)
	result.Findings = append(result.Findings, findings...)
	sort.Slice(result.Findings, func(i, j int) bool { return Compare(&result.Findings[i], &result.Findings[j]) < 0 })
	for _, rule := range other.Rules {
		if !slices.ContainsFunc(result.Rules, func(r Rule) bool { return r.ID == rule.ID && r.Engine == rule.Engine }) {
			result.Rules = append(result.Rules, rule)
		}
	}
	slices.SortStableFunc(result.Rules, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	for _, engine := range other.Engines {
		if !slices.Contains(result.Engines, engine) {
			result.Engines = append(result.Engines, engine)
		}
	}
	result.Notes = append(result.Notes, other.Notes...)
	result.Unread = append(result.Unread, other.Unread...)
	result.Failures = append(result.Failures, other.Failures...)
}
