package sca

import (
	"context"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// Advisories looks up vulnerabilities. It is safe for concurrent use.
type Advisories interface {
	// Find returns the known advisories of packages, which must have versions that can be matched. An error means that
	// nothing is known about any of them.
	Find(ctx context.Context, packages []scan.Package) (Found, error)
}

// Found is the result of [Advisories].
type Found struct {
	// Advisories are all advisories on each package, for any version, in the order of the requested packages.
	Advisories [][]advisory.Advisory
	// Unchecked has the reason for each ecosystem without data.
	Unchecked map[scan.Ecosystem]string
	// Date is the date of the data; zero if it is not known.
	Date  time.Time
	Notes []scan.Note
}

// Options is what the detector needs.
type Options struct {
	// Advisories may be nil: then packages are listed but not checked.
	Advisories Advisories
	Policy     scan.DependencyPolicy
	// Ignore are entries from other tools' files, in addition to the policy's.
	Ignore []scan.DependencyIgnore
	// Exploits may be nil.
	Exploits *Exploits
	// Jobs is the number of files that are read in parallel; 0 means one.
	Jobs int
	// Now is the date for expiries; nil means time.Now.
	Now func() time.Time
}

// Detector finds vulnerable dependencies.
type Detector struct{ options Options }

// New returns a detector. It has no other effect.
func New(o Options) *Detector {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Ignore = slices.Concat(o.Policy.Ignore, o.Ignore)
	return &Detector{o}
}

// Engine is the name of the engine for dependencies.
const Engine scan.Engine = "dependencies"

// Engine implements scan.Detector.
func (d *Detector) Engine() scan.Engine { return Engine }

// Wants implements scan.Detector. Dependencies follow from the tree as a whole: the pass reads its files in End.
func (d *Detector) Wants() scan.Wants { return scan.Wants{} }

// Rules implements scan.Detector. It lists the rules that are not advisories; an advisory becomes a rule with its
// finding.
func (d *Detector) Rules() []scan.Rule { return slices.Concat(licenseRules, minimumRules) }

// Begin implements scan.Detector.
func (d *Detector) Begin() scan.Pass { return pass{d} }

type pass struct{ d *Detector }

// File implements scan.Pass. It is never called; see Wants.
func (pass) File(context.Context, *scan.Content) ([]scan.Finding, error) { return nil, nil }

// End implements scan.Pass.
func (p pass) End(ctx context.Context, tree *scan.Tree) (scan.Ending, error) {
	o := &p.d.options
	ending, err := collect(ctx, tree, o.Jobs)
	if err != nil || len(ending.Packages) == 0 {
		return ending, err
	}
	s := survey{options: o, now: o.Now(), ending: &ending}
	err = s.advisories(ctx, tree)
	s.licenses()
	s.ignore()
	return ending, err
}
