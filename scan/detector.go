package scan

import (
	"context"
	"time"
)

// Detector finds one family of problems. It holds what is compiled once (rules, advisories) and is safe for
// concurrent use; what it learns about one tree lives in a [Pass].
type Detector interface {
	Engine() Engine
	// Wants says what its passes are shown.
	Wants() Wants
	// Rules describes every rule that can fire, ordered by ID, for the reports that list them (SARIF).
	Rules() []Rule
	// Begin starts a pass over one tree.
	Begin() Pass
}

// Wants says what the passes of a detector are shown. The zero value is the tree as a whole, at the end of a pass.
type Wants struct {
	// Files: every regular file, one by one.
	Files bool
	// Archives: the text files inside archives too.
	Archives bool
	// History: the files of older commits too, in a pass of their own. An old version is of interest only where what was
	// removed stays dangerous.
	History bool
}

// Keyed is a [Detector] that judges each file by itself, by its path and content alone. A file without findings need not be
// shown again as long as Key, which names the detector's rules, stays the same.
type Keyed interface{ Key() string }

// Pass is a detector's walk over the files of one tree.
type Pass interface {
	// File looks at one file. It is called for what the detector's [Wants] name: regular files, binary ones too
	// (Content.Binary says so), and text files inside archives (Content.Archive is set), in no particular order and from
	// several goroutines at once. Findings carry everything but what the scanner fills in: see [Finding]. An error is a
	// named partial failure of this file: findings that come with it still count. It never holds text of the file.
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
	// Failures need not name the engine: the scanner does.
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
