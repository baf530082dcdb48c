package git

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git/object"
)

// ErrNotFile means that a folder contains a device, a FIFO or a socket in place of a file.
var ErrNotFile = errors.New("not a regular file")

// Dir is the current content of a folder, committed or not. It is a [scan.Source], and safe for concurrent use. It never
// opens anything outside the folder, whatever the symlinks say.
type Dir struct {
	path string
	tree *workTree
	// prefix is the path of the folder relative to the root of its repository, with a "/" at the end, or "".
	prefix  string
	rules   ignoreRules
	tracked trackedFiles
	// ignoring is true inside a repository whose index is readable.
	ignoring bool

	mu      sync.Mutex
	ignored int
	skipped []scan.Failure
}

var _ scan.BufferedSource = (*Dir)(nil)

// OpenDir opens a folder. In a git repository it leaves out files that .gitignore files and .git/info/exclude ignore and
// that git does not track; [Dir.Ignored] counts them. Such a file is in no commit, so it leaks nothing. It does not read
// the user's own excludes, so that a scan gives the same result on every machine. The caller must close it.
func OpenDir(dir string) (*Dir, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	tree, err := openWorkTree(abs)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	d := &Dir{path: abs, tree: tree}
	d.findRules()
	return d, nil
}

// findRules reads the ignore rules of the repository from its root down to the folder's parent.
func (d *Dir) findRules() {
	work, gitDir, err := discover(d.path)
	if err != nil || work == "" {
		return
	}
	if d.tracked, d.ignoring = readTracked(gitDir); !d.ignoring {
		return
	}
	if common, err := commonDir(gitDir); err == nil {
		if text, err := readSmallFile(filepath.Join(common, "info", "exclude")); err == nil {
			d.rules = d.rules.with(text, "")
		}
	}
	rel, err := filepath.Rel(work, d.path)
	if err != nil || rel == "." {
		return
	}
	base, at := "", work
	for _, name := range strings.Split(filepath.ToSlash(rel), "/") {
		if text, err := readSmallFile(filepath.Join(at, ".gitignore")); err == nil {
			d.rules = d.rules.with(text, base)
		}
		base += name + "/"
		at = filepath.Join(at, name)
	}
	d.prefix = base
}

// Close releases the folder.
func (d *Dir) Close() error { return d.tree.close() }

// Files yields the content of the folder, ordered by the bytes of Path: regular files, and symlinks, which it does not
// follow. It leaves out the content of ".git" folders, and devices, FIFOs and sockets (see [Dir.Skipped]). A folder that
// cannot be read appears as one regular file whose Open returns the error. Blob is empty.
func (d *Dir) Files(ctx context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		w := &dirWalk{dir: d, yield: yield}
		err := w.folder(ctx, "", d.rules, false)
		d.mu.Lock()
		d.ignored, d.skipped = w.ignored, w.skipped
		d.mu.Unlock()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(scan.File{}, fmt.Errorf("list files of %s: %w", d.path, err))
		}
	}
}

// Ignored counts the files and folders that the last complete walk of [Dir.Files] left out because git ignores them; a
// folder counts once.
func (d *Dir) Ignored() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ignored
}

// Skipped lists the devices, FIFOs and sockets that the last complete walk of [Dir.Files] met, ordered by path. They
// have no content to scan. Their errors are [ErrNotFile].
func (d *Dir) Skipped() []scan.Failure {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.skipped
}

// Read returns the whole content of a file of this folder, in buf's memory if that is large enough. The bytes are the
// same as from Open; Read is for callers that read many files. It is safe for concurrent use with different buffers.
func (d *Dir) Read(f scan.File, buf []byte) ([]byte, error) {
	file, info, err := d.open(f)
	if err != nil {
		return nil, err
	}
	if f.Mode == scan.ModeSymlink {
		data, err := io.ReadAll(file)
		return append(buf[:0], data...), err
	}
	defer func() { _ = file.Close() }()
	if info.Size() > object.MaxBytes {
		return nil, fmt.Errorf("read %s: %w", f.Path, object.ErrTooLarge)
	}
	// One byte more than the file has, so that reading sees the end without growing the buffer. A file that grows meanwhile
	// is read to its end.
	buf = object.Sized(buf, info.Size()+1)[:0]
	for {
		n, err := file.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
		if len(buf) == cap(buf) {
			if len(buf) > object.MaxBytes {
				return nil, fmt.Errorf("read %s: %w", f.Path, object.ErrTooLarge)
			}
			buf = slices.Grow(buf, 64<<10)
		}
	}
}

