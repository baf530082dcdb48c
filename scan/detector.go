package scan

import (
	"context"
	"time"
)

// Detector finds one kind of problem. It holds what is compiled once (rules, advisories) and is safe for concurrent use.
// What it learns about one tree is in a [Pass].
type Detector interface {
	Engine() Engine
	// Wants says what the passes of this detector are shown.
	Wants() Wants
	// Rules describes every rule that can fire, ordered by ID, for the reports that list them (SARIF).
	Rules() []Rule
	// Begin starts a pass over one tree.
	Begin() Pass
}

// Wants says what the passes of a detector are shown. With the zero value, a pass sees only the whole tree, at its end.
type Wants struct {
	// Files: every regular file, one at a time.
	Files bool
	// Archives: also the text files inside archives.
	Archives bool
	// History: also the files of older commits, in a separate pass. Set it only if a problem stays dangerous after its
	// removal.
	History bool
}

// Keyed is a [Detector] that judges each file only by its path and content. Key identifies the detector's rules. While
// it stays the same, a file without findings need not be scanned again.
type Keyed interface{ Key() string }

// Pass is one detector's walk over the files of one tree.
type Pass interface {
	// File scans one file. The scanner calls it for what the detector's [Wants] select: regular files, including binary
	// ones (Content.Binary is true), and text files inside archives (Content.Archive is set). Calls come in no particular
	// order and from several goroutines at once. The detector fills in the fields that [Finding] lists; the scanner fills
	// in the rest. An error says that part of this file was not scanned; the findings returned with it still count. It
	// never contains text of the file.
	File(ctx context.Context, content *Content) ([]Finding, error)
	// End is called once, after the last File has returned. It returns results that need more than one file. An error is a
	// partial failure of no single file; the results returned with it still count.
	End(ctx context.Context, tree *Tree) (Ending, error)
}

// Ending holds the results of a pass over a whole tree. The zero value is an empty result.
type Ending struct {
	// Findings are new unless the base has one with the same fingerprint in the same file, or in the file that was renamed
	// to it. The scanner compares them even in an unchanged file, because other files may have changed.
	Findings []Finding
	// Rules describes the rules that fired, for a detector that cannot list all rules in advance.
	Rules []Rule
	// Packages are the dependencies of the tree, ordered by [ComparePackages].
	Packages []Package
	// Unchecked is the number of packages that were not looked up because there is no data for their ecosystem.
	Unchecked int
	// Unversioned lists packages without a known version, ordered by path.
	Unversioned []Unversioned
	// Idle says that the tree has nothing for the detector to look at. Reports then say that the engine did not scan.
	Idle bool
	// DataDate is the date of the data in which packages were looked up. It is zero if there is no such data.
	DataDate time.Time
	// Failures may leave Engine empty. The scanner fills it in.
	Failures []Failure
	Notes    []Note
}

// Rule describes the meaning of a finding's RuleID.
type Rule struct {
	// ID is upper-case words joined by underscores for secrets, and the advisory id for dependencies.
	ID string
	// Family replaces ID in fingerprints, so that a secret keeps its fingerprint when a better rule finds it. Empty means
	// ID.
	Family      string
	Engine      Engine
	Title       string
	Description string
	// Remediation says what to do, with the most urgent step first.
	Remediation string
	// Link is a public https address with more information, or empty.
	Link     string
	Severity Severity
	// Weaknesses are those that the rule finds, in the form "CWE-89" (https://cwe.mitre.org). Nil means not known.
	Weaknesses []string
	// Categories are other lists that the rule belongs to, as their authors write them: "A05:2025 - Injection".
	Categories []string
}
