package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

// HistoryOptions select a part of the history.
type HistoryOptions struct {
	// Since lists full hashes, such as the destination of a pull request or the base of a branch. The history leaves out
	// the commits that they reach, and every file of their own trees. Empty means all commits of the clone.
	Since []string
	// MaxCommits limits the number of commits, newest first; 0 means no limit.
	MaxCommits int
}

// HistoryStats are the numbers of a complete walk.
type HistoryStats struct {
	// Commits is the number of commits that were read.
	Commits int
	// Blobs is the number of blobs that were found.
	Blobs int
	// Truncated is true if commits were left out because of MaxCommits.
	Truncated bool
	// Shallow is true if the walk reached the border of a shallow clone.
	Shallow bool
}

// History is the content that commits added and later commits deleted again. It is a [scan.Source] of files that are in
// no other scanned tree, and safe for concurrent use.
type History struct {
	repo *Repository
	head string
	opts HistoryOptions

	mu      sync.Mutex
	stats   HistoryStats
	borders []string
	skipped []scan.Failure
}

var _ scan.BufferedSource = (*History)(nil)

// History returns the history of the commit head (a full hash), without reading it.
func (r *Repository) History(head string, o HistoryOptions) *History {
	return &History{repo: r, head: head, opts: o}
}

// Files yields each blob that a commit added and that is neither in head's own tree nor in one of Since. It yields each
// blob once. Commit is the first commit with it (parents before children, then by date), and Path the path there; of
// several paths, the first by bytes. The files are ordered by the bytes of Path, then by commit. Symlinks and submodules
// are left out.
//
// The walk reads the tree of a commit only where it differs from earlier trees. At the border of a shallow clone, where
// commits have no parents for comparison, the whole tree counts as added.
func (h *History) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		w, err := h.walk(ctx)
		if err != nil {
			yield(scan.File{}, fmt.Errorf("walk history of commit %s: %w", h.head, err))
			return
		}
		for _, f := range w.found {
			if ctx.Err() != nil {
				yield(scan.File{}, context.Cause(ctx))
				return
			}
			if !yield(h.repo.file(f.path, f.entry, f.commit.hash.String()), nil) {
				return
			}
		}
	}
}

// Stats returns the numbers of the last walk of [History.Files]. They are complete before the first file is yielded.
func (h *History) Stats() HistoryStats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.stats
}

// Borders lists the commits at which the last walk ended because the clone lacks at least one of their parents: full
// hashes, newest first. It is empty unless [HistoryStats.Shallow].
func (h *History) Borders() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.borders
}

// Skipped lists what the last walk could not read, ordered by commit and path; the error names the commit.
func (h *History) Skipped() []scan.Failure {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.skipped
}

// Read returns the whole content of a file of this history: see [Commit.Read].
func (h *History) Read(f scan.File, buf []byte) ([]byte, error) { return h.repo.readFile(f, buf) }

// historyWalk remembers trees and blobs, so that it reads each of them once.
type historyWalk struct {
	repo    *Repository
	trees   map[plumbing.Hash]struct{}
	blobs   map[plumbing.Hash]struct{}
	found   []historyFile
	skipped []scan.Failure
}

type historyFile struct {
	path   string
	entry  treeEntry
	commit *commitInfo
	// order is the position of commit in the walk.
	order int
}

func (h *History) walk(ctx context.Context) (*historyWalk, error) {
	a := newAncestry(h.repo)
	head, err := a.start(h.head)
	if err != nil {
		return nil, err
	}
	known := []*commitInfo{head}
	for _, since := range h.opts.Since {
		c, err := a.start(since)
		if err != nil {
			return nil, err
		}
		known = append(known, c)
	}
	s, err := a.between(ctx, known[:1], known[1:], h.opts.MaxCommits)
	if err != nil {
		return nil, err
	}
	w := &historyWalk{repo: h.repo, trees: map[plumbing.Hash]struct{}{}, blobs: map[plumbing.Hash]struct{}{}}
	for _, c := range append(known, s.borders...) {
		if err := w.commit(ctx, c, -1); err != nil {
			return nil, err
		}
	}
	stats := HistoryStats{Commits: len(s.commits), Truncated: s.cut}
	var borders []*commitInfo
	for i, c := range s.commits {
		if err := w.commit(ctx, c, i); err != nil {
			return nil, err
		}
		for _, p := range c.parents {
			if known, ok := a.commits[p]; ok && known == nil {
				borders = append(borders, c)
				break
			}
		}
	}
	stats.Shallow = len(borders) > 0
	slices.SortFunc(borders, compareCommits)
	slices.SortStableFunc(w.found, func(a, b historyFile) int {
		return cmp.Or(strings.Compare(a.path, b.path), cmp.Compare(a.order, b.order))
	})
	stats.Blobs = len(w.found)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stats, h.skipped, h.borders = stats, w.skipped, nil
	for _, c := range borders {
		h.borders = append(h.borders, c.hash.String())
	}
	return w, nil
}

// commit reads the parts of c's tree that the walk has not seen before. A negative order only marks them as seen.
func (w *historyWalk) commit(ctx context.Context, c *commitInfo, order int) error {
	if w.enter("", c.tree) {
		err := w.repo.walkTree(c.tree, treeVisitor{
			enter:  w.enter,
			file:   func(path string, e treeEntry) bool { w.file(path, e, c, order); return ctx.Err() == nil },
			unread: func(path string, _ plumbing.Hash, err error) bool { w.skip(path, c, order, err); return true },
			invalid: func(path string, err error) {
				w.skip(path, c, order, err)
			},
		})
		if err != nil && !errors.Is(err, errStopped) {
			w.skip("", c, order, err)
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (w *historyWalk) enter(_ string, h plumbing.Hash) bool {
	if _, seen := w.trees[h]; seen {
		return false
	}
	w.trees[h] = struct{}{}
	return true
}

func (w *historyWalk) file(path string, e treeEntry, c *commitInfo, order int) {
	if m := e.fileMode(); m == scan.ModeSymlink || m == scan.ModeSubmodule {
		return
	}
	if _, seen := w.blobs[e.hash]; seen {
		return
	}
	w.blobs[e.hash] = struct{}{}
	if order >= 0 {
		w.found = append(w.found, historyFile{path, e, c, order})
	}
}

func (w *historyWalk) skip(path string, c *commitInfo, order int, err error) {
	if order >= 0 {
		w.skipped = append(w.skipped, scan.Failure{Path: path, Err: fmt.Errorf("commit %s: %w", c.hash, err)})
	}
}
