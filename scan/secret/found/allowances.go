package found

import (
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/match"
	"github.com/sluice-scan/sluice/scan/secret/page"
)

// Allowances are the allow lists of a detector, sorted by what they apply to. It is immutable.
type Allowances struct {
	everywhere []*Allow
	byRule     map[string][]*Allow
	byPath     map[string][]*Allow
}

// NewAllowances sorts a list. It returns nil when there is none.
func NewAllowances(list []Allow) *Allowances {
	if len(list) == 0 {
		return nil
	}
	all := &Allowances{byRule: make(map[string][]*Allow), byPath: make(map[string][]*Allow)}
	for i := range list {
		a := &list[i]
		switch {
		case a.Line > 0:
			all.byPath[a.Path] = append(all.byPath[a.Path], a)
		case len(a.Rules) == 0:
			all.everywhere = append(all.everywhere, a)
		default:
			for _, id := range a.Rules {
				all.byRule[id] = append(all.byRule[id], a)
			}
		}
	}
	return all
}

// File returns the suppression of a rule that reports the file at path itself; nil when nothing allows it. A nil receiver
// allows nothing.
func (all *Allowances) File(id, path, commit string) *scan.Suppression {
	if all == nil {
		return nil
	}
	p := page.Page{Kind: page.Kind{Path: path}, Commit: commit}
	for _, a := range slices.Concat(all.byRule[id], all.everywhere, all.byPath[path]) {
		if a.Line > 0 && (len(a.Rules) == 0 || slices.Contains(a.Rules, id)) || a.holds(&p, &Candidate{}) {
			return a.suppression()
		}
	}
	return nil
}

// holds reports whether the conditions apply to a candidate on a page.
func (a *Allow) holds(t *page.Page, c *Candidate) bool {
	set, held := 0, 0
	condition := func(asked, ok bool) {
		if asked {
			set++
			if ok {
				held++
			}
		}
	}
	condition(len(a.Commits) > 0, t.Commit != "" && slices.Contains(a.Commits, t.Commit))
	condition(len(a.Paths)+len(a.Patterns) > 0, a.holdsPath(t.Kind.Path))
	if set > held && a.All || set > 0 && held == set && !a.All {
		return held == set
	}
	condition(len(a.Expressions) > 0, a.matches(t, c))
	condition(len(a.StopWords) > 0, a.stops(t.Data[c.Start:c.End]) || c.Decoded != "" && a.stops([]byte(c.Decoded)))
	if a.All {
		return set > 0 && held == set
	}
	return held > 0
}

// maxAllowLine bounds the part of a line, in bytes on each side of a finding, that expressions look at.
const maxAllowLine = 4096

// matches reports whether one of the expressions matches its target.
func (a *Allow) matches(t *page.Page, c *Candidate) bool {
	if len(a.Expressions) == 0 {
		return false
	}
	start, end := c.Start, c.End
	switch a.Target {
	case TargetMatch:
		start, end = c.MatchStart, c.MatchEnd
	case TargetLine:
		start, end = ascii.LineStart(t.Data, c.Start, maxAllowLine), ascii.LineEnd(t.Data, c.End, maxAllowLine)
	}
	text := string(t.Data[start:end])
	if c.Decoded != "" && a.Target != TargetMatch && a.Target != TargetLine {
		text = c.Decoded
	}
	return slices.ContainsFunc(a.Expressions, func(e *match.Expression) bool { return e.MatchString(text) })
}
