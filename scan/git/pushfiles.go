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

// PushFiles are files of a push. It is a [scan.Source], and safe for concurrent use.
type PushFiles struct {
	push    *Push
	commits []string
	before  bool

	mu      sync.Mutex
	skipped []scan.Failure
}

var _ scan.BufferedSource = (*PushFiles)(nil)

// pushedFile is one file with its commit.
type pushedFile struct {
	path   string
	entry  treeEntry
	commit int
}

// Files yields each file with Commit set to the commit that adds or changes it; a file may appear for several commits.
// The files are ordered by the bytes of Path, then by commit. Symlinks and submodules are left out.
//
// A commit without parents, or at the border of a shallow clone, adds all of its files. In a merge a file counts if it
// differs from the versions of all parents.
func (s *PushFiles) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		found, err := s.walk(ctx)
		if err != nil {
			yield(scan.File{}, fmt.Errorf("compare the commits of the push: %w", err))
			return
		}
		for _, f := range found {
			if ctx.Err() != nil {
				yield(scan.File{}, context.Cause(ctx))
				return
			}
			if !yield(s.push.repo.file(f.path, f.entry, s.push.commits[f.commit].hash.String()), nil) {
				return
			}
		}
	}
}

// Skipped lists what the last walk could not read, ordered by commit and path; the error names the commit.
func (s *PushFiles) Skipped() []scan.Failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}

// Read returns the whole content of a file of the push: see [Commit.Read].
func (s *PushFiles) Read(f scan.File, buf []byte) ([]byte, error) {
	return s.push.repo.readFile(f, buf)
}

func (s *PushFiles) walk(ctx context.Context) ([]pushedFile, error) {
	var found []pushedFile
	var skipped []scan.Failure
	current := 0
	add := func(path string, e treeEntry) {
		if m := e.fileMode(); m != scan.ModeSymlink && m != scan.ModeSubmodule {
			found = append(found, pushedFile{path, e, current})
		}
	}
	d := &treeDiff{repo: s.push.repo, left: s.push.maxEntries}
	if s.before {
		d.before = add
	} else {
		d.added = add
		d.unread = func(path string, err error) {
			skipped = append(skipped, scan.Failure{Path: strings.TrimSuffix(path, "/"), Err: fmt.Errorf("commit %s: %w", s.push.commits[current].hash, err)})
		}
	}
	for _, commit := range s.commits {
		if current = s.push.Order(commit); current < 0 {
			return nil, fmt.Errorf("commit %q is not part of the push", commit)
		}
		c := s.push.commits[current]
		if s.push.blobs[c.hash] {
			if !s.before {
				add(taggedFile, treeEntry{hash: c.hash})
			}
			continue
		}
		parents, err := s.push.parentTrees(c)
		if err != nil {
			return nil, err
		}
		if err := d.compare(ctx, "", c.tree, parents, 0); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, func(a, b pushedFile) int {
		return cmp.Or(strings.Compare(a.path, b.path), cmp.Compare(a.commit, b.commit))
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skipped = skipped
	return found, nil
}

// parentTrees returns the trees of the parents of a commit.
func (p *Push) parentTrees(c *commitInfo) ([]plumbing.Hash, error) {
	var trees []plumbing.Hash
	for _, h := range c.parents {
		if i, ok := p.index[h]; ok {
			trees = append(trees, p.commits[i].tree)
			continue
		}
		parent, err := p.repo.readCommit(h)
		if errors.Is(err, ErrMissingObject) && p.shallow {
			continue
		}
		if err != nil {
			return nil, err
		}
		trees = append(trees, parent.tree)
	}
	return trees, nil
}
