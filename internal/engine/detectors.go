package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
)

// Made is a detector that was made for a scan.
type Made struct {
	Detector scan.Detector
	// Notes are what a reader must know of how it was made.
	Notes []scan.Note
	// Close releases what the detector holds; nil when that is nothing.
	Close func() error
}

// detectors are those of a scan. close releases what they hold.
type detectors struct {
	list  []scan.Detector
	notes []scan.Note
	close func() error
}

// detectors makes those of the engines that the configuration names. Naming only engines that this version does not have
// is an error: nothing would be checked, and the gate would stand open.
func (p *Plan) detectors(ctx context.Context, c *Checkout) (*detectors, error) {
	engines := p.Config.Scan.Engines
	made := &detectors{close: func() error { return nil }}
	var rules []scan.Rule
	if engines.Has(scan.EngineSecrets) {
		d, err := p.SecretDetector()
		if err != nil {
			return nil, err
		}
		made.list = append(made.list, d)
		rules = append(rules, d.Rules()...)
	}
	if slices.Contains(engines, scan.EngineCode) {
		made.notes = append(made.notes, note("no-engine", "the engine %s is not part of this version; nothing was checked by it", scan.EngineCode))
	}
	if engines.Has(scan.EngineDependencies) {
		one, err := dependencies(ctx, c, p)
		if err != nil {
			return nil, err
		}
		made.list, made.notes = append(made.list, one.Detector), append(made.notes, one.Notes...)
		rules = append(rules, one.Detector.Rules()...)
		if one.Close != nil {
			made.close = one.Close
		}
	}
	if p.Policy != nil {
		for _, id := range unknownSeverities(p.Policy, rules) {
			made.notes = append(made.notes, note("unknown-rule", "%s: there is no rule %s", p.Policy.Source, id))
		}
	}
	if len(made.list) == 0 {
		return nil, &variable.UsageError{Err: errors.New("ENGINES: this version has the engines secrets and dependencies only")}
	}
	return made, nil
}

// unknownSeverities lists the rules whose severity a policy changes and that no engine has. (Disabled ones are checked by
// their engine.)
func unknownSeverities(p *scan.Policy, rules []scan.Rule) []string {
	var ids []string
	for id := range p.Severities {
		// The ids of advisories have dashes, those of rules none.
		if !strings.Contains(id, "-") && !slices.ContainsFunc(rules, func(r scan.Rule) bool { return r.ID == id }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
