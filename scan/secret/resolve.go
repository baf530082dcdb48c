package secret

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// resolve leaves of the candidates of built-in rules that overlap one for each place: one that nothing allows, then the one with the
// most specific rule, then the most certain, then the longest, then by place and id; and of those of people's own rules another one.
// Then the two are compared, see join. Refused ones take part, and are gone from the result, which is ordered by place.
func (l *list) resolve() []candidate {
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
	if slices.ContainsFunc(found, func(c candidate) bool { return c.rule.Custom != nil }) {
		var own, builtin []candidate
		for _, c := range found {
			if c.rule.Custom != nil {
				own = append(own, c)
			} else {
				builtin = append(builtin, c)
			}
		}
		kept = l.join(best(nil, builtin), best(nil, own))
	} else {
		kept = best(kept, found)
	}
	if l.trace != nil {
		l.trace.resolved(found, kept)
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
func (l *list) join(builtin, own []candidate) []candidate {
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
			case !c.rule.Custom.WarnOnly && c.covers(b) && l.severity(&c) >= l.severity(b) && c.burden() <= b.burden():
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

// severity is the one that a candidate's finding will have.
func (l *list) severity(c *candidate) scan.Severity {
	if forced, ok := l.forced[c.rule.ID]; ok {
		return forced
	}
	return c.severity
}

// withoutEncoded gives the candidates without guesses about a value that has been judged decoded.
func (l *list) withoutEncoded() []candidate {
	return slices.DeleteFunc(l.all, func(c candidate) bool {
		if c.decoded != "" || c.rule.Rank() > 0 {
			return false
		}
		at, _ := slices.BinarySearchFunc(l.encoded, c.start, func(s span, start int) int { return cmp.Compare(s.end, start+1) })
		return at < len(l.encoded) && l.encoded[at].start <= c.start
	})
}

// appendBest resolves candidates that overlap each other, directly or through others.
func appendBest(kept, cluster []candidate) []candidate {
	first := len(kept)
	slices.SortFunc(cluster, better)
	for _, c := range cluster {
		if !slices.ContainsFunc(kept[first:], func(k candidate) bool { return c.start < k.end && k.start < c.end }) {
			kept = append(kept, c)
		}
	}
	slices.SortFunc(kept[first:], func(a, b candidate) int { return cmp.Compare(a.start, b.start) })
	return kept
}

func better(a, b candidate) int {
	return cmp.Or(
		cmp.Compare(a.burden(), b.burden()),
		cmp.Compare(b.rule.Rank(), a.rule.Rank()),
		cmp.Compare(b.confidence, a.confidence),
		cmp.Compare(b.end-b.start, a.end-a.start),
		cmp.Compare(a.start, b.start),
		strings.Compare(a.rule.ID, b.rule.ID),
		-strings.Compare(a.decoded, b.decoded),
	)
}
