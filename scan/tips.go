package scan

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxRefBytes is the largest file of a reference that is read.
const maxRefBytes = 1 << 10

// referenced gives the objects that the references name, each once, in no order: everything below refs/, and a HEAD that is
// detached. They are read here and not by go-git, which stops at the lock of a reference that somebody else is just
// writing. A file that is no reference is left out.
func (r *Repository) referenced() (map[plumbing.Hash]struct{}, error) {
	names := map[string]bool{}
	tips := map[plumbing.Hash]struct{}{}
	// Loose ones come first, as with git: one that is packed meanwhile is then met twice, and not never.
	root := filepath.Join(r.common, "refs")
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.IsDir(), strings.HasSuffix(e.Name(), ".lock"):
			return nil
		}
		text, err := readRef(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		below, err := filepath.Rel(r.common, path)
		if err != nil {
			return err
		}
		names[filepath.ToSlash(below)] = true
		if plumbing.IsHash(text) {
			tips[plumbing.NewHash(text)] = struct{}{}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list references: %w", err)
	}
	if head, err := readRef(filepath.Join(r.gitDir, "HEAD")); err == nil && plumbing.IsHash(head) {
		tips[plumbing.NewHash(head)] = struct{}{}
	}
	if err := r.packedTips(names, tips); err != nil {
		return nil, fmt.Errorf("list references: %w", err)
	}
	delete(tips, plumbing.ZeroHash)
	return tips, nil
}

// readRef reads the file of a reference; what is no small regular file gives "".
func readRef(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxRefBytes {
		return "", nil
	}
	text, err := os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}

// packedTips adds the references of packed-refs but for those whose names are loose: their packed values are old.
func (r *Repository) packedTips(loose map[string]bool, tips map[plumbing.Hash]struct{}) error {
	file, err := os.Open(filepath.Join(r.common, "packed-refs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 4<<10), 1<<20)
	current := false
	for lines.Scan() {
		line := lines.Text()
		if peeled, ok := strings.CutPrefix(line, "^"); ok {
			if current && plumbing.IsHash(peeled) {
				tips[plumbing.NewHash(peeled)] = struct{}{}
			}
			continue
		}
		hash, name, ok := strings.Cut(line, " ")
		current = ok && plumbing.IsHash(hash) && !loose[name]
		if current {
			tips[plumbing.NewHash(hash)] = struct{}{}
		}
	}
	return lines.Err()
}
