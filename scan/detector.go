package scan

import (
	"context"
	"fmt"
	"strings"
	"time"
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

// looksAtFiles reports whether an engine's passes are shown the files one by one. Dependencies follow from the tree as a
// whole: their files are read by the pass itself, at its end.
func looksAtFiles(e Engine) bool { return e != EngineDependencies }

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
	// archives (Content.Archive is set); for the engine for dependencies never. Findings carry everything but what the scanner fills in: see
	// [Finding]. An error is a named partial failure of this file: findings that come with it still count. It never
	// holds text of the file.
	File(ctx context.Context, content *Content) ([]Finding, error)
	// End is called once, after the last File has returned, and gives what takes more than one file to know. An error is a
	// partial failure of no single file; what comes with it still counts.
	End(ctx context.Context, tree *Tree) (Ending, error)
}

// Ending is what a pass knows once it has seen the whole tree. The zero value says nothing.
type Ending struct {
	// Findings are new in a tree when its base has none of the same fingerprint in the same file (or in the file that was
	// renamed to this one), because the files around may have changed while this one has not.
	Findings []Finding
	// Rules describes the rules that fired, for a detector that cannot list all in advance.
	Rules []Rule
	// Packages are the dependencies of the tree, ordered by [ComparePackages].
	Packages []Package
	// Unchecked is how many packages could not be looked up, because there is no data on their ecosystem.
	Unchecked int
	// Unversioned are packages of which no version is known, ordered by path.
	Unversioned []Unversioned
	// DataDate is how new the data is that findings were looked up in; zero when there is none.
	DataDate time.Time
	Failures []Failure
	Notes    []Note
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
