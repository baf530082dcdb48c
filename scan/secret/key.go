package secret

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Key identifies everything that decides what the detector finds: two detectors with one key find the same in the same
// file. Caches use it; it changes whenever a rule does. Allow lists are not part of it, because suppressed findings are
// still found.
func (d *Detector) Key() string {
	d.keyOnce.Do(func() { d.key = d.makeKey() })
	return d.key
}

// makeKey hashes the rules.
func (d *Detector) makeKey() string {
	h := sha256.New()
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.Off {
			continue
		}
		_, _ = fmt.Fprintf(h, "%q %d %d %q %q %q %q %d %d %q %q\n", r.ID, r.Severity, r.Confidence, r.Literals, r.Context, r.File, r.Expression,
			r.Longest, r.Boundary, r.Check, r.Matcher)
		if c := r.Custom; c != nil {
			_, _ = fmt.Fprintf(h, "%q %q %v %d %t\n", c.Keywords, c.Path, c.Entropy, c.Group, c.FirstGroup)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
