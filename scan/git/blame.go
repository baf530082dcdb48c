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
	// defaultBlameCommits and defaultBlameBytes are the meaning of zero in [BlameOptions].
	defaultBlameCommits = 20_000
	defaultBlameBytes   = 512 << 20
)

// Blame is the commit that added a line at its place.
type Blame struct {
	// Commit is the full hash in lower-case hex.
	Commit string
	// Author and Email are the author's name and address (without brackets) in the commit (no mailmap), in valid UTF-8.
	// Either may be empty, and authors can write there whatever they like.
	Author, Email string
	// At is the commit date in UTC: the committer's date, git's %cI. It is not the author's date, which stays the same in a
	// rebase.
	At time.Time
	// Border is true if a shallow clone ends with this commit: the line comes from it or from an earlier commit.
	Border bool
}

// LinePlace is a line of a file in the given commit.
type LinePlace struct {
	// Path is as in [scan.File].
	Path string
	// Line counts from 1.
	Line int
}

// BlameOptions limit the work of [Repository.Blame].
type BlameOptions struct {
	// MaxCommits limits the commits that are read; a commit that is reached from several children may count more than once.
	// 0 means 20,000.
	MaxCommits int
	// MaxBytes limits the total bytes of file content that are read; 0 means 512 MiB.
	MaxBytes int64
	// MaxFileBytes is the size above which no version of a file is read; 0 means [scan.DefaultMaxFileBytes].
	MaxFileBytes int64
}

// Blame returns, for each of places, the commit that added the line at its place, as "git blame head -- path"
// does. places are lines of the commit head (a full hash). The origin is the first commit, seen from head, whose parents
// do not have the line. In a merge, a file that one parent has unchanged comes completely from that parent; otherwise a
// line that several parents have comes from the first of them. A line is its bytes, with or without the line feed. In
// UTF-16 and UTF-32, lines are counted as in [scan.Content].
//
// If a parent does not have a file, it is followed to another path if a file with exactly the same content was deleted
// there in the same commit: first a file with the same name in another folder, then the first one by path. Three cases
// are not followed, so the lines seem to begin there: a file that was moved and edited in one commit (git follows files
// that are half alike), a copy, and lines that moved within a file or between files (git's -M and -C). Object
// replacements (refs/replace) and lists of ignored revisions have no effect. Of several equal lines, git may match
// another one with the old line.
//
// If the origin of a place is not found, the map has no entry for it; that is never an error. The reasons are: a limit
// of o was reached; the line does not exist; the path is not a regular file; a version of it is binary (see
// [scan.Sniff]), too large, or has more than a million lines; an object on the way is missing or damaged. No answer is
// based on incomplete data.
//
// Errors: head is missing ([ErrUnknownRevision]) or damaged; ctx has ended, and then the map has the origins found so
// far. It is safe for concurrent use.
func (r *Repository) Blame(ctx context.Context, head string, places []LinePlace, o BlameOptions) (map[LinePlace]Blame, error) {
	w := &blameWalk{
		repo:    r,
		shallow: r.IsShallow(),
		places:  places,
		answers: make(map[LinePlace]Blame, len(places)),
		blames:  map[plumbing.Hash]*Blame{},
		waiting: map[plumbing.Hash]*waitingCommit{},
		commits: cmp.Or(o.MaxCommits, defaultBlameCommits),
		texts:   blameTexts{repo: r, maxFile: cmp.Or(o.MaxFileBytes, scan.DefaultMaxFileBytes), left: cmp.Or(o.MaxBytes, defaultBlameBytes)},
		seek:    treeSeek{repo: r},
		diff:    linediff.Diff{Left: maxBlameSteps},
		renames: treeDiff{repo: r, left: maxBlameEntries},
	}
	if err := w.run(ctx, head); err != nil {
		return w.answers, fmt.Errorf("blame lines of commit %s: %w", head, err)
	}
	return w.answers, nil
}
