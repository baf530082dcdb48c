package sarif

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
)

// Engine is the name of the engine that stands for other tools: what they found, read from their SARIF files.
const Engine scan.Engine = "import"

// NewResult gives the result of other tools' findings before there are any.
func NewResult(base scan.Base, notes ...scan.Note) *scan.Result {
	return &scan.Result{Base: base, Engines: []scan.Engine{Engine}, Notes: notes}
}

// Unfinished gives the failure of a run whose tool says of itself that it did not finish; ok is false when nothing speaks
// against the run. What the tool did not look at must not pass for clean.
func (r *Run) Unfinished() (failure scan.Failure, ok bool) {
	if r.Incomplete == "" {
		return scan.Failure{}, false
	}
	return scan.Failure{Engine: Engine, Err: fmt.Errorf(
		"%s; run it again, or accept it as it is with SARIF_ACCEPT_INCOMPLETE=true", strings.TrimSuffix(r.Incomplete, "."))}, true
}
