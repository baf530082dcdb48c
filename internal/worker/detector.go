package worker

import (
	"slices"
	"sync"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// detectors caches the detector of the current rules. Compiling it takes longer than scanning a branch with few changes.
// The zero value is ready.
type detectors struct {
	mu sync.Mutex
	// hash and disabled are the key of the cached detector.
	hash     string
	disabled []string
	kept     *secret.Detector
}

// create returns a function that makes the detector of a scan with the rules of the instance. If the repository adds
// rules, the detector is made for this scan alone.
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
