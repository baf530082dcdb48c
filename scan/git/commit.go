package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git/object"
)

const (
	// maxCommitBytes is the size of the largest commit or tag that is read.
	maxCommitBytes = 16 << 20
	// maxConfigBytes is the size of the largest file that [Commit.ReadFile] reads.
	maxConfigBytes = 16 << 20
	// maxListed is the largest number of files that a commit remembers.
	maxListed = 200_000
)

// Commit is one commit and its tree. It is a [scan.Source], and safe for concurrent use.
type Commit struct {
	// Hash is the full hash in lower-case hex.
	Hash string
	// Parents are the full hashes in the commit object; a shallow clone may not have these commits.
	Parents []string
	// Time is the commit date.
	Time time.Time
	// Subject is the first line of the message, in valid UTF-8.
	Subject string

	repo    *Repository
	tree    plumbing.Hash
	owned   bool
	mu      sync.Mutex
	skipped []scan.Failure
	// files is the tree after a complete walk, unless it is very large: a scan asks for it more than once.
	files []scan.File
}

var (
	_ scan.ListedSource   = (*Commit)(nil)
	_ scan.BufferedSource = (*Commit)(nil)
)

// OpenCommit opens the repository that contains dir, and a revision of it: [Open], [Repository.Resolve] and
// [Repository.Commit] in one call. The caller must close the commit, which closes the repository.
func OpenCommit(ctx context.Context, dir, rev string) (*Commit, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	hash, err := r.Resolve(rev)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	c, err := r.Commit(ctx, hash)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	c.owned = true
	return c, nil
}

// Commit returns the commit with this full hash. Errors: [ErrUnknownRevision] if the clone does not have it,
// [ErrCorruptObject].
func (r *Repository) Commit(ctx context.Context, hash string) (*Commit, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !plumbing.IsHash(hash) {
		return nil, fmt.Errorf("read commit: %q is not a full hash", hash)
	}
	info, err := r.readCommit(plumbing.NewHash(hash))
	if errors.Is(err, ErrMissingObject) {
		return nil, r.unknown(hash)
	}
	if err != nil {
		return nil, err
	}
	c := &Commit{Hash: info.hash.String(), Time: info.time, Subject: info.subject, repo: r, tree: info.tree}
	for _, p := range info.parents {
		c.Parents = append(c.Parents, p.String())
	}
	return c, nil
}

// Repository returns the repository of the commit.
func (c *Commit) Repository() *Repository { return c.repo }

// Close closes the repository of a commit from [OpenCommit]; for other commits it does nothing.
func (c *Commit) Close() error {
	if !c.owned {
		return nil
	}
	return c.repo.Close()
}

// Files yields the tree, ordered by the bytes of Path. Sizes come from the objects; -1 means that the object is missing
// or damaged, and Open returns the error. A folder that cannot be read appears as one regular file whose Open returns
// the error. Entries with impossible names are left out: see [Commit.Skipped].
func (c *Commit) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		if known := c.Listed(); known != nil && ctx.Err() == nil {
			for i := range known {
				if !yield(known[i], nil) {
					return
				}
			}
			return
		}
		var files []scan.File
		var skipped []scan.Failure
		visit := func(f scan.File) bool {
			if len(files) <= maxListed {
				files = append(files, f)
			}
			return yield(f, nil)
		}
		err := c.repo.walkTree(c.tree, treeVisitor{
			file: func(path string, e treeEntry) bool {
				if ctx.Err() != nil {
					return false
				}
				return visit(c.repo.file(path, e, ""))
			},
			unread: func(path string, h plumbing.Hash, err error) bool {
				return visit(unreadable(path, h.String(), err))
			},
			invalid: func(path string, err error) { skipped = append(skipped, scan.Failure{Path: path, Err: err}) },
		})
		c.mu.Lock()
		c.skipped = skipped
		if err == nil && len(files) <= maxListed {
			c.files = files
		}
		c.mu.Unlock()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(scan.File{}, fmt.Errorf("list files of commit %s: %w", c.Hash, err))
		}
	}
}

