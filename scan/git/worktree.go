package git

import (
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// openFolders is how many folders of the work tree stay open. Files come folder by folder, to a few goroutines.
const openFolders = 64

// workTree opens the files below a folder, and nothing outside of it, whatever the symlinks say. For a commit it is the
// cheap way to a blob: no zlib and no deltas. It is safe for concurrent use, and a nil one has no blobs.
type workTree struct {
	root *os.Root
	// quick reads files whose content is known; nil if the system has no such way.
	quick *checkout

	mu sync.Mutex
	// folders caches open folders, because opening them from the root costs more than reading a file. names are its keys;
	// the next one to close is at next.
	folders map[string]*os.Root
	names   [openFolders]string
	next    int
}

func openWorkTree(dir string) (*workTree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &workTree{root: root, quick: openCheckout(dir), folders: map[string]*os.Root{}}, nil
}

func (w *workTree) close() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, folder := range w.folders {
		_ = folder.Close()
	}
	clear(w.folders)
	w.quick.close()
	return w.root.Close()
}

// blob returns the file at path, in buf's memory if that is large enough, if its bytes are exactly those of the blob h.
// A size of -1 means that the size is not known. ok is false for anything else (another version, other line endings, a
// symlink, a FIFO).
func (w *workTree) blob(path string, h plumbing.Hash, size int64, buf []byte) (data []byte, ok bool) {
	if w == nil {
		return nil, false
	}
	if size >= 0 && w.quick.usable() {
		if data, ok = w.quick.read(path, size, buf); ok || w.quick.usable() {
			return data, ok && object.Hash(plumbing.BlobObject, data) == h
		}
	}
	file, err := w.open(path)
	if err != nil {
		return nil, false
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() > object.MaxBytes || size >= 0 && info.Size() != size {
		return nil, false
	}
	data = object.Sized(buf, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, false
	}
	return data, object.Hash(plumbing.BlobObject, data) == h
}

// open opens a file without blocking, even if it is a FIFO.
func (w *workTree) open(path string) (*os.File, error) {
	const flags = os.O_RDONLY | syscall.O_NONBLOCK
	slash := strings.LastIndexByte(path, '/')
	if slash < 0 {
		return w.root.OpenFile(path, flags, 0)
	}
	folder, err := w.folder(path[:slash])
	if err != nil {
		return nil, err
	}
	file, err := folder.OpenFile(path[slash+1:], flags, 0)
	if errors.Is(err, os.ErrClosed) {
		// Another goroutine has just closed the folder to open another one.
		return w.root.OpenFile(path, flags, 0)
	}
	return file, err
}

func (w *workTree) folder(name string) (*os.Root, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.locked(name)
}

// locked opens a folder from its nearest open parent: from the root, each part of the path costs a call.
func (w *workTree) locked(name string) (*os.Root, error) {
	if folder, ok := w.folders[name]; ok {
		return folder, nil
	}
	above, last := w.root, name
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		var err error
		if above, err = w.locked(name[:slash]); err != nil {
			return nil, err
		}
		last = name[slash+1:]
	}
	folder, err := above.OpenRoot(last)
	if err != nil {
		return nil, err
	}
	if old, ok := w.folders[w.names[w.next]]; ok {
		_ = old.Close()
		delete(w.folders, w.names[w.next])
	}
	w.folders[name], w.names[w.next] = folder, name
	w.next = (w.next + 1) % openFolders
	return folder, nil
}
