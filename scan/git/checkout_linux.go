package git

import (
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// checkout reads files below a folder by three calls of the system each: open, read, close. Through os.Root and os.File it
// is six, and two or three for each folder. The system itself follows no symlink on the way (openat2, Linux 5.6), so that
// nothing outside of the folder is opened. It is safe for concurrent use.
type checkout struct {
	// mu is held for reading while root is in use: the system gives a number that is free to the next file at once.
	mu   sync.RWMutex
	root int
	// refused is set once the system does not have the call, or a sandbox does not allow it.
	refused atomic.Bool
}

// openCheckout gives nil when the folder cannot be opened.
func openCheckout(dir string) *checkout {
	root, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	return &checkout{root: root}
}

func (c *checkout) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refused.Store(true)
	if c.root >= 0 {
		_ = unix.Close(c.root)
		c.root = -1
	}
}

// usable reports whether it is worth a try.
func (c *checkout) usable() bool { return c != nil && !c.refused.Load() }

// read gives the first size bytes of the file at path, in buf's memory when that is big enough. It is for callers that
// know what the bytes must be. A FIFO is neither waited for nor emptied: it has no offsets.
func (c *checkout) read(path string, size int64, buf []byte) ([]byte, bool) {
	fd, err := c.open(path)
	if err != nil {
		if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
			c.refused.Store(true)
		}
		return nil, false
	}
	defer func() { _ = unix.Close(fd) }()
	data := object.Sized(buf, size)
	for at := 0; at < len(data); {
		n, err := unix.Pread(fd, data[at:], int64(at))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n <= 0 {
			return nil, false
		}
		at += n
	}
	return data, true
}

func (c *checkout) open(path string) (int, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	how := unix.OpenHow{
		Flags:   unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK | unix.O_NOFOLLOW,
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	}
	for {
		fd, err := unix.Openat2(c.root, path, &how)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}