// Listed returns the tree in the order of [Commit.Files], or nil before a complete walk. The caller must not change it.
func (c *Commit) Listed() []scan.File {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.files
}

// Skipped lists the entries that the last complete walk of [Commit.Files] left out, in its order. Their errors are
// [ErrInvalidEntry]. Only a crafted tree has such entries; their content was not scanned.
func (c *Commit) Skipped() []scan.Failure {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.skipped
}

// Read returns the whole content of a file of this commit, in buf's memory if that is large enough. The bytes are the
// same as from Open; Read is for callers that read many files. It is safe for concurrent use with different buffers.
func (c *Commit) Read(f scan.File, buf []byte) ([]byte, error) { return c.repo.readFile(f, buf) }

// ReadFile returns the content of the file at path, of at most 16 MiB. A missing path is [fs.ErrNotExist]; a folder, a
// symlink or a submodule is [fs.ErrInvalid].
func (c *Commit) ReadFile(path string) ([]byte, error) {
	fail := func(err error) ([]byte, error) {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	if !fs.ValidPath(path) || path == "." {
		return fail(fs.ErrInvalid)
	}
	tree := c.tree
	for rest := path; ; {
		name, below, more := strings.Cut(rest, "/")
		entries, err := c.repo.readTree(tree)
		if err != nil {
			return fail(err)
		}
		found := -1
		for i, e := range entries {
			if e.name == name && e.isTree() == more {
				found = i
				break
			}
			if e.name == name && !more {
				return fail(fs.ErrInvalid)
			}
		}
		if found < 0 {
			return fail(fs.ErrNotExist)
		}
		e := entries[found]
		if more {
			tree, rest = e.hash, below
			continue
		}
		if m := e.fileMode(); m != scan.ModeRegular && m != scan.ModeExecutable {
			return fail(fs.ErrInvalid)
		}
		data, err := c.repo.blob(e.hash, nil, maxConfigBytes)
		if err != nil {
			return fail(err)
		}
		return data, nil
	}
}

// file describes an entry of a tree. commit is set for a file of the history.
func (r *Repository) file(path string, e treeEntry, commit string) scan.File {
	f := scan.File{Path: path, Mode: e.fileMode(), Blob: e.hash.String(), Commit: commit}
	if f.Mode == scan.ModeSubmodule {
		return f
	}
	f.Size = e.sized - 1
	if e.sized == 0 {
		size, err := r.objects.Size(e.hash)
		if err != nil {
			size = -1
		}
		f.Size = size
	}
	f.Open = func() (io.ReadCloser, error) {
		data, err := r.readFile(f, nil)
		if err != nil {
			return nil, err
		}
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return f
}

// unreadable represents an entry that a walk could not read.
func unreadable(path, blob string, err error) scan.File {
	return scan.File{Path: path, Size: -1, Blob: blob, Open: func() (io.ReadCloser, error) { return nil, err }}
}

// readFile reads a blob from the work tree if it is unchanged there, else from the objects.
func (r *Repository) readFile(f scan.File, buf []byte) ([]byte, error) {
	h := plumbing.NewHash(f.Blob)
	if f.Size > object.MaxBytes {
		return nil, fmt.Errorf("read %s: %w", f.Path, object.ErrTooLarge)
	}
	if f.Mode != scan.ModeSymlink && f.Commit == "" {
		if data, ok := r.tree.blob(f.Path, h, f.Size, buf); ok {
			return data, nil
		}
	}
	return r.blob(h, buf, object.MaxBytes)
}

// blob reads a blob from the objects.
func (r *Repository) blob(h plumbing.Hash, buf []byte, limit int64) ([]byte, error) {
	kind, data, err := r.objects.Read(h, buf, limit)
	switch {
	case errors.Is(err, ErrMissingObject):
		return nil, fmt.Errorf("%w: the clone is partial or damaged; clone again without --filter", err)
	case err != nil:
		return nil, err
	case kind != plumbing.BlobObject:
		return nil, fmt.Errorf("read object %s: %w: it is a %s, not a file", h, ErrCorruptObject, kind)
	}
	return data, nil
}
