package secret

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/rule"
)

// Tested counts what TestSamples tested.
type Tested struct{ Rules, Samples, Without int }

// TestSamples runs the samples of every rule, built-in and from the options: a rule must fire on samples that match and
// stay silent on the others. A built-in rule must have both kinds; Without counts users' rules without samples. The
// error joins all failures, each with the rule and the number of the sample, but never its text.
func TestSamples(ctx context.Context, options Options) (Tested, error) {
	// Samples count for every path.
	options.Rules = slices.Clone(options.Rules)
	for i := range options.Rules {
		if r := &options.Rules[i]; r.Custom != nil && r.Expression != "" && len(r.Match)+len(r.NoMatch) > 0 {
			options.Rules[i] = r.Anywhere()
		}
	}
	d, err := New(options)
	if err != nil {
		return Tested{}, err
	}
	var tested Tested
	var failures []error
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.Off {
			continue
		}
		tested.Rules++
		switch {
		case r.Custom == nil && (len(r.Match) == 0 || len(r.NoMatch) == 0):
			failures = append(failures, fmt.Errorf("rule %s: it needs a sample under match and one under no_match", r.ID))
		case len(r.Match)+len(r.NoMatch) == 0:
			tested.Without++
		}
		for n, sample := range r.Match {
			tested.Samples++
			if err := d.testSample(ctx, r, sample, true); err != nil {
				failures = append(failures, fmt.Errorf("%srule %s: match sample %d: %w", r.Place(), r.ID, n+1, err))
			}
		}
		for n, sample := range r.NoMatch {
			tested.Samples++
			if err := d.testSample(ctx, r, sample, false); err != nil {
				failures = append(failures, fmt.Errorf("%srule %s: no_match sample %d: %w", r.Place(), r.ID, n+1, err))
			}
		}
	}
	return tested, errors.Join(failures...)
}

// testSample runs one sample of a rule.
func (d *Detector) testSample(ctx context.Context, r *rule.Live, sample rule.Sample, fires bool) error {
	text, err := sample.Text()
	if err != nil {
		return err
	}
	found, err := d.file(ctx, r.TestPath(), []byte(text))
	if err != nil {
		return err
	}
	fired := slices.ContainsFunc(found, func(f scan.Finding) bool { return f.RuleID == r.ID })
	switch {
	case fired == fires:
		return nil
	case fired:
		return errors.New("the rule fires on it")
	case len(found) > 0:
		return fmt.Errorf("the rule does not fire on it, but %s does", found[0].RuleID)
	}
	return errors.New("the rule does not fire on it")
}
