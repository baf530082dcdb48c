package scan

import (
	"fmt"
	"strings"
)

// Bundle is a group of findings that reports show as one: the advisories of one package in one file, or a single other
// finding.
type Bundle []*Finding

// Bundles groups the live findings of a result. Bundles keep the result's order by their first, worst finding.
func (r *Result) Bundles() []Bundle {
	var bundles []Bundle
	at := map[string]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if !f.Live() {
			continue
		}
		key, ok := bundleKey(f)
		if k, seen := at[key]; ok && seen {
			bundles[k] = append(bundles[k], f)
			continue
		}
		if ok {
			at[key] = len(bundles)
		}
		bundles = append(bundles, Bundle{f})
	}
	return bundles
}

// bundleKey returns the key of a finding's bundle. ok is false for a finding that is not grouped.
func bundleKey(f *Finding) (key string, ok bool) {
	if f.Dependency == nil || f.Dependency.IDs == nil {
		return "", false
	}
	p := &f.Dependency.Package
	return strings.Join([]string{f.Path, string(p.Ecosystem), p.Ecosystem.Normal(p.Name)}, "\x00"), true
}

// Title is the title of the first finding, and the number of other findings.
func (b Bundle) Title() string {
	title := b[0].Title
	if n := len(b) - 1; n > 0 {
		title = strings.TrimRight(title, ".") + fmt.Sprintf(", and %d more", n)
	}
	return title
}

// IDs are the distinct rule ids of the findings, in their order.
func (b Bundle) IDs() []string {
	var ids []string
	seen := map[string]bool{}
	for _, f := range b {
		if !seen[f.RuleID] {
			seen[f.RuleID] = true
			ids = append(ids, f.RuleID)
		}
	}
	return ids
}

// New reports whether any of the findings is new.
func (b Bundle) New() bool {
	for _, f := range b {
		if f.New {
			return true
		}
	}
	return false
}

// Blocks reports whether any of the findings stops the merge.
func (b Bundle) Blocks(g Gate) bool {
	for _, f := range b {
		if g.Blocks(f) {
			return true
		}
	}
	return false
}
