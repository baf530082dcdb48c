package git

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/linediff"
)

const (
	// defaultOriginCommits and defaultOriginBytes are what a zero in [LineOriginOptions] means.
	defaultOriginCommits = 20_000
	defaultOriginBytes   = 512 << 20
)

// LineOrigin is the commit that brought a line to where it is.
type LineOrigin struct {
	// Commit is the full hash in lower-case hex.
	Commit string
	// Author is the name of who wrote the commit and Email the address, without brackets, as the commit says them (no mailmap)
	// and in valid UTF-8. Either may be empty, and whoever commits can write there what they like.
	Author, Email string
	// At is when it was committed, in UTC: the committer's date, git's %cI, not the author's, which stays the same in a rebase.
	At time.Time
	// Border is true when the clone is shallow and ends with this commit: it, or any before it, brought the line.
	Border bool
}

// LinePlace is a line of a file at the commit that is asked about.
type LinePlace struct {
	// Path is as in [scan.File].
	Path string
	// Line counts from 1.
	Line int
}

// LineOriginOptions bound the work of [Repository.LineOrigins].
type LineOriginOptions struct {
	// MaxCommits is how many commits may be looked at, those that are come to from several children once for each; 0 means
	// 20,000.
	MaxCommits int
	// MaxBytes is how much of files may be read, in all; 0 means 512 MiB.
	MaxBytes int64
	// MaxFileBytes is the size above which no version of a file is read; 0 means [scan.DefaultMaxFileBytes].
	MaxFileBytes int64
}

// LineOrigins says which commit brought each of places, which are lines of the commit head (a full hash), to where it is: what
// "git blame head -- path" says. That is the first commit, seen from head, whose parents do not have the line. In a merge a
// file that one of the parents has unchanged is that parent's whole, else a line that several have is that of the first of
// them. A line is its bytes, with the line feed or without. In UTF-16 lines are counted as [scan.Content] has them.
//
// A file that a parent does not have is followed to another path when a file with exactly the same content was removed there
// in the same commit: first to one of the same name in another folder, then to the first by path. Not followed, and so found
// to begin there, are a file that was moved and edited in one commit (git takes those that are half alike for the same), one
// that was copied, and lines that were moved within a file or between files (git's -M and -C). Replacements of objects
// (refs/replace) and lists of revisions to ignore are not looked at. Of several lines that are equal, git may take another one
// for the old one.
//
// A place whose origin is not found is not in the map, which is never an error: a bound of o was reached; the line is not
// there; the path is none of a regular file; a version of it is binary (see [scan.Sniff]), too large, or of more than a million
// lines; an object on the way is missing or damaged. Nor is an answer ever made of less than the whole.
//
// Errors: head is not there ([ErrUnknownRevision]) or damaged; ctx is done, and then the map has what was found before. It is
// safe for concurrent use.
func (r *Repository) LineOrigins(ctx context.Context, head string, places []LinePlace, o LineOriginOptions) (map[LinePlace]LineOrigin, error) {
	w := &originWalk{
		repo:    r,
		shallow: r.IsShallow(),
		places:  places,
		answers: make(map[LinePlace]LineOrigin, len(places)),
		origins: map[plumbing.Hash]*LineOrigin{},
		waiting: map[plumbing.Hash]*waitingCommit{},
		commits: cmp.Or(o.MaxCommits, defaultOriginCommits),
		texts:   originTexts{repo: r, maxFile: cmp.Or(o.MaxFileBytes, scan.DefaultMaxFileBytes), left: cmp.Or(o.MaxBytes, defaultOriginBytes)},
		seek:    treeSeek{repo: r},
		diff:    linediff.Diff{Left: maxOriginSteps},
		renames: treeDiff{repo: r, left: maxOriginEntries},
	}
	if err := w.run(ctx, head); err != nil {
		return w.answers, fmt.Errorf("find the origins of lines of commit %s: %w", head, err)
	}
	return w.answers, nil
}
