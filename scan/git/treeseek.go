package git

import (
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git/object"
)

// treeFile is a file to look up in a tree, given its place in another, similar tree.
type treeFile struct {
	path string
	// folders are the trees on the way to path in the known tree, without its root; entry is the entry there. Where both
	// trees have the same folder, nothing is read. Nil means that nothing is known.
	folders []plumbing.Hash
	entry   treeEntry

	// found is the entry at path, if there is true; a folder does not count. through are the trees on the way; nil if they
	// are the same as folders.
	found   treeEntry
	there   bool
	through []plumbing.Hash
	// err says why the entry at path is not known.
	err error
}

// isFile reports whether a regular file was found.
func (f *treeFile) isFile() bool {
	m := f.found.fileMode()
	return f.err == nil && f.there && (m == scan.ModeRegular || m == scan.ModeExecutable)
}

// treeSeek looks up paths in trees, without listing other entries. It is for one goroutine.
type treeSeek struct {
	repo *Repository
	// buf is a tree object; steps are the names to look up in the trees from the root to that one.
	buf   []byte
	steps []treeStep
}

// treeStep is a name to look up in one tree; the files from to to have it in their paths.
type treeStep struct {
	name     string
	folder   bool
	from, to int
	entry    treeEntry
	there    bool
}

// find looks up files in a tree. They must be ordered by the bytes of their paths, and all folders must come from one
// tree. Each tree on the way is read once. If entries have the same name, which happens only in a crafted tree, the
// first one counts.
func (t *treeSeek) find(tree plumbing.Hash, files []treeFile) { t.in(tree, 0, 0, files) }

// in looks in a tree for files whose paths share the first at bytes and their first depth folders.
func (t *treeSeek) in(tree plumbing.Hash, depth, at int, files []treeFile) {
	first := len(t.steps)
	defer func() { t.steps = t.steps[:first] }()
	for from := 0; from < len(files); {
		name, _, folder := strings.Cut(files[from].path[at:], "/")
		to := from + 1
		for folder && to < len(files) && strings.HasPrefix(files[to].path[at:], files[from].path[at:at+len(name)+1]) {
			to++
		}
		t.steps = append(t.steps, treeStep{name: name, folder: folder, from: from, to: to})
		from = to
	}
	if err := t.match(tree, t.steps[first:]); err != nil {
		for i := range files {
			files[i].err = err
		}
		return
	}
	for i, end := first, len(t.steps); i < end; i++ {
		s := t.steps[i]
		group := files[s.from:s.to]
		switch {
		case !s.there:
		case !s.folder:
			for k := range group {
				group[k].found, group[k].there = s.entry, true
			}
		case depth < len(group[0].folders) && group[0].folders[depth] == s.entry.hash:
			for k := range group {
				group[k].stays(depth)
			}
		default:
			for k := range group {
				group[k].enters(depth, s.entry.hash)
			}
			t.in(s.entry.hash, depth+1, at+len(s.name)+1, group)
		}
	}
}

// match reads a tree and fills in its entries for the names in steps.
func (t *treeSeek) match(tree plumbing.Hash, steps []treeStep) error {
	kind, data, err := t.repo.objects.Read(tree, t.buf, object.MaxTreeBytes)
	if err != nil {
		return err
	}
	if cap(data) <= keepBuffer {
		t.buf = data
	}
	if kind != plumbing.TreeObject {
		return fmt.Errorf("read object %s: %w: it is a %s, not a tree", tree, ErrCorruptObject, kind)
	}
	for at, left := 0, len(steps); at < len(data) && left > 0; {
		mode, from, to, err := entryAt(data, at)
		if err != nil {
			return fmt.Errorf("read tree %s: %w", tree, err)
		}
		at = to + 1 + object.HashBytes
		for i := range steps {
			s := &steps[i]
			if s.there || s.folder != (mode&modeTypeMask == modeTypeTree) || string(data[from:to]) != s.name {
				continue
			}
			s.there, s.entry.mode = true, mode
			copy(s.entry.hash[:], data[to+1:at])
			left--
			break
		}
	}
	return nil
}

// stays records that the folder at depth, with everything in it, is the known one.
func (f *treeFile) stays(depth int) {
	f.found, f.there = f.entry, true
	if f.through != nil {
		f.through = append(f.through, f.folders[depth:]...)
	}
}

// enters records the tree of the folder at depth, which is not the known one.
func (f *treeFile) enters(depth int, tree plumbing.Hash) {
	if f.through == nil {
		f.through = append(make([]plumbing.Hash, 0, strings.Count(f.path, "/")), f.folders[:depth]...)
	}
	f.through = append(f.through, tree)
}
