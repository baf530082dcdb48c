package scan

import (
	"slices"
	"time"
)

// Result is what one scan found and could not find out. It holds no raw secret that prints.
type Result struct {
	// Repository names what was scanned, as people say it ("acme/shop", a folder's name).
	Repository string
	// Commit is the full hash of the scanned commit; empty for a directory or an empty repository.
	Commit string
	// Branch and Target are the branch's name and, in a pull request, the destination's; both may be empty.
	Branch, Target string
	// PullRequest is its number as text, or empty.
	PullRequest string
	// Base says what New was measured against.
	Base Base

	// Findings holds live and suppressed ones, ordered by [Compare].
	Findings []Finding
	// Rules describes the rules that fired, ordered by ID.
	Rules []Rule
	// Engines lists what ran.
	Engines []Engine
	// Packages are the dependencies that the tree names, ordered by [ComparePackages].
	Packages []Package
	// Unchecked is how many of them could not be looked up, because there is no data on their ecosystem.
	Unchecked int
	// Unversioned are packages that could not be looked up, because no version of them is known; ordered by path. Those that a
	// lock file names without a version are in Packages too.
	Unversioned []Unversioned
	// DataDate is how new the advisories are; zero when none were asked.
	DataDate time.Time
	Stats    Stats
	// Notes are sentences that a reader must see before trusting the numbers, in the order in which they arose.
	Notes []Note
	// Unread are files whose content could not be had. Ordered by path.
	Unread []Failure
	// Failures are files, and other things, that an engine looked at only in part: the detector gave up, the file broke off, a
	// rule took too long. What was found in them counts. Ordered by path. See [Result.Complete].
	Failures []Failure

	Started  time.Time
	Duration time.Duration
}

// Base is the tree that findings are compared with.
type Base struct {
	// Kind is one of the Base constants.
	Kind string
	// Commit is the full hash of the compared commit; empty for BaseNone.
	Commit string
}

// The kinds of base.
const (
	// BaseNone: nothing to compare with, every finding counts as new.
	BaseNone = "none"
	// BaseMerge: the merge base of the pull request.
	BaseMerge = "merge-base"
	// BaseDestination: the destination's commit, because the clone does not reach to the merge base.
	BaseDestination = "destination"
	// BaseCommit: a commit that the user named.
	BaseCommit = "commit"
)

// Stats counts the work. The sizes are in bytes.
type Stats struct {
	// Files were read and scanned in the tree; Bytes is their size.
	Files int
	Bytes int64
	// HistoryBlobs were read from commits between the base and the scanned one; Commits is how many of those there are.
	HistoryBlobs, Commits int
	// BaseBlobs were read from the base, because they differ from the scanned tree's.
	BaseBlobs int
	// Archives were opened in the tree and in the history, those within others included; Archived is how many files were
	// met inside of them. The other numbers do not count those.
	Archives, Archived int
	// What was seen and not scanned.
	Symlinks, Submodules, LFS, Binary, Oversize int
}

// Note is something that the reader must know.
type Note struct {
	// Code is a stable word for programs ("no-base", "config-changed", "oversize").
	Code string
	Text string
}

// Failure is one thing that could not be done.
type Failure struct {
	// Engine is empty when the file could not be read at all.
	Engine Engine
	// Path may be empty when no single file is to blame.
	Path string
	// Err never holds text of the file.
	Err error
}

// Counts are the numbers of live findings.
type Counts struct {
	Critical, High, Medium, Low int
	New                         int
}

// Total adds up the severities.
func (c Counts) Total() int { return c.Critical + c.High + c.Medium + c.Low }

// Of gives the number of one severity.
func (c Counts) Of(s Severity) int {
	switch s {
	case SeverityCritical:
		return c.Critical
	case SeverityHigh:
		return c.High
	case SeverityMedium:
		return c.Medium
	case SeverityLow:
		return c.Low
	}
	return 0
}

func (c *Counts) add(f *Finding) {
	switch f.Severity {
	case SeverityCritical:
		c.Critical++
	case SeverityHigh:
		c.High++
	case SeverityMedium:
		c.Medium++
	case SeverityLow:
		c.Low++
	}
	if f.New {
		c.New++
	}
}

// Count counts the live findings of one engine, or of all when engine is empty.
func (r *Result) Count(engine Engine) Counts {
	var c Counts
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Live() && (engine == "" || f.Engine == engine) {
			c.add(f)
		}
	}
	return c
}

// Suppressed counts the findings that are switched off.
func (r *Result) Suppressed() int {
	n := 0
	for i := range r.Findings {
		if !r.Findings[i].Live() {
			n++
		}
	}
	return n
}

// NotChecked is how many packages could not be looked up, whatever the reason.
func (r *Result) NotChecked() int { return r.Unchecked + UnversionedCount(r.Unversioned) }

// Compared reports whether New tells anything: without a base every finding counts as new.
func (r *Result) Compared() bool { return r.Base.Kind != "" && r.Base.Kind != BaseNone }

// Complete reports whether everything was looked at in full that should have been: nothing is in Unread, and nothing in
// Failures. Nothing else decides that. What the user's own settings leave out is not missing: notes name it.
func (r *Result) Complete() bool { return len(r.Unread) == 0 && len(r.Failures) == 0 }

// Advice says, as one sentence without its full stop, how to get a complete scan; empty when the result is complete, or no file
// is to blame.
func (r *Result) Advice() string {
	file := func(f Failure) bool { return f.Path != "" }
	if !slices.ContainsFunc(r.Unread, file) && !slices.ContainsFunc(r.Failures, file) {
		return ""
	}
	return "Mend what could not be read; or accept it as it is, by its path and a reason under \"suppress\" in " + PolicyFile
}
