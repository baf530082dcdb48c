package scan

import (
	"slices"
	"strings"
	"time"
)

// Result is the result of one scan. No raw secret in it can be printed.
type Result struct {
	// Repository is the display name of what was scanned ("acme/shop", a folder's name).
	Repository string
	// Commit is the full hash of the scanned commit. It is empty for a directory or an empty repository.
	Commit string
	// Branch is the name of the branch, Target the name of the pull request's destination branch. Both may be empty.
	Branch, Target string
	// PullRequest is the number as text, or empty.
	PullRequest string
	// Base is the tree that New refers to.
	Base Base

	// Findings has live and suppressed findings, ordered by [Compare].
	Findings []Finding
	// Rules describes the rules that fired, ordered by ID.
	Rules []Rule
	// Engines lists the engines that ran.
	Engines []Engine
	// Idle lists the engines that had nothing to look at in the tree.
	Idle []Engine
	// Packages are the dependencies of the tree, ordered by [ComparePackages].
	Packages []Package
	// Unchecked is the number of packages that were not looked up because there is no data for their ecosystem.
	Unchecked int
	// Unversioned are packages that were not looked up because no version is known, ordered by path. Those that a lock file
	// lists without a version are also in Packages.
	Unversioned []Unversioned
	// DataDate is the date of the advisories. It is zero if none were used.
	DataDate time.Time
	Stats    Stats
	// Notes are sentences that a reader must see before trusting the numbers, in the order of their creation.
	Notes []Note
	// Unread are files whose content could not be read, ordered by path.
	Unread []Failure
	// Failures are files, and other things, that an engine scanned only in part: the detector gave up, the file was
	// truncated, a rule took too long. The findings in them count. Ordered by path. See [Result.Complete].
	Failures []Failure

	Started  time.Time
	Duration time.Duration
}

// Base is the tree with which findings are compared.
type Base struct {
	// Kind is one of the Base constants.
	Kind string
	// Commit is the full hash of the compared commit; empty for BaseNone.
	Commit string
}

// The kinds of base.
const (
	// BaseNone: there is no base, so every finding counts as new.
	BaseNone = "none"
	// BaseMerge: the merge base of the pull request.
	BaseMerge = "merge-base"
	// BaseDestination: the commit of the destination, because the clone does not contain the merge base.
	BaseDestination = "destination"
	// BaseCommit: a commit that the user named.
	BaseCommit = "commit"
)

// Stats counts the work of a scan. Sizes are in bytes.
type Stats struct {
	// Files is the number of scanned files of the tree. Bytes is their total size.
	Files int
	Bytes int64
	// HistoryBlobs is the number of blobs read from commits between the base and the scanned commit. Commits is the number
	// of those commits.
	HistoryBlobs, Commits int
	// BaseBlobs is the number of blobs read from the base because the scanned tree does not have them.
	BaseBlobs int
	// Archives is the number of opened archives in the tree and the history, including nested ones. Archived is the number
	// of files in them. The other numbers do not include these.
	Archives, Archived int
	// Entries that were found but not scanned.
	Symlinks, Submodules, LFS, Binary, Oversize int
}

// Note is a fact that the reader must know.
type Note struct {
	// Code is a stable word for programs ("no-base", "config-changed", "oversize").
	Code string
	Text string
}

// Failure is one failed operation.
type Failure struct {
	// Engine is empty if the file could not be read at all.
	Engine Engine
	// Path may be empty if the failure is not about one file.
	Path string
	// Err never contains text of the file.
	Err error
}

// Counts has the numbers of live findings.
type Counts struct {
	Critical, High, Medium, Low int
	New                         int
}

// Total adds up the severities.
func (c Counts) Total() int { return c.Critical + c.High + c.Medium + c.Low }

// Of returns the number for one severity.
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

// Count counts the live findings of one engine, or of all engines if engine is empty.
func (r *Result) Count(engine Engine) Counts {
	var c Counts
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Live() && (engine == "" || f.Engine == engine) {
			c.add(f)
		}
	}
	return c
}

// Suppressed counts the suppressed findings.
func (r *Result) Suppressed() int {
	n := 0
	for i := range r.Findings {
		if !r.Findings[i].Live() {
			n++
		}
	}
	return n
}

// NotChecked is the number of packages that were not looked up, for any reason.
func (r *Result) NotChecked() int { return r.Unchecked + UnversionedCount(r.Unversioned) }

// Compared reports whether New is meaningful. Without a base every finding counts as new.
func (r *Result) Compared() bool { return r.Base.Kind != "" && r.Base.Kind != BaseNone }

// Complete reports whether the scan covered everything: Unread and Failures are empty. Exclusions by the user's own
// settings do not matter; notes list them.
func (r *Result) Complete() bool { return len(r.Unread) == 0 && len(r.Failures) == 0 }

// Looked reports whether an engine looked at anything: at least one ran, or none of those that were asked had nothing to
// look at.
func (r *Result) Looked() bool { return len(r.Engines) > 0 || len(r.Idle) == 0 }

// idle says for which engines there was nothing to look at.
func (r *Result) idle() string {
	var names []string
	for _, e := range r.Idle {
		names = append(names, strings.ToLower(e.Info().Title))
	}
	return "there is nothing to look at for " + Listed(names, "and")
}

// Advice says, in one sentence without its full stop, how to get a complete scan. It is empty if the result is complete
// or the failure is not about a file.
func (r *Result) Advice() string {
	file := func(f Failure) bool { return f.Path != "" }
	if !slices.ContainsFunc(r.Unread, file) && !slices.ContainsFunc(r.Failures, file) {
		return ""
	}
	return "Repair what could not be read, or accept it by path and reason under \"suppress\" in " + PolicyFile
}
