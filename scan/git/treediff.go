package git

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

const (
	// maxKeptEntries limits the tree entries that a diff keeps for the next commit.
	maxKeptEntries = 500_000
	// maxTreeDepth limits nested folders; a path of maxPathBytes cannot have more.
	maxTreeDepth = maxPathBytes / 2
)

// treeDiff compares trees of commits with the trees of their parents. It includes entries that git would not check out
// (".git", ".."), because their content is still part of the push.
type treeDiff struct {
	repo *Repository
	// added receives each file that no parent has with this content at this path.
	added func(path string, e treeEntry)
	// before receives each file of a parent that the tree no longer has, or has with other content.
	before func(path string, e treeEntry)
	// unread receives a folder of the tree itself that cannot be read.
	unread func(path string, err error)

	// left is the number of entries that may still be read.
	left    int
	trees   map[plumbing.Hash][]treeEntry
	entries int
}

var errTooManyEntries = errors.New("its commits unfold to more files than a push may have; push it in parts")

// compare walks the parts of a tree that differ from every one of parents. An unreadable parent is an error, because its
// content would look new.
func (d *treeDiff) compare(ctx context.Context, prefix string, tree plumbing.Hash, parents []plumbing.Hash, depth int) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if depth > maxTreeDepth || len(prefix) > maxPathBytes {
		return fmt.Errorf("read tree %s: %w: endless nested folders", tree, ErrCorruptObject)
	}
	entries, err := d.read(tree)
	if err != nil {
		if d.unread != nil {
			d.unread(prefix, err)
		}
		return nil
	}
	olds := make([][]treeEntry, len(parents))
	for k, parent := range parents {
		if olds[k], err = d.read(parent); err != nil {
			return err
		}
	}
	if d.left -= len(entries); d.left < 0 {
		return errTooManyEntries
	}
	found := make([]treeEntry, 0, len(parents))
	for _, e := range entries {
		same := false
		found = found[:0]
		for k := range olds {
			for len(olds[k]) > 0 && compareEntries(olds[k][0], e) < 0 {
				if err := d.gone(ctx, prefix, olds[k][0]); err != nil {
					return err
				}
				olds[k] = olds[k][1:]
			}
			if len(olds[k]) == 0 || compareEntries(olds[k][0], e) != 0 {
				continue
			}
			old := olds[k][0]
			olds[k] = olds[k][1:]
			found = append(found, old)
			same = same || sameContent(old, e)
		}
		if same {
			continue
		}
		if !e.isTree() {
			if d.added != nil {
				d.added(prefix+e.name, e)
			}
			for _, old := range found {
				if d.before != nil {
					d.before(prefix+old.name, old)
				}
			}
			continue
		}
		below := make([]plumbing.Hash, len(found))
		for k, old := range found {
			below[k] = old.hash
		}
		if err := d.compare(ctx, prefix+e.name+"/", e.hash, below, depth+1); err != nil {
			return err
		}
	}
	for k := range olds {
		for _, old := range olds[k] {
			if err := d.gone(ctx, prefix, old); err != nil {
				return err
			}
		}
	}
	return nil
}

// sameContent reports whether two entries with one name are the same. A link that becomes a file is a change: its text
// was a path before.
func sameContent(a, b treeEntry) bool {
	return a.hash == b.hash && (a.fileMode() == scan.ModeSymlink) == (b.fileMode() == scan.ModeSymlink)
}

// gone reports an entry of a parent that the tree does not have, and everything below it.
func (d *treeDiff) gone(ctx context.Context, prefix string, e treeEntry) error {
	switch {
	case d.before == nil:
		return nil
	case !e.isTree():
		d.before(prefix+e.name, e)
		return nil
	case len(prefix) > maxPathBytes:
		return nil
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	entries, err := d.read(e.hash)
	if err != nil {
		return err
	}
	if d.left -= len(entries); d.left < 0 {
		return errTooManyEntries
	}
	for _, below := range entries {
		if err := d.gone(ctx, prefix+e.name+"/", below); err != nil {
			return err
		}
	}
	return nil
}

// read returns the entries of a tree, which the caller must not change. It keeps them, because the tree of a commit is
// the parent's tree of the next commit.
func (d *treeDiff) read(h plumbing.Hash) ([]treeEntry, error) {
	if entries, ok := d.trees[h]; ok {
		return entries, nil
	}
	entries, err := d.repo.readTree(h)
	if err != nil {
		return nil, err
	}
	if d.entries += len(entries); d.trees == nil || d.entries > maxKeptEntries {
		d.trees, d.entries = map[plumbing.Hash][]treeEntry{}, len(entries)
	}
	d.trees[h] = entries
	return entries, nil
}
