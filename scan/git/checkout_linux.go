package git

import (
	"errors"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// checkout reads files below a folder with three system calls each: open, read, close. os.Root and os.File need six, and
// two or three for each folder. The kernel follows no symlink on the way (openat2, Linux 5.6), so nothing outside the
// folder is opened. It is safe for concurrent use.
type checkout struct {
	// mu is held for reading while root is in use: after a close, the kernel gives the file descriptor to the next file at
	// once.
	mu   sync.RWMutex
	root int
	// refused is set once the kernel lacks the call, or a sandbox does not allow it.
	refused atomic.Bool
}

// openCheckout returns nil if the folder cannot be opened.
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

// usable reports whether read is worth trying.
func (c *checkout) usable() bool { return c != nil && !c.refused.Load() }

// read returns the first size bytes of the file at path, in buf's memory if that is large enough. It is for callers that
// can verify the bytes. It does not wait for a FIFO and does not consume its content, because a FIFO has no offsets.
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
