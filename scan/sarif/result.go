package sarif

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Engine is the name of the engine for other tools: findings from their SARIF files.
const Engine scan.Engine = "import"

// NewResult returns an empty result for other tools' findings.
func NewResult(base scan.Base, notes ...scan.Note) *scan.Result {
	return &scan.Result{Base: base, Engines: []scan.Engine{Engine}, Notes: notes}
}

// Unfinished returns a failure if the run's tool says that it did not finish; ok is false otherwise. An incomplete run
// must not look clean.
func (r *Run) Unfinished() (failure scan.Failure, ok bool) {
	if r.Incomplete == "" {
		return scan.Failure{}, false
	}
	return scan.Failure{Engine: Engine, Err: fmt.Errorf(
		"%s; run it again, or accept it as it is with SARIF_ACCEPT_INCOMPLETE=true", strings.TrimSuffix(r.Incomplete, "."))}, true
}
