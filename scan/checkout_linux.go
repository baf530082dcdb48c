package scan

import (
	"strings"
	"sync"
	"syscall"
)

// checkout reads files below a folder by three calls of the system each: open, read, close. Through os.Root and os.File it
// would be six, and an entry in the poller's table that no regular file can have. No symlink is followed on any step, so
// that nothing outside of the folder is read. It is safe for concurrent use.
type checkout struct {
	mu   sync.Mutex
	root *checkoutFolder
	// folders are those that are open below root, by their paths. names are the keys, the next one to be closed at next.
	folders map[string]*checkoutFolder
	names   [openFolders]string
	next    int
}

// checkoutFolder is an open folder. Its number is closed when the last user is done with it: the system gives a number
// that is free to the next file at once.
type checkoutFolder struct {
	fd, users int
	closed    bool
}

// openCheckout gives nil when the folder cannot be opened.
func openCheckout(dir string) *checkout {
	fd, err := openAt(-1, dir, syscall.O_DIRECTORY)
	if err != nil {
		return nil
	}
	return &checkout{root: &checkoutFolder{fd: fd}, folders: map[string]*checkoutFolder{}}
}

func (c *checkout) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.root.close()
	for _, folder := range c.folders {
		folder.close()
	}
	clear(c.folders)
}

// read gives the first size bytes of the file at path, in buf's memory when that is big enough. It is for callers that
// know what the bytes must be. A FIFO is neither waited for nor emptied: it has no offsets.
func (c *checkout) read(path string, size int64, buf []byte) ([]byte, bool) {
	if c == nil {
		return nil, false
	}
	name, folder := path, ""
	if slash := strings.LastIndexByte(path, '/'); slash >= 0 {
		folder, name = path[:slash], path[slash+1:]
	}
	in := c.acquire(folder)
	if in == nil {
		return nil, false
	}
	fd, err := openAt(in.fd, name, syscall.O_NONBLOCK|syscall.O_NOFOLLOW)
	c.release(in)
	if err != nil {
		return nil, false
	}
	defer func() { _ = syscall.Close(fd) }()
	data := sized(buf, size)
	for at := 0; at < len(data); {
		n, err := syscall.Pread(fd, data[at:], int64(at))
		if err == syscall.EINTR { //nolint:errorlint // a number, never wrapped
			continue
		}
		if err != nil || n <= 0 {
			return nil, false
		}
		at += n
	}
	return data, true
}

// acquire opens a folder, "" being the root, and keeps it open until it is released; nil when it cannot be opened.
func (c *checkout) acquire(name string) *checkoutFolder {
	c.mu.Lock()
	defer c.mu.Unlock()
	folder := c.locked(name)
	if folder != nil {
		folder.users++
	}
	return folder
}

func (c *checkout) release(folder *checkoutFolder) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if folder.users--; folder.closed && folder.users == 0 {
		_ = syscall.Close(folder.fd)
	}
}

// locked opens a folder from the nearest one above it that is open.
func (c *checkout) locked(name string) *checkoutFolder {
	if name == "" {
		if c.root.closed {
			return nil
		}
		return c.root
	}
	if folder, ok := c.folders[name]; ok {
		return folder
	}
	above, last := "", name
	if slash := strings.LastIndexByte(name, '/'); slash >= 0 {
		above, last = name[:slash], name[slash+1:]
	}
	in := c.locked(above)
	if in == nil {
		return nil
	}
	fd, err := openAt(in.fd, last, syscall.O_DIRECTORY|syscall.O_NOFOLLOW)
	if err != nil {
		return nil
	}
	if old, ok := c.folders[c.names[c.next]]; ok {
		old.close()
		delete(c.folders, c.names[c.next])
	}
	folder := &checkoutFolder{fd: fd}
	c.folders[name], c.names[c.next] = folder, name
	c.next = (c.next + 1) % openFolders
	return folder
}

func (f *checkoutFolder) close() {
	if !f.closed && f.users == 0 {
		_ = syscall.Close(f.fd)
	}
	f.closed = true
}

// openAt opens a name in the folder of number dir for reading.
func openAt(dir int, name string, flags int) (int, error) {
	for {
		fd, err := syscall.Openat(dir, name, syscall.O_RDONLY|syscall.O_CLOEXEC|flags, 0)
		if err != syscall.EINTR { //nolint:errorlint // a number, never wrapped
			return fd, err
		}
	}
}
