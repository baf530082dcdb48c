package sca

import (
	"context"
	"slices"
	"time"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sca/advisory"
)

// Advisories knows what is vulnerable. It is safe for concurrent use.
type Advisories interface {
	// Find gives what is known of packages that can be matched. An error means that nothing is known of any.
	Find(ctx context.Context, packages []scan.Package) (Found, error)
}

// Found is what [Advisories] know.
type Found struct {
	// Advisories are all that speak of each package, whatever its version, in the order of the packages asked for.
	Advisories [][]advisory.Advisory
	// Unchecked gives, for ecosystems on which there is no data, the reason.
	Unchecked map[scan.Ecosystem]string
	// Date is how new the data is; zero when that is not known.
	Date  time.Time
	Notes []scan.Note
}

// Options is what the detector needs.
type Options struct {
	// Advisories may be nil: then packages are listed, and nothing is known of them.
	Advisories Advisories
	Policy     scan.DependencyPolicy
	// Ignore are entries of other tools' files, besides the policy's.
	Ignore []scan.DependencyIgnore
	// Exploits may be nil.
	Exploits *Exploits
	// Jobs is how many files are read at once; 0 means one.
	Jobs int
	// Now is the day on which expiries are judged; nil means time.Now.
	Now func() time.Time
}

// Detector finds vulnerable dependencies.
type Detector struct{ options Options }

// New makes a detector. It does nothing else.
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

// Wants implements scan.Detector. Dependencies follow from the tree as a whole: the pass reads its files at its end.
func (d *Detector) Wants() scan.Wants { return scan.Wants{} }

// Rules implements scan.Detector. It lists the rules that are no advisories; those come with what is found.
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
