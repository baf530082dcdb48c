package engine

import (
	"context"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/secret"
)

// secrets makes the detector for secrets.
func secrets(_ context.Context, _ *Checkout, p *Plan) (Made, error) {
	d, err := p.SecretDetector()
	if err != nil {
		return Made{}, err
	}
	return Made{Detector: d}, nil
}

// SecretDetector makes the detector for secrets by the plan's rules.
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
