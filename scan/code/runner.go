package code

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code/rule"
	"github.com/sluice-scan/sluice/scan/code/ruletest"
)

// Runner runs rules on test files as the detector does, without leaving any file out.
type Runner struct{}

// Run implements [ruletest.Runner]. A rule that cannot be run finds nothing.
func (Runner) Run(ctx context.Context, rules []*rule.Rule, target ruletest.Target) ([]ruletest.Finding, error) {
	d := &Detector{options: Options{Now: time.Now}, described: map[string]scan.Rule{}}
	for _, r := range rules {
		d.rules = append(d.rules, Rule{Rule: onePython(r)})
	}
	d.compile()
	e := &examination{detector: d, path: target.Path, source: string(target.Data)}
	e.front, _ = frontOf(target.Path, target.Data)
	var found []ruletest.Finding
	for _, f := range e.run(ctx) {
		found = append(found, ruletest.Finding{RuleID: f.RuleID, Line: e.line(f.Start)})
	}
	return found, ctx.Err()
}
