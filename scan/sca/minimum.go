package sca

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

const minimumRule = "LEAST_VERSION_VULNERABLE"

var minimumRules = []scan.Rule{{
	ID: minimumRule, Engine: Engine, Title: "The minimum version is vulnerable",
	Description: "The file names a minimum version of Go, not the version in use: advisories affect the minimum.",
	Remediation: "Raise the go line, or pin the version with a toolchain line.", Link: "https://go.dev/doc/toolchain", Severity: scan.SeverityLow,
}}

// shownIDs is the number of advisories that a message names.
const shownIDs = 5

// minimum makes one finding of all advisories on a minimum version. The version in use is not known, so none of them is
// more than a hint.
func (s *survey) minimum(p *scan.Package, m *advisory.Matched) {
	rule := minimumRules[0]
	if rule.Severity < s.options.Policy.MinSeverity {
		return
	}
	var first, all []string
	for i := range m.Groups {
		first = append(first, m.Groups[i].ID)
		all = append(all, m.Groups[i].IDs...)
	}
	names := strings.Join(first[:min(len(first), shownIDs)], ", ")
	if more := len(first) - shownIDs; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	remediation := rule.Remediation
	if m.Fix != "" {
		remediation = fmt.Sprintf("Build with Go %s or newer, and raise the go line, or pin the version with a toolchain line.", m.Fix)
	}
	s.ending.Findings = append(s.ending.Findings, scan.Finding{
		Engine: Engine, RuleID: rule.ID, Severity: rule.Severity, Confidence: scan.ConfidenceLow,
		Title: fmt.Sprintf("%s %s is the minimum version: %s on it", p.Name, p.Version, scan.Plural(len(first), "advisory", "advisories")),
		Message: fmt.Sprintf("%s. The go line is a minimum: a newer Go builds the code without these. The file does not say which version is used.",
			names),
		Remediation: remediation, Link: rule.Link, Path: p.Path, Start: p.Start, End: p.End,
		Key:        string(p.Ecosystem) + "\x00" + p.Ecosystem.Normal(p.Name),
		Dependency: &scan.Dependency{Package: *p, IDs: all, Fix: m.Fix, MajorFix: m.Major},
	})
}