// open opens a regular file. For a symlink it returns the target path as the content.
func (d *Dir) open(f scan.File) (io.ReadCloser, fs.FileInfo, error) {
	if f.Mode == scan.ModeSymlink {
		target, err := d.tree.root.Readlink(filepath.FromSlash(f.Path))
		if err != nil {
			return nil, nil, err
		}
		return io.NopCloser(bytes.NewReader([]byte(target))), nil, nil
	}
	file, err := d.tree.open(f.Path)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: f.Path, Err: ErrNotFile}
	}
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}

// dirWalk is one walk over a folder.
type dirWalk struct {
	dir     *Dir
	yield   func(scan.File, error) bool
	ignored int
	skipped []scan.Failure
}

// folder walks the folder at prefix, which is "" or ends in "/". If git ignores the folder itself, only tracked files in
// it count.
func (w *dirWalk) folder(ctx context.Context, prefix string, rules ignoreRules, ignored bool) error {
	entries, err := w.list(prefix)
	if err != nil {
		if prefix == "" {
			return err
		}
		return w.give(unreadable(strings.TrimSuffix(prefix, "/"), "", err))
	}
	if w.dir.ignoring && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".gitignore" && e.Type().IsRegular() }) {
		f := scan.File{Path: prefix + ".gitignore"}
		if info, err := w.dir.tree.root.Lstat(filepath.FromSlash(f.Path)); err == nil && info.Size() <= maxIgnoreBytes {
			if text, err := w.dir.Read(f, nil); err == nil {
				rules = rules.with(string(text), w.dir.prefix+prefix)
			}
		}
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := prefix + e.Name()
		if e.Name() == ".git" {
			continue
		}
		ignored := ignored || w.dir.ignoring && rules.ignored(w.dir.prefix+path, e.Name(), e.IsDir())
		if ignored && !w.dir.tracks(path, e.IsDir()) {
			w.ignored++
			continue
		}
		if e.IsDir() {
			err = w.folder(ctx, path+"/", rules, ignored)
		} else {
			err = w.entry(path, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list reads a folder in the order of full paths: a folder sorts as if its name ended in "/".
func (w *dirWalk) list(prefix string) ([]fs.DirEntry, error) {
	folder, err := w.dir.tree.root.Open(cmp.Or(filepath.FromSlash(strings.TrimSuffix(prefix, "/")), "."))
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, err
	}
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(key(a), key(b)) })
	return entries, nil
}

// tracks reports whether git tracks a file, or any file in a folder.
func (d *Dir) tracks(path string, dir bool) bool {
	if dir {
		return d.tracked.below(d.prefix + path)
	}
	return d.tracked.file(d.prefix + path)
}

// entry yields an entry that is not a folder.
func (w *dirWalk) entry(path string, e fs.DirEntry) error {
	f := scan.File{Path: path}
	info, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		// It was deleted after the folder was listed.
		return nil
	}
	if err != nil {
		return w.give(unreadable(path, "", err))
	}
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		f.Mode = scan.ModeSymlink
	case !info.Mode().IsRegular():
		w.skipped = append(w.skipped, scan.Failure{Path: path, Err: fmt.Errorf("%s: %w", info.Mode().Type(), ErrNotFile)})
		return nil
	case info.Mode()&0o111 != 0:
		f.Mode = scan.ModeExecutable
	}
	f.Size = info.Size()
	named := f
	f.Open = func() (io.ReadCloser, error) {
		r, _, err := w.dir.open(named)
		return r, err
	}
	return w.give(f)
}

func (w *dirWalk) give(f scan.File) error {
	if !w.yield(f, nil) {
		return errStopped
	}
	return nil
}
