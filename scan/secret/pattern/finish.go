package pattern

import (
	"context"
	"slices"

	"github.com/sluice-scan/sluice/scan/secret/ascii"
	"github.com/sluice-scan/sluice/scan/secret/found"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Finish runs what waits for the end of the file: rules that look at the whole text, and slow rules on their lines. It
// drops candidates of rules whose keyword is not in the file. The error is a [TimeoutError] when rules took too long.
func (t *Own) Finish(ctx context.Context) error {
	slow := slowLines{own: t}
	for _, w := range t.pending {
		if err := ctx.Err(); err != nil {
			return err
		}
		if w.rule.Custom.Plan().Held || t.keyword(w.rule) {
			slow.look(w.rule, w.start, w.end)
		}
	}
	for _, r := range t.whole {
		if r.Off || !t.awake(r) || !t.wants(r) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		switch {
		case t.found.Full():
			return found.ErrTooMany
		case r.Custom.Plan().Method == rule.MethodText:
			t.matchAll(r, 0, len(t.Data))
		case len(r.Near) == 0:
			for from := 0; from < len(t.Data) && !slow.stopped[r] && ctx.Err() == nil; {
				to := ascii.LineEnd(t.Data, from, len(t.Data))
				slow.look(r, from, to)
				from = to + 1
			}
		}
	}
	t.found.Drop(func(c *found.Candidate) bool {
		if c.Rule.Custom == nil || c.Rule.Custom.Plan().Held || t.keyword(c.Rule) {
			return false
		}
		t.found.Tell(c.Rule, c.Start, c.End, "the expression matches, but no keyword of the rule stands in the file")
		return true
	})
	return joinFailures(slow.failed, slow.late)
}

// awake reports whether the file contains what a rule needs to be run at all.
func (t *Own) awake(r *rule.Live) bool {
	return (len(r.Near) == 0 || t.seenAny(r.Near)) && t.keyword(r)
}

// keyword reports whether the file contains one of the rule's keywords.
func (t *Own) keyword(r *rule.Live) bool {
	c := r.Custom
	return len(c.Keywords) == 0 || t.seenAny(r.Wanted) ||
		slices.ContainsFunc(r.Short, func(k []byte) bool { return ascii.ContainsFold(t.Data, k) })
}

// seenAny reports whether one of the literals is in the file.
func (t *Own) seenAny(literals []int) bool {
	return slices.ContainsFunc(literals, func(literal int) bool { return t.seen[literal] })
}
