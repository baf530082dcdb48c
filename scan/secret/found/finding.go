package found

import (
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Findings resolves the candidates and returns them as findings, ordered by Start; nil when there are none.
func (l *List) Findings() []scan.Finding {
	kept := l.Resolve()
	if len(kept) == 0 {
		return nil
	}
	list := make([]scan.Finding, len(kept))
	for i, c := range kept {
		r := c.Rule
		message := r.Message()
		if c.Note != "" {
			message += " " + c.Note
		}
		list[i] = scan.Finding{
			Engine: scan.EngineSecrets, RuleID: r.ID, Family: rule.Family, Title: r.Title,
			Severity: l.severity(&c), Confidence: c.confidence,
			Message: message, Remediation: r.Remediation(), Link: r.Link,
			Start: c.Start, End: c.End, Secret: scan.NewSecret(string(l.page.Data[c.Start:c.End])), Decoded: scan.NewSecret(c.Decoded),
			Suppression: c.suppression(),
		}
	}
	return list
}
