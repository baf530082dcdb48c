package git

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

// maxRefBytes is the size of the largest reference file that is read.
const maxRefBytes = 1 << 10

// referenced returns the objects to which references point, each once, in no order: everything below refs/, and a
// detached HEAD.
func (r *Repository) referenced() (map[plumbing.Hash]struct{}, error) {
	tips := map[plumbing.Hash]struct{}{}
	err := r.eachRef(func(_, text string) {
		if plumbing.IsHash(text) {
			tips[plumbing.NewHash(text)] = struct{}{}
		}
	})
	if err != nil {
		return nil, err
	}
	if head, err := readRef(filepath.Join(r.gitDir, "HEAD")); err == nil && plumbing.IsHash(head) {
		tips[plumbing.NewHash(head)] = struct{}{}
	}
	delete(tips, plumbing.ZeroHash)
	return tips, nil
}

// eachRef calls visit with the name and the text of each reference below refs/. A packed reference with a peeled value
// is visited with both values. It does not use go-git, which fails at the lock file of a reference that another process
// is writing. For anything that is not a small regular file the text is "". A malformed line of packed-refs is visited
// with its position as the name, and no text.
func (r *Repository) eachRef(visit func(name, text string)) error {
	names := map[string]bool{}
	// Read loose references first, as git does: one that is packed meanwhile is then seen twice instead of never.
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
		name := filepath.ToSlash(below)
		names[name] = true
		visit(name, text)
		return nil
	})
	if err == nil {
		err = r.eachPackedRef(names, visit)
	}
	if err != nil {
		return fmt.Errorf("list references: %w", err)
	}
	return nil
}

// IsReference reports whether the text of a reference file, without its line feed, names a commit or another reference
// (gitrepository-layout).
func IsReference(text string) bool { return plumbing.IsHash(text) || strings.HasPrefix(text, "ref: ") }

// readRef reads a reference file; for anything but a small regular file it returns "".
func readRef(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxRefBytes {
		return "", nil
	}
	text, err := os.ReadFile(path)
	return strings.TrimSpace(string(text)), err
}

// eachPackedRef visits the references of packed-refs, except those in loose, whose packed values are outdated.
func (r *Repository) eachPackedRef(loose map[string]bool, visit func(name, text string)) error {
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
	name, current := "", false
	for number := 1; lines.Scan(); number++ {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		if peeled, ok := strings.CutPrefix(line, "^"); ok {
			if current {
				visit(name, peeled)
			}
			continue
		}
		hash, rest, ok := strings.Cut(line, " ")
		if !ok || !plumbing.IsHash(hash) {
			current = false
			visit(fmt.Sprintf("packed-refs, line %d", number), "")
			continue
		}
		name = rest
		if current = !loose[name]; current {
			visit(name, hash)
		}
	}
	return lines.Err()
}
