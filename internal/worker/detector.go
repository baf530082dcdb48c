package worker

import (
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// detectors keeps the detector of today's rules: to compile it takes longer than to scan a branch in which little is new. The
// zero value is ready.
type detectors struct {
	mu sync.Mutex
	// hash and disabled are what the kept one is of.
	hash     string
	disabled []string
	kept     *secret.Detector
}

// create gives what makes the detector of a scan by the instance's rules. One whose repository adds to them is made for the scan
// alone.
func (d *detectors) create(rules *policy.RuleSet) func(o secret.Options) (*secret.Detector, error) {
	return func(o secret.Options) (*secret.Detector, error) {
		ours := len(o.Rules) == len(rules.Rules) && !slices.ContainsFunc(o.Rules, func(r secret.Rule) bool { return r.Source != ruleset.GlobalSource })
		if !ours || len(o.Severity) > 0 || len(o.Allow) > 0 || len(o.Builtin) > 0 || o.WithoutBuiltin {
			return secret.New(o)
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.kept != nil && d.hash == rules.Hash && slices.Equal(d.disabled, o.Disable) {
			return d.kept, nil
		}
		made, err := secret.New(o)
		if err == nil {
			d.hash, d.disabled, d.kept = rules.Hash, slices.Clone(o.Disable), made
		}
		return made, err
	}
}
