package code

import (
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// withoutWeaker drops what a rule of a pack finds where another rule of a pack finds the same weakness and takes it for
// more severe: data of a request is also data of a parameter. The findings are sorted by place.
func (d *Detector) withoutWeaker(findings []scan.Finding) []scan.Finding {
	kept := findings[:0:0]
	for i := range findings {
		f := &findings[i]
		covered := false
		if d.pack[f.RuleID] {
			for k := i - 1; k >= 0 && findings[k].Start == f.Start && !covered; k-- {
				covered = d.covers(&findings[k], f)
			}
			for k := i + 1; k < len(findings) && findings[k].Start == f.Start && !covered; k++ {
				covered = d.covers(&findings[k], f)
			}
		}
		if !covered {
			kept = append(kept, *f)
		}
	}
	return kept
}

// covers reports whether a finding says all that another one of a pack says.
func (d *Detector) covers(f, other *scan.Finding) bool {
	return d.pack[f.RuleID] && f.Start == other.Start && f.End == other.End && f.Severity > other.Severity &&
		slices.ContainsFunc(f.Weaknesses, func(id string) bool { return slices.Contains(other.Weaknesses, id) })
}
