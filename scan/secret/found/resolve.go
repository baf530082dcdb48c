package found

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Resolve keeps one built-in candidate where several overlap: first one that nothing allows, then the one with the most
// specific rule, then the most certain, then the longest, then by place and id. It keeps one of users' rules in the
// same way, and joins the two; see join. Refused candidates take part, and are not in the result, which is ordered by
// place.
func (l *List) Resolve() []Candidate {
	l.allow()
	found := l.all
	if len(l.encoded) > 0 {
		found = l.withoutEncoded()
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortFunc(found, byPlace)
	kept := found[:0:0]
	if slices.ContainsFunc(found, func(c Candidate) bool { return c.Rule.Custom != nil }) {
		var own, builtin []Candidate
		for _, c := range found {
			if c.Rule.Custom != nil {
				own = append(own, c)
			} else {
				builtin = append(builtin, c)
			}
		}
		kept = l.join(best(nil, builtin), best(nil, own))
	} else {
		kept = best(kept, found)
	}
	if l.Trace != nil {
		l.Trace.resolved(found, kept)
	}
	return slices.DeleteFunc(kept, func(c Candidate) bool { return c.refused })
}

// byPlace orders candidates by place, and at one place the better ones first.
func byPlace(a, b Candidate) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), better(a, b))
}

// best appends the best of candidates that are ordered by place.
func best(kept, found []Candidate) []Candidate {
	for i := 0; i < len(found); {
		end := found[i].End
		j := i + 1
		for ; j < len(found) && found[j].Start < end; j++ {
			end = max(end, found[j].End)
		}
		kept = appendBest(kept, found[i:j])
		i = j
	}
	return kept
}

// join merges what built-in rules and users' rules found. Each list is ordered by place and does not overlap itself.
// When two candidates overlap, the one that covers the other and is at least as severe stands for both, the user's in a
// draw: a user's rule must not lower what a built-in rule says. Otherwise both stay, and so does the built-in one when
// the user's rule only warns. A text that a built-in rule refuses is not a credential for users' rules either.
func (l *List) join(builtin, own []Candidate) []Candidate {
	gone := make([]bool, len(builtin))
	kept := make([]Candidate, 0, len(builtin)+len(own))
	first := 0
	for _, c := range own {
		for first < len(builtin) && builtin[first].End <= c.Start {
			first++
		}
		stays := true
		for i := first; i < len(builtin) && builtin[i].Start < c.End; i++ {
			b := &builtin[i]
			switch {
			case b.refused:
				stays = stays && !b.covers(&c)
			case !c.Rule.Custom.WarnOnly && c.covers(b) && l.severity(&c) >= l.severity(b) && c.burden() <= b.burden():
				gone[i] = true
			case b.covers(&c) && l.severity(b) >= l.severity(&c) && b.burden() <= c.burden():
				stays = false
			}
		}
		if stays {
			kept = append(kept, c)
		}
	}
	for i, b := range builtin {
		if !gone[i] {
			kept = append(kept, b)
		}
	}
	slices.SortFunc(kept, byPlace)
	return kept
}

// severity returns the severity that the finding of a candidate will have.
func (l *List) severity(c *Candidate) scan.Severity {
	if forced, ok := l.forced[c.Rule.ID]; ok {
		return forced
	}
	return c.severity
}

// withoutEncoded returns the candidates without guesses about values that were judged in their decoded form.
func (l *List) withoutEncoded() []Candidate {
	return slices.DeleteFunc(l.all, func(c Candidate) bool {
		if c.Decoded != "" || c.Rule.Rank() > 0 {
			return false
		}
		at, _ := slices.BinarySearchFunc(l.encoded, c.Start, func(s Span, start int) int { return cmp.Compare(s.End, start+1) })
		return at < len(l.encoded) && l.encoded[at].Start <= c.Start
	})
}

// appendBest resolves candidates that overlap each other, directly or through others.
func appendBest(kept, cluster []Candidate) []Candidate {
	first := len(kept)
	slices.SortFunc(cluster, better)
	for _, c := range cluster {
		if !slices.ContainsFunc(kept[first:], func(k Candidate) bool { return c.Start < k.End && k.Start < c.End }) {
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept[first:], func(a, b Candidate) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

// better orders overlapping candidates, the best first.
func better(a, b Candidate) int {
	return cmp.Or(
		cmp.Compare(a.burden(), b.burden()),
		cmp.Compare(b.Rule.Rank(), a.Rule.Rank()),
		cmp.Compare(b.confidence, a.confidence),
		cmp.Compare(b.End-b.Start, a.End-a.Start),
		cmp.Compare(a.Start, b.Start),
		strings.Compare(a.Rule.ID, b.Rule.ID),
		-strings.Compare(a.Decoded, b.Decoded),
	)
}

// allow marks the candidates that an allow list applies to.
func (l *List) allow() {
	all := l.allowances
	if all == nil || l.page.Depth > 0 {
		// Findings in decoded text are judged in the list of the file.
		return
	}
	places := all.byPath[l.page.Kind.Path]
	line, counted := 1, 0
	if len(places) > 0 {
		// Lines are counted once, from one candidate to the next.
		slices.SortStableFunc(l.all, func(a, b Candidate) int { return a.Start - b.Start })
	}
	for i := range l.all {
		c := &l.all[i]
		if len(places) > 0 {
			line += bytes.Count(l.page.Data[counted:c.Start], []byte{'\n'})
			counted = c.Start
			last := line + bytes.Count(l.page.Data[c.Start:c.End], []byte{'\n'})
			for _, a := range places {
				if a.Line >= line && a.Line <= last && (len(a.Rules) == 0 || slices.Contains(a.Rules, c.Rule.ID)) {
					c.allowed = a
					break
				}
			}
		}
		for _, list := range [...][]*Allow{all.byRule[c.Rule.ID], all.everywhere} {
			for _, a := range list {
				if c.allowed == nil && a.holds(l.page, c) {
					c.allowed = a
				}
			}
		}
		if c.allowed != nil && l.Trace != nil {
			l.Trace.Add(c.Rule, c.Start, c.End, "allowed by %s", c.allowed.Source)
		}
	}
}

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
			Engine: rule.Engine, RuleID: r.ID, Family: rule.Family, Title: r.Title,
			Severity: l.severity(&c), Confidence: c.confidence,
			Message: message, Remediation: r.Remediation(), Link: r.Link,
			Start: c.Start, End: c.End, Secret: scan.NewSecret(string(l.page.Data[c.Start:c.End])), Decoded: scan.NewSecret(c.Decoded),
			Suppression: c.suppression(),
		}
	}
	return list
}
