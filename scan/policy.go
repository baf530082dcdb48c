package scan

import (
	"fmt"
	"time"

	"go.yaml.in/yaml/v3"
)

// PolicyFile is the name of the configuration at the root of a repository.
const PolicyFile = ".sluice.yml"

// Policy is what a repository's configuration file says. The zero value says nothing.
type Policy struct {
	// Source is where it was read: ".sluice.yml" or the file that the user named; empty when there is none.
	Source string
	// Settings are defaults for the variables of the same name in capitals and with underscores ("fail-on" is FAIL_ON):
	// those of [PolicySettings], as text.
	Settings map[string]string
	// Rules that do not run, and severities that replace the built-in ones, by rule id.
	DisabledRules []string
	Severities    map[string]Severity
	Suppress      []SuppressRule
	// SecretRules is the YAML list of the repository's own rules for secrets, for the engine to read; nil when there is
	// none. WithoutBuiltin switches the built-in rules for secrets off, WithoutImport the reading of the configurations of
	// other scanners.
	SecretRules                   *yaml.Node
	WithoutBuiltin, WithoutImport bool
	// Dependencies is what is decided about packages and advisories.
	Dependencies DependencyPolicy
	// Warnings are what was not understood but does no harm, each with its line.
	Warnings []string
}

// SuppressRule switches findings off. Those of its conditions that are set must all hold; at least one is set. One with a path
// alone also accepts that files there cannot be read, or only in part.
type SuppressRule struct {
	Fingerprint string
	Path        *PathPattern
	Rule        string
	// Reason is never empty.
	Reason string
	// Expires is the first day (midnight UTC) on which the rule no longer holds; zero means never.
	Expires time.Time
	// Line is where it stands in the file, counted from 1.
	Line int
}

// matches reports whether the rule speaks of the finding, whatever its expiry.
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

// rate sets the severities that the policy gives to rules.
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

// apply changes severities, suppresses findings, and takes out of result what could not be read and is accepted. It returns
// notes on that, and on the rules that have expired or match nothing.
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

// PolicySettings are the keys of the configuration file that are defaults of variables.
var PolicySettings = []string{"fail-on", "fail-scope", "engines", "history", "max-file-size", "report-title"}
