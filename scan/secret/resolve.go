package secret

import (
	"cmp"
	"slices"

	"github.com/sluice-scan/sluice/scan"
)

// resolve leaves of the candidates of built-in rules that overlap one for each place: one that nothing allows, then the one with the
// most specific rule, then the most certain, then the longest, then by place and id; and of those of people's own rules another one.
// Then the two are compared, see join. Refused ones take part, and are gone from the result, which is ordered by place.
func (t *text) resolve() []candidate {
	t.allow()
	found := t.found
	if len(t.encoded) > 0 {
		found = t.withoutEncoded()
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortFunc(found, byPlace)
	kept := found[:0:0]
	if slices.ContainsFunc(found, func(c candidate) bool { return c.rule.Custom != nil }) {
		var own, builtin []candidate
		for _, c := range found {
			if c.rule.Custom != nil {
				own = append(own, c)
			} else {
				builtin = append(builtin, c)
			}
		}
		kept = t.join(best(nil, builtin), best(nil, own))
	} else {
		kept = best(kept, found)
	}
	if t.trace != nil {
		t.trace.resolved(found, kept)
	}
	return slices.DeleteFunc(kept, func(c candidate) bool { return c.refused })
}

func byPlace(a, b candidate) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), better(a, b))
}

// best adds the best of candidates that are ordered by place.
func best(kept, found []candidate) []candidate {
	for i := 0; i < len(found); {
		end := found[i].end
		j := i + 1
		for ; j < len(found) && found[j].start < end; j++ {
			end = max(end, found[j].end)
		}
		kept = appendBest(kept, found[i:j])
		i = j
	}
	return kept
}

// join brings together what built-in rules and people's own have found; each list is ordered by place and does not overlap itself. Of
// two that overlap the one that is at least as severe, and covers the other, stands for both, people's own at a draw: their rule must
// not lower what a built-in one says. Else both are kept, and so is a built-in one's where theirs only warns. What a built-in rule knows to be no credential is none for the others.
func (t *text) join(builtin, own []candidate) []candidate {
	gone := make([]bool, len(builtin))
	kept := make([]candidate, 0, len(builtin)+len(own))
	first := 0
	for _, c := range own {
		for first < len(builtin) && builtin[first].end <= c.start {
			first++
		}
		stays := true
		for i := first; i < len(builtin) && builtin[i].start < c.end; i++ {
			b := &builtin[i]
			switch {
			case b.refused:
				stays = stays && !b.covers(&c)
			case !c.rule.Custom.WarnOnly && c.covers(b) && t.severity(&c) >= t.severity(b) && c.burden() <= b.burden():
				gone[i] = true
			case b.covers(&c) && t.severity(b) >= t.severity(&c) && b.burden() <= c.burden():
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

func (c *candidate) covers(d *candidate) bool { return c.start <= d.start && d.end <= c.end }

// severity is the one that a candidate's finding will have.
func (t *text) severity(c *candidate) scan.Severity {
	if forced, ok := t.forced[c.rule.ID]; ok {
		return forced
	}
	return c.severity
}
