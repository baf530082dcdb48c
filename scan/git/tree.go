package git

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git/object"
)

const (
	// maxTreeEntries limits the entries of one walk: a few small trees that name each other many times would otherwise
	// unfold without end.
	maxTreeEntries = 20_000_000
	// maxPathBytes limits a path. Linux opens paths of 4,096 bytes.
	maxPathBytes = 32 << 10
)

// ErrInvalidEntry means that a tree has an entry whose name no file can have. Git refuses to check it out.
var ErrInvalidEntry = errors.New("invalid tree entry")

// treeEntry is one line of a tree object.
type treeEntry struct {
	name string
	mode uint32
	hash plumbing.Hash
	// sized is the size of a file plus one, or 0 if the size is not known.
	sized int64
}

// The type bits of a mode.
const (
	modeTypeMask  = 0o170000
	modeTypeTree  = 0o040000
	modeTypeLink  = 0o120000
	modeTypeGit   = 0o160000
	modeExecution = 0o100
)

func (e treeEntry) isTree() bool { return e.mode&modeTypeMask == modeTypeTree }

// fileMode treats every type that git does not define as a file; reading it then gives the error.
func (e treeEntry) fileMode() scan.Mode {
	switch e.mode & modeTypeMask {
	case modeTypeLink:
		return scan.ModeSymlink
	case modeTypeGit:
		return scan.ModeSubmodule
	}
	if e.mode&modeExecution != 0 {
		return scan.ModeExecutable
	}
	return scan.ModeRegular
}

// compareEntries is git's order: by bytes, with folders as if their names ended in "/". A walk in this order yields full
// paths in byte order.
func compareEntries(a, b treeEntry) int {
	n := min(len(a.name), len(b.name))
	return cmp.Or(
		strings.Compare(a.name[:n], b.name[:n]),
		cmp.Compare(a.byteAt(n), b.byteAt(n)),
		strings.Compare(a.name[n:], b.name[n:]),
	)
}

func (e treeEntry) byteAt(i int) int {
	switch {
	case i < len(e.name):
		return int(e.name[i])
	case e.isTree():
		return '/'
	}
	return -1
}

// parseTree parses a tree object, a sequence of "MODE NAME\x00" and 20 bytes of hash. It returns the entries in git's
// order, even if the object has another order.
func parseTree(data []byte) ([]treeEntry, error) {
	entries := make([]treeEntry, 0, len(data)/36)
	names := string(data)
	sorted := true
	for at := 0; at < len(data); {
		mode, from, to, err := entryAt(data, at)
		if err != nil {
			return nil, err
		}
		e := treeEntry{name: names[from:to], mode: mode}
		at = to + 1 + copy(e.hash[:], data[to+1:])
		if n := len(entries); n > 0 && compareEntries(entries[n-1], e) > 0 {
			sorted = false
		}
		entries = append(entries, e)
	}
	if !sorted {
		slices.SortStableFunc(entries, compareEntries)
	}
	return entries, nil
}

// entryAt parses the entry of a tree object at the offset at. Its name is data[from:to], followed by a NUL and the hash.
func entryAt(data []byte, at int) (mode uint32, from, to int, err error) {
	space := bytes.IndexByte(data[at:], ' ')
	if space < 1 || space > 7 {
		return 0, 0, 0, object.Corrupt(errors.New("malformed mode in a tree"))
	}
	for _, c := range data[at : at+space] {
		if c < '0' || c > '7' {
			return 0, 0, 0, object.Corrupt(errors.New("malformed mode in a tree"))
		}
		mode = mode<<3 | uint32(c-'0')
	}
	from = at + space + 1
	end := bytes.IndexByte(data[from:], 0)
	if end < 0 || from+end+1+object.HashBytes > len(data) {
		return 0, 0, 0, object.Corrupt(errors.New("a tree ends within an entry"))
	}
	return mode, from, from + end, nil
}

