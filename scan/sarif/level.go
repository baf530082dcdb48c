package sarif

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// severity returns false for a result that reports no problem. If a secret scanner gives no rating, the severity is
// HIGH: the standard's default would make a leaked credential a warning.
func (in *importer) severity(r *result, rule *rule) (scan.Severity, bool) {
	kind, level := r.Kind, r.Level
	switch level {
	case "pass", "notApplicable", "open":
		// Levels of the drafts of 2.0 that became kinds.
		kind, level = level, "none"
	}
	if r.BaselineState == "absent" || kind == "pass" || kind == "notApplicable" || kind == "informational" {
		return scan.SeverityNone, false
	}
	rated := level != ""
	if !rated {
		level, rated = in.level(r, rule)
	}
	if level == "none" && kind == "" {
		return scan.SeverityNone, false
	}
	if s := scored(r.Properties); s != scan.SeverityNone {
		return s, true
	}
	if rule != nil {
		if s := scored(rule.Properties); s != scan.SeverityNone {
			return s, true
		}
	}
	if !rated && contains(in.name, secretTools) {
		return scan.SeverityHigh, true
	}
	switch level {
	case "error":
		return scan.SeverityHigh, true
	case "none", "note":
		return scan.SeverityLow, true
	}
	return scan.SeverityMedium, true
}

// level determines the level of a result without one (3.27.10): from an override of its invocation, the rule's default,
// or else warning. False means that only the standard's default applies.
func (in *importer) level(r *result, rule *rule) (text, bool) {
	if rule == nil {
		return "warning", false
	}
	var at *invocation
	switch {
	case r.Provenance != nil && r.Provenance.InvocationIndex != nil:
		if i := int(*r.Provenance.InvocationIndex); i >= 0 && i < len(in.invocations) {
			at = &in.invocations[i]
		}
	case len(in.invocations) == 1:
		at = &in.invocations[0]
	}
	if at != nil {
		for i := range at.RuleConfigurationOverrides {
			o := &at.RuleConfigurationOverrides[i]
			if o.Configuration.Level != "" && in.rules.find(&o.Descriptor) == rule {
				return o.Configuration.Level, true
			}
		}
	}
	for _, c := range []*configuration{rule.DefaultConfiguration, rule.Configuration} {
		if c != nil && cmp.Or(c.Level, c.DefaultLevel) != "" {
			return cmp.Or(c.Level, c.DefaultLevel), true
		}
	}
	return "warning", false
}

// scored reads security-severity, a number like a CVSS score; SeverityNone means that there is no valid one.
func scored(p *properties) scan.Severity {
	if p == nil {
		return scan.SeverityNone
	}
	score, err := strconv.ParseFloat(strings.TrimSpace(string(p.SecuritySeverity)), 64)
	switch {
	case err != nil || math.IsNaN(score) || score <= 0 || score > 10:
		return scan.SeverityNone
	case score >= 9:
		return scan.SeverityCritical
	case score >= 7:
		return scan.SeverityHigh
	case score >= 4:
		return scan.SeverityMedium
	}
	return scan.SeverityLow
}

// confidence reads the confidence that this package writes, or else CodeQL's precision of the rule, or else returns
// medium. A result that a person must review ("open", "review") has low confidence.
func confidence(r *result, rule *rule) scan.Confidence {
	if r.Kind == "open" || r.Kind == "review" || r.Level == "open" {
		return scan.ConfidenceLow
	}
	var c scan.Confidence
	if r.Properties != nil && c.UnmarshalText([]byte(r.Properties.Confidence)) == nil {
		return c
	}
	if rule != nil && rule.Properties != nil {
		switch rule.Properties.Precision {
		case "very-high", "high":
			return scan.ConfidenceHigh
		case "low":
			return scan.ConfidenceLow
		}
	}
	return scan.ConfidenceMedium
}
