package sca

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// finding makes the finding for one vulnerability of one package: on the line where a person asked for the package, else
// on the line that pins it.
func (s *survey) finding(p *scan.Package, m *advisory.Matched, g *advisory.Group) scan.Finding {
	best := &g.Advisories[0]
	f := scan.Finding{
		Engine: Engine, RuleID: g.ID, Severity: g.Severity, Confidence: scan.ConfidenceHigh,
		Title:   fmt.Sprintf("%s %s: %s", p.Name, p.Version, cmp.Or(best.Summary, "vulnerable ("+g.ID+")")),
		Message: message(p, g), Remediation: remediation(p, m, g), Link: best.Link,
		Path: p.Path, Start: p.Start, End: p.End,
		Key: string(p.Ecosystem) + "\x00" + p.Ecosystem.Normal(p.Name),
		Dependency: &scan.Dependency{
			Package: *p, IDs: g.IDs, Score: g.Score, Rated: g.Rated, Fix: m.Fix, MajorFix: m.Major,
		},
	}
	if p.Declared != nil {
		f.Path, f.Start, f.End = p.Declared.Path, p.Declared.Start, p.Declared.End
		f.Related = fmt.Sprintf("%s:%d", p.Path, p.Line)
	}
	if s.options.Exploits != nil {
		f.Dependency.Exploited, f.Dependency.EPSS = s.options.Exploits.Of(g.IDs)
	}
	if f.Dependency.Exploited {
		f.Message += " It is known to be exploited."
	}
	if f.Dependency.EPSS > 0 {
		f.Message += fmt.Sprintf(" Probability of exploitation within 30 days (EPSS): %.1f %%.", f.Dependency.EPSS*100)
	}
	return f
}

func rule(g *advisory.Group) scan.Rule {
	best := &g.Advisories[0]
	return scan.Rule{
		ID: g.ID, Engine: Engine, Title: cmp.Or(best.Summary, g.ID), Description: strings.Join(g.IDs, ", "),
		Remediation: "Upgrade the package to a version that the advisory does not affect.", Link: best.Link, Severity: g.Severity,
	}
}

// message says which advisory it is, how severe it is, and how the package came in.
func message(p *scan.Package, g *advisory.Group) string {
	text := g.ID
	if others := g.IDs[1:]; len(others) > 0 {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	switch {
	case g.Score > 0 && strings.HasPrefix(g.Rated, "CVSS"):
		text += fmt.Sprintf(", %s: %.1f.", g.Rated, g.Score)
	case g.Rated == "":
		text += ", unrated: MEDIUM is the default."
	case g.Rated == "database" || g.Rated == "malware":
		text += ", rated by its database."
	default:
		text += fmt.Sprintf(", rated as its alias %s.", g.Rated)
	}
	var how []string
	switch {
	case p.Relation == scan.RelationDirect:
		how = append(how, "a direct dependency")
	case p.Via != "":
		how = append(how, "brought in by "+p.Via)
	case p.Relation == scan.RelationTransitive:
		how = append(how, "a transitive dependency")
	}
	if p.Development {
		how = append(how, "for development only")
	}
	if len(how) > 0 {
		text += fmt.Sprintf(" %s is %s.", p.Name, strings.Join(how, ", "))
	}
	return text
}

// remediation says which package to upgrade, and to which version.
func remediation(p *scan.Package, m *advisory.Matched, g *advisory.Group) string {
	if g.Advisories[0].Malicious() {
		return fmt.Sprintf("Remove %s at once: the package is malware. Treat every machine that installed it, and every secret on it, as compromised.", p.Name)
	}
	if p.PinnedBy != "" && p.Declared != nil && m.Fix != "" {
		return fmt.Sprintf("Upgrade %s to %s in the %s of %s, which decide its version: upgrading its dependents, or only the lock file, changes nothing.",
			p.Name, m.Fix, p.PinnedBy, p.Declared.Path)
	}
	switch {
	case m.Fix == "":
		return fmt.Sprintf("No version of %s without a known advisory is known. Replace it, or accept the risk with a reason in .sluice.yml.", p.Name)
	case p.Via != "" && m.Major:
		return fmt.Sprintf("Upgrade %s, which brings it in, until %s is %s or newer (a major upgrade).", p.Via, p.Name, m.Fix)
	case p.Via != "":
		return fmt.Sprintf("Upgrade %s, which brings it in, until %s is %s or newer; or update only %s in the lock file.", p.Via, p.Name, m.Fix, p.Name)
	case m.Major:
		return fmt.Sprintf("Upgrade %s to %s (a major upgrade: every version of the same major version has known advisories).", p.Name, m.Fix)
	}
	return fmt.Sprintf("Upgrade %s to %s.", p.Name, m.Fix)
}