// checkEntry returns why entry i of a tree must not be used as a path, or nil.
func checkEntry(entries []treeEntry, i int) error {
	e := entries[i]
	switch {
	case e.name == "" || e.name == "." || e.name == ".." || strings.Contains(e.name, "/"):
		return fmt.Errorf("%w: %q is not the name of a file", ErrInvalidEntry, e.name)
	case strings.EqualFold(e.name, ".git"):
		return fmt.Errorf("%w: %q is reserved for git itself", ErrInvalidEntry, e.name)
	case i > 0 && entries[i-1].name == e.name:
		return fmt.Errorf("%w: the tree has the name twice", ErrInvalidEntry)
	case e.isTree():
		file := treeEntry{name: e.name}
		at := sort.Search(i, func(j int) bool { return compareEntries(entries[j], file) >= 0 })
		if at < i && entries[at].name == e.name {
			return fmt.Errorf("%w: the tree has the name twice", ErrInvalidEntry)
		}
	}
	return nil
}

// readTree reads and parses a tree object. The caller must not change the entries.
func (r *Repository) readTree(h plumbing.Hash) ([]treeEntry, error) {
	if entries := r.treeCache.get(treeKey{r.gitDir, h}); entries != nil {
		return entries, nil
	}
	kind, data, err := r.objects.Read(h, nil, object.MaxTreeBytes)
	if err != nil {
		return nil, err
	}
	if kind != plumbing.TreeObject {
		return nil, fmt.Errorf("read object %s: %w: it is a %s, not a tree", h, ErrCorruptObject, kind)
	}
	entries, err := parseTree(data)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", h, err)
	}
	r.cacheTree(h, entries, len(data))
	return entries, nil
}

// treeVisitor receives the parts of a tree during a walk.
type treeVisitor struct {
	// enter is called before a subtree is read; false skips it.
	enter func(path string, h plumbing.Hash) bool
	// file receives every entry that is not a tree; false ends the walk.
	file func(path string, e treeEntry) bool
	// unread receives a subtree that cannot be read; false ends the walk.
	unread func(path string, h plumbing.Hash, err error) bool
	// invalid receives an entry that is left out.
	invalid func(path string, err error)
}

// errStopped ends a walk at the visitor's request.
var errStopped = errors.New("stopped")

// walkTree visits a tree in the order of full paths. It fails if the tree itself cannot be read, or unfolds to more
// entries than any real tree.
func (r *Repository) walkTree(h plumbing.Hash, v treeVisitor) error {
	type frame struct {
		prefix  string
		entries []treeEntry
		next    int
	}
	entries, err := r.readTree(h)
	if err != nil {
		return err
	}
	stack := []frame{{entries: entries}}
	for count := 0; len(stack) > 0; {
		top := &stack[len(stack)-1]
		if top.next == len(top.entries) {
			stack = stack[:len(stack)-1]
			continue
		}
		i := top.next
		top.next++
		if count++; count > maxTreeEntries {
			return fmt.Errorf("walk tree %s: more than %d entries", h, maxTreeEntries)
		}
		e := top.entries[i]
		path := top.prefix + e.name
		if err := checkEntry(top.entries, i); err != nil {
			v.invalid(path, err)
			continue
		}
		if len(path) > maxPathBytes {
			v.invalid(path[:256]+"...", fmt.Errorf("%w: a path of more than %d bytes", ErrInvalidEntry, maxPathBytes))
			continue
		}
		if !e.isTree() {
			if !v.file(path, e) {
				return errStopped
			}
			continue
		}
		if v.enter != nil && !v.enter(path, e.hash) {
			continue
		}
		below, err := r.readTree(e.hash)
		if err != nil {
			if !v.unread(path, e.hash, err) {
				return errStopped
			}
			continue
		}
		stack = append(stack, frame{prefix: path + "/", entries: below})
	}
	return nil
}
