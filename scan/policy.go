package scan

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// PolicyFile is the name of the configuration at the root of a repository.
const PolicyFile = ".sluice.yml"

// Policy is the content of a repository's configuration file. The zero value changes nothing.
type Policy struct {
	// Source is the name of the file: ".sluice.yml" or the one that the user named. Empty without a file.
	Source string
	// Settings are defaults of variables, as text: "fail-on" is FAIL_ON. The keys are those of [PolicySettings].
	Settings map[string]string
	// DisabledRules do not run. Severities replace those of built-in rules, by rule id.
	DisabledRules []string
	Severities    map[string]Severity
	Suppress      []SuppressRule
	// SecretRules is the YAML list of the repository's own rules for secrets; the engine parses it. Nil without rules.
	// WithoutBuiltin switches off the built-in rules for secrets. WithoutImport ignores the configurations of other
	// scanners.
	SecretRules                   *yaml.Node
	WithoutBuiltin, WithoutImport bool
	// Dependencies has the decisions about packages and advisories.
	Dependencies DependencyPolicy
	// Warnings list harmless parts that were not understood, each with its line.
	Warnings []string
}

// SuppressRule suppresses findings. All conditions that are set must hold; at least one is set. A rule with only a path
// also accepts files there that cannot be read in full.
type SuppressRule struct {
	Fingerprint string
	Path        *PathPattern
	Rule        string
	// Reason is never empty.
	Reason string
	// Expires is the first day (midnight UTC) on which the rule no longer applies. Zero means never.
	Expires time.Time
	// Line is the line in the file, counted from 1.
	Line int
}

// matches reports whether the rule covers the finding. It ignores the expiry.
func (r *SuppressRule) matches(f *Finding) bool {
	return (r.Fingerprint == "" || r.Fingerprint == f.Fingerprint) &&
		(r.Rule == "" || r.Rule == f.RuleID) &&
		(r.Path == nil || r.Path.matchFinding(f))
}

func (r *SuppressRule) kind() string {
	if r.Fingerprint != "" {
		return SuppressedFingerprint
	}
	return SuppressedPath
}

func (r *SuppressRule) String() string {
	switch {
	case r.Fingerprint != "":
		return "fingerprint " + r.Fingerprint
	case r.Path != nil && r.Rule != "":
		return fmt.Sprintf("path %s, rule %s", r.Path, r.Rule)
	case r.Path != nil:
		return "path " + r.Path.String()
	}
	return "rule " + r.Rule
}

// rate applies the policy's severities.
func (p *Policy) rate(findings []Finding) {
	if p == nil || len(p.Severities) == 0 {
		return
	}
	for i := range findings {
		if s, ok := p.Severities[findings[i].RuleID]; ok {
			findings[i].Severity = s
		}
	}
}

// apply changes severities, suppresses findings, and removes accepted failures from result. It returns notes about those
// failures, and about rules that have expired or match nothing.
func (p *Policy) apply(findings []Finding, now time.Time, result *Result) []Note {
	if p == nil {
		return nil
	}
	p.rate(findings)
	used := make([]bool, len(p.Suppress))
	notes := p.accept(result, now, used)
	for i := range findings {
		f := &findings[i]
		for j := range p.Suppress {
			rule := &p.Suppress[j]
			if !rule.matches(f) {
				continue
			}
			used[j] = true
			if rule.expired(now) || f.Suppression != nil {
				continue
			}
			f.Suppression = &Suppression{Kind: rule.kind(), Reason: rule.Reason, Source: fmt.Sprintf("%s:%d", p.Source, rule.Line)}
		}
	}
	for j := range p.Suppress {
		rule := &p.Suppress[j]
		switch where := fmt.Sprintf("%s:%d", p.Source, rule.Line); {
		case used[j] && rule.expired(now):
			notes = append(notes, Note{Code: "suppression-expired", Text: fmt.Sprintf(
				"%s: the suppression of %s expired on %s; its findings count again", where, rule, rule.Expires.Format(time.DateOnly))})
		case !used[j]:
			notes = append(notes, Note{Code: "suppression-unused", Text: fmt.Sprintf(
				"%s: the suppression of %s matches nothing and can be removed", where, rule)})
		}
	}
	return notes
}

func (r *SuppressRule) expired(now time.Time) bool {
	return !r.Expires.IsZero() && !now.Before(r.Expires)
}

// PolicySettings are the keys of the configuration file that set defaults of variables.
var PolicySettings = []string{"fail-on", "fail-scope", "engines", "history", "max-file-size", "report-title"}
