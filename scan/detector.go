package scan

import (
	"context"
	"fmt"
	"strings"
)

// Engine names a family of detectors, as users switch them on and off.
type Engine string

// The engines.
const (
	EngineSecrets      Engine = "secrets"
	EngineDependencies Engine = "dependencies"
	EngineCode         Engine = "code"
	// EngineImport is what another tool found, read from its SARIF file.
	EngineImport Engine = "import"
)

// Engines lists the engines that scan, in the order in which people see them.
var Engines = [...]Engine{EngineSecrets, EngineDependencies, EngineCode}

// UnmarshalText reads an engine's name in any case, and the short names that people know.
func (e *Engine) UnmarshalText(text []byte) error {
	switch word := strings.ToLower(strings.TrimSpace(string(text))); word {
	case "secrets", "secret":
		*e = EngineSecrets
	case "dependencies", "dependency", "sca":
		*e = EngineDependencies
	case "code", "sast":
		*e = EngineCode
	default:
		return fmt.Errorf("%q is not an engine: use secrets, dependencies or code", string(text))
	}
	return nil
}

// Detector finds one family of problems. It holds what is compiled once (rules, advisories) and is safe for
// concurrent use; what it learns about one tree lives in a [Pass].
type Detector interface {
	Engine() Engine
	// Rules describes every rule that can fire, ordered by ID, for the reports that list them (SARIF).
	Rules() []Rule
	// Begin starts a pass over one tree.
	Begin() Pass
}

// Pass is a detector's walk over the files of one tree.
type Pass interface {
	// File looks at one file. It is called for every regular file, binary ones too (Content.Binary says so), in no
	// particular order and from several goroutines at once; for the engine for secrets also for the text files inside
	// archives (Content.Archive is set). Findings carry everything but what the scanner fills in: see
	// [Finding]. An error is a named partial failure of this file: findings that come with it still count. It never
	// holds text of the file.
	File(ctx context.Context, content *Content) ([]Finding, error)
	// End is called once, after the last File has returned, and gives the findings that take more than one file.
	End(ctx context.Context) ([]Finding, error)
}

// Rule describes what a finding's RuleID stands for.
type Rule struct {
	// ID is upper-case words joined by underscores for secrets, the advisory's id for dependencies.
	ID string
	// Family is what fingerprints hash in the place of ID, so that a secret keeps its fingerprint when a better rule
	// takes it over. Empty means ID.
	Family      string
	Engine      Engine
	Title       string
	Description string
	// Remediation says what to do, most urgent step first.
	Remediation string
	// Link is a public https address with more, or empty.
	Link     string
	Severity Severity
}
