package engine

import (
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/secret"
)

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
