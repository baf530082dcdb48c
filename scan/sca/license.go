package sca

import (
	"fmt"
	"slices"
	"strings"

	"github.com/github/go-spdx/v2/spdxexp"

	"github.com/sluice-scan/sluice/scan"
)

const licenseRule = "LICENSE_NOT_ALLOWED"

var licenseRules = []scan.Rule{{
	ID: licenseRule, Engine: Engine, Title: "Licence that the project does not allow",
	Description: "The configuration does not allow the package's licence, or denies it.",
	Remediation: "Replace the package, or allow its licence in .sluice.yml.", Severity: scan.SeverityHigh,
}}

// licenses compares the licences in the tree with the policy.
func (s *survey) licenses() {
	policy := &s.options.Policy
	if len(policy.AllowedLicenses) == 0 && len(policy.DeniedLicenses) == 0 {
		return
	}
	unknown := 0
	seen := map[string]bool{}
	verdicts := map[string]licenseVerdict{}
	for i := range s.ending.Packages {
		p := &s.ending.Packages[i]
		if p.Development && policy.WithoutDevelopment || p.Origin == scan.OriginLocal {
			continue
		}
		verdict, known := verdicts[p.License]
		if !known {
			verdict = judge(p.License, policy)
			verdicts[p.License] = verdict
		}
		switch key := p.Path + "\x00" + p.PURL(); {
		case verdict == licenseUnknown:
			unknown++
		case verdict == licenseRefused && !seen[key]:
			seen[key] = true
			s.ending.Findings = append(s.ending.Findings, licenseFinding(p))
		}
	}
	if unknown > 0 {
		s.note("license-unknown", "the licences of %s are not known from the files of the tree", scan.Plural(unknown, "package", "packages"))
	}
}

type licenseVerdict int

const (
	licenseUnknown licenseVerdict = iota
	licenseAllowed
	licenseRefused
)

// maxLicense and maxTerms limit an expression, because its alternatives are multiplied out. The longest expression of a
// well-known package has five terms.
const (
	maxLicense = 1000
	maxTerms   = 12
)

// judge reports whether allowed licences can satisfy an SPDX expression
// (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/) without denied ones.
func judge(expression string, policy *scan.DependencyPolicy) licenseVerdict {
	if expression == "" || len(expression) > maxLicense || strings.Count(strings.ToUpper(expression), " OR ")+strings.Count(strings.ToUpper(expression), " AND ") > maxTerms {
		return licenseUnknown
	}
	ids, err := spdxexp.ExtractLicenses(expression)
	if err != nil {
		return licenseUnknown
	}
	allowed := policy.AllowedLicenses
	if len(allowed) == 0 {
		allowed = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return denies(policy, id) })
		if len(allowed) == 0 {
			return licenseRefused
		}
	} else {
		allowed = slices.DeleteFunc(slices.Clone(allowed), func(id string) bool { return denies(policy, id) })
	}
	if ok, err := spdxexp.Satisfies(expression, allowed); err == nil && ok {
		return licenseAllowed
	}
	return licenseRefused
}

func denies(policy *scan.DependencyPolicy, id string) bool {
	return slices.ContainsFunc(policy.DeniedLicenses, func(denied string) bool { return strings.EqualFold(denied, id) })
}

func licenseFinding(p *scan.Package) scan.Finding {
	f := scan.Finding{
		Engine: Engine, RuleID: licenseRule, Severity: scan.SeverityHigh, Confidence: scan.ConfidenceHigh,
		Title:       fmt.Sprintf("%s %s: licence %s is not allowed", p.Name, p.Version, p.License),
		Message:     fmt.Sprintf("The licences that the configuration allows for %s do not cover %s.", p.Name, p.License),
		Remediation: licenseRules[0].Remediation,
		Path:        p.Path, Start: p.Start, End: p.End, Key: string(p.Ecosystem) + "\x00" + p.Ecosystem.Normal(p.Name) + "\x00" + p.License,
		Dependency: &scan.Dependency{Package: *p},
	}
	if p.Declared != nil {
		f.Path, f.Start, f.End, f.Related = p.Declared.Path, p.Declared.Start, p.Declared.End, fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	return f
}

// CheckLicenses returns the ids of a policy that SPDX does not know, so that the configuration can reject them.
func CheckLicenses(policy *scan.DependencyPolicy) (unknown []string) {
	ids := slices.Concat(policy.AllowedLicenses, policy.DeniedLicenses)
	_, unknown = spdxexp.ValidateLicenses(ids)
	return unknown
}
