package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/sarif"
	"github.com/sluice-scan/sluice/scan/sca"
	"github.com/sluice-scan/sluice/scan/secret"
)

// All engines. A new engine is a package with a detector, and a row here. Reports, files, the gate, the store and the
// server follow from the row.
func init() {
	Register(Engine{
		EngineInfo: scan.EngineInfo{Engine: secret.Engine, Words: []string{"secret"}, Title: "Secrets", Order: 1, Secrets: true},
		New:        secrets,
		Rules:      rulesOfSecrets,
	})
	Register(Engine{
		EngineInfo: scan.EngineInfo{Engine: sca.Engine, Words: []string{"dependency", "sca"}, Title: "Dependencies", Order: 2, Packages: true, Floor: "dependencyFloor"},
		New:        dependencies,
		Rules:      rulesOfDependencies,
	})
	Register(Engine{
		EngineInfo: scan.EngineInfo{Engine: code.Engine, Words: []string{"sast"}, Title: "Code", Order: 3, Floor: "codeFloor"},
		New:        insecureCode,
	})
	Register(Engine{EngineInfo: scan.EngineInfo{Engine: sarif.Engine, Title: "Imported", Order: 100, Foreign: true, Floor: "codeFloor"}})
}

// Engine is one row of the table of engines, with the function that makes its detector.
type Engine struct {
	scan.EngineInfo
	// New makes the detector for a scan of a checkout by a plan. If it is nil, this version knows only the engine's name,
	// and reports that the engine checked nothing.
	New func(ctx context.Context, c *Checkout, p *Plan) (Made, error)
	// Rules describes the rules that are the same in every scan; nil for none.
	Rules func() []scan.Rule
}

// Made is the detector for one scan.
type Made struct {
	Detector scan.Detector
	// Notes are facts about the detector that a reader must know.
	Notes []scan.Note
	// Close releases the detector's resources. It may be nil.
	Close func() error
}

var registered []Engine

// Register adds an engine to the table. Call it during package initialisation, before the table is read; see
// [scan.Register].
func Register(e Engine) {
	scan.Register(e.EngineInfo)
	registered = append(registered, e)
	slices.SortStableFunc(registered, func(a, b Engine) int { return a.Order - b.Order })
}

// table lists the engines in order, including those of other tools.
func table() []Engine { return registered }

// present names the engines of this version for which has is true, in order.
func present(has func(e *scan.EngineInfo) bool) []string {
	var names []string
	for i := range registered {
		if e := &registered[i]; e.New != nil && has(&e.EngineInfo) {
			names = append(names, string(e.Engine))
		}
	}
	return names
}

// WithPackages names the engines that list the packages of a tree, in the syntax of ENGINES.
func WithPackages() string {
	return strings.Join(present(func(e *scan.EngineInfo) bool { return e.Packages }), ",")
}

// LooksUp reports whether a scan looks up packages in a file of advisories.
func (c *ScanConfig) LooksUp() bool {
	return !bool(c.OSVAPI) && len(present(func(e *scan.EngineInfo) bool { return e.Packages && c.Engines.Has(e.Engine) })) > 0
}
