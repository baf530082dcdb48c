package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// detectors are the detectors of a scan.
type detectors struct {
	list  []scan.Detector
	notes []scan.Note
	ends  []func() error
}

// close releases the resources of the detectors.
func (d *detectors) close() error {
	var err error
	for _, end := range d.ends {
		err = errors.Join(err, end())
	}
	return err
}

// detectors makes the detectors of the configured engines. If this version has none of them, it returns an error:
// nothing would be checked, and everything would pass the gate.
func (p *Plan) detectors(ctx context.Context, c *Checkout) (*detectors, error) {
	engines := p.Config.Scan.Engines
	made, err := p.make(ctx, c, func(e *scan.EngineInfo) bool { return engines.Has(e.Engine) })
	if err != nil {
		return nil, err
	}
	if len(made.list) == 0 {
		all := present(func(*scan.EngineInfo) bool { return true })
		return nil, &variable.UsageError{Err: fmt.Errorf("ENGINES: this version has only the engines %s", scan.Listed(all, "and"))}
	}
	var absent []scan.Note
	for _, row := range table() {
		if row.New == nil && slices.Contains(engines, row.Engine) {
			absent = append(absent, note("no-engine", "the engine %s is not part of this version; nothing was checked by it", row.Engine))
		}
	}
	made.notes = slices.Concat(absent, made.notes)
	if p.Policy != nil {
		for _, id := range unknownSeverities(p.Policy, made.list) {
			made.notes = append(made.notes, note("unknown-rule", "%s: there is no rule %s", p.Policy.Source, id))
		}
	}
	return made, nil
}

// make makes the detectors of the engines for which wanted is true, in the order of the table.
func (p *Plan) make(ctx context.Context, c *Checkout, wanted func(e *scan.EngineInfo) bool) (*detectors, error) {
	all := &detectors{}
	for _, row := range table() {
		if row.New == nil || !wanted(&row.EngineInfo) {
			continue
		}
		made, err := row.New(ctx, c, p)
		if err != nil {
			return nil, errors.Join(err, all.close())
		}
		all.list, all.notes = append(all.list, made.Detector), append(all.notes, made.Notes...)
		if made.Close != nil {
			all.ends = append(all.ends, made.Close)
		}
	}
	return all, nil
}

// unknownSeverities lists the rules whose severity a policy changes and which no engine has. Each engine checks the
// disabled rules.
func unknownSeverities(p *scan.Policy, detectors []scan.Detector) []string {
	var ids []string
	var rules []scan.Rule
	for _, d := range detectors {
		rules = append(rules, d.Rules()...)
	}
	for id := range p.Severities {
		// Advisory ids contain dashes. Rule ids do not.
		if !strings.Contains(id, "-") && !slices.ContainsFunc(rules, func(r scan.Rule) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
