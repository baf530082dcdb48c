package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// The engines that there are. A new one is a package with a detector, and a row here: reports, files, the gate, the store and
// the server follow from the row.
func init() {
	Register(Engine{
		EngineInfo: scan.EngineInfo{Engine: secret.Engine, Words: []string{"secret"}, Title: "Secrets", Order: 1, Secrets: true},
		New:        secrets,
	})
	Register(Engine{
		EngineInfo: scan.EngineInfo{Engine: sca.Engine, Words: []string{"dependency", "sca"}, Title: "Dependencies", Order: 2, Packages: true, Floor: "dependencyFloor"},
		New:        dependencies,
	})
	Register(Engine{EngineInfo: scan.EngineInfo{Engine: "code", Words: []string{"sast"}, Title: "Code", Order: 3, Floor: "codeFloor"}})
	Register(Engine{EngineInfo: scan.EngineInfo{Engine: sarif.Engine, Title: "Imported", Order: 100, Foreign: true, Floor: "codeFloor"}})
}

// Engine is one row of the table of engines, with what makes its detectors.
type Engine struct {
	scan.EngineInfo
	// New makes the detector for a scan of a checkout by a plan. Nil: this version knows the engine by its name alone, and
	// says that nothing was checked by it.
	New func(ctx context.Context, c *Checkout, p *Plan) (Made, error)
}

// Made is a detector that was made for a scan.
type Made struct {
	Detector scan.Detector
	// Notes are what a reader must know of how it was made.
	Notes []scan.Note
	// Close releases what the detector holds; nil when that is nothing.
	Close func() error
}

var registered []Engine

// Register adds an engine to the table. It is called while packages are initialised, before the table is read; see
// [scan.Register].
func Register(e Engine) {
	scan.Register(e.EngineInfo)
	registered = append(registered, e)
	slices.SortStableFunc(registered, func(a, b Engine) int { return a.Order - b.Order })
}

// table lists the engines in their order, those of other tools too.
func table() []Engine { return registered }

// present names the engines that this version has and for which has is true, in their order.
func present(has func(e *scan.EngineInfo) bool) []string {
	var names []string
	for i := range registered {
		if e := &registered[i]; e.New != nil && has(&e.EngineInfo) {
			names = append(names, string(e.Engine))
		}
	}
	return names
}

// WithPackages names the engines that list the packages of a tree, as ENGINES takes them.
func WithPackages() string {
	return strings.Join(present(func(e *scan.EngineInfo) bool { return e.Packages }), ",")
}

// LooksUp reports whether a scan looks packages up in a file of advisories.
func (c *ScanConfig) LooksUp() bool {
	return !bool(c.OSVAPI) && len(present(func(e *scan.EngineInfo) bool { return e.Packages && c.Engines.Has(e.Engine) })) > 0
}
