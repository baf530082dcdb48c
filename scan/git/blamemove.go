package git

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

// moved passes on the files that parent k of c has at another path, where c no longer has a file, and returns the
// others.
func (w *blameWalk) moved(ctx context.Context, c *commitInfo, suspects []*suspect, k int) []*suspect {
	wanted := map[plumbing.Hash]bool{}
	for _, s := range suspects {
		// A link or a submodule that became a file was not moved.
		if !s.olds[k].there {
			wanted[s.entry.hash] = true
		}
	}
	if len(wanted) == 0 {
		return suspects
	}
	p := suspects[0].olds[k].parent
	gone, ok := w.gone(ctx, c, p, wanted)
	left := suspects[:0]
	for _, s := range suspects {
		if s.olds[k].there {
			left = append(left, s)
			continue
		}
		if !ok {
			continue
		}
		from := source(gone, s)
		if from == nil {
			left = append(left, s)
			continue
		}
		s.folders = nil
		s.at(from)
		w.pass(p, s)
	}
	return left
}

// gone lists the files of p that have a wanted content and that c does not have, ordered by path, as found in p. It
// returns false if they are not known.
func (w *blameWalk) gone(ctx context.Context, c, p *commitInfo, wanted map[plumbing.Hash]bool) ([]treeFile, bool) {
	var files []treeFile
	known := true
	// The trees are compared in reverse: what p has counts as added. So only folders that p has too are read from the
	// commit itself.
	w.renames.added = func(path string, e treeEntry) {
		if m := e.fileMode(); wanted[e.hash] && (m == scan.ModeRegular || m == scan.ModeExecutable) {
			files = append(files, treeFile{path: path})
		}
	}
	w.renames.unread = func(string, error) { known = false }
	err := w.renames.compare(ctx, "", p.tree, []plumbing.Hash{c.tree}, 0)
	if err != nil || !known {
		return nil, false
	}
	slices.SortFunc(files, func(a, b treeFile) int { return strings.Compare(a.path, b.path) })
	w.seek.find(c.tree, files)
	// A file that now has other content, or is a link, still exists: it was copied.
	files = slices.DeleteFunc(files, func(f treeFile) bool { return f.there })
	for i := range files {
		if files[i].err != nil {
			return nil, false
		}
		files[i].through = nil
	}
	w.seek.find(p.tree, files)
	return files, true
}

// source chooses the source of a moved file: the first with the same name, else the first of all; nil if there is none.
func source(gone []treeFile, s *suspect) *treeFile {
	var first *treeFile
	for i := range gone {
		f := &gone[i]
		if !f.isFile() || f.found.hash != s.entry.hash {
			continue
		}
		if path.Base(f.path) == path.Base(s.path) {
			return f
		}
		if first == nil {
			first = f
		}
	}
	return first
}
