package engine

import (
	"context"
	"strings"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret"
	"github.com/sluice-scan/sluice/scan/secret/verify"
)

// secrets makes the detector for secrets.
func secrets(_ context.Context, _ *Checkout, p *Plan) (Made, error) {
	d, err := p.SecretDetector()
	if err != nil {
		return Made{}, err
	}
	return Made{Detector: d}, nil
}

// SecretDetector makes the detector for secrets with the plan's rules.
func (p *Plan) SecretDetector() (*secret.Detector, error) {
	create := p.means.Detector
	if create == nil {
		create = secret.New
	}
	options := p.Rules.Options()
	if p.Policy != nil {
		options.Disable = append(options.Disable, p.Policy.DisabledRules...)
	}
	d, err := create(options)
	if err != nil {
		return nil, &variable.UsageError{Err: err}
	}
	return d, nil
}

// verifier returns the function that asks the providers of secrets. It is nil unless VERIFY is set.
func (p *Plan) verifier() (ask func(ctx context.Context, findings []scan.Finding) []scan.Note, notes []scan.Note, err error) {
	if !bool(p.Config.Scan.Verify) {
		return nil, nil, nil
	}
	if bool(p.Config.Shared.DryRun) {
		return nil, []scan.Note{note("verify-off", "VERIFY was left out, because DRY_RUN sends nothing")}, nil
	}
	rules, err := secret.Verifications()
	if err != nil {
		return nil, nil, err
	}
	v := verify.New(rules, verify.Options{Transport: p.means.Providers, Log: p.log})
	p.log.Warn("VERIFY is set: THE SECRETS THAT THIS SCAN FINDS ARE SENT to their providers, to learn whether they still work",
		"most", verify.DefaultMaxSecrets, "hosts", len(v.Hosts()))
	p.log.Debug("hosts that VERIFY may call", "hosts", strings.Join(v.Hosts(), " "))
	return v.Verify, nil, nil
}
