package scan

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// Mode is the kind of an entry.
type Mode int

// The modes of entries.
const (
	ModeRegular Mode = iota
	ModeExecutable
	// ModeSymlink is never followed. Its content is the target's name.
	ModeSymlink
	// ModeSubmodule is another repository and has no content here.
	ModeSubmodule
)

var modeNames = [...]string{"regular", "executable", "symlink", "submodule"}

// String gives the lower-case name.
func (m Mode) String() string {
	if m < 0 || int(m) >= len(modeNames) {
		return fmt.Sprintf("mode(%d)", int(m))
	}
	return modeNames[m]
}

// File is one entry of a commit's tree or of a directory.
type File struct {
	// Path is relative to the root of the repository, or of the scanned directory. It uses slashes and has no leading "/"
	// or "./" and no "..". Git allows every byte but NUL, so it may be invalid UTF-8.
	Path string
	Mode Mode
	// Size is in bytes. It is -1 if it is not known before the file is read.
	Size int64
	// Blob is the git object id in lower-case hex. It is empty if the source is not a repository.
	Blob string
	// Commit is set only for a file of the history. It is the full hash of the oldest scanned commit that contains this
	// blob.
	Commit string
	// Archive is set only for a file inside an archive: the Path of the archive in the source. Path then appends each step
	// inside after "!/": "lib.jar!/app.properties", "a.zip!/b.jar!/c.txt". Blob is empty.
	Archive string
	// Open returns the content from its beginning. The caller closes it. Several files may be open at once. Open is nil for
	// ModeSubmodule.
	Open func() (io.ReadCloser, error)
}

// Source lists the files to scan.
type Source interface {
	// Files yields every entry once, ordered by the bytes of Path. An error ends the walk. An error of a single file comes
	// from its Open instead, so that the other files are still scanned. The walk stops when ctx is done.
	Files(ctx context.Context) iter.Seq2[File, error]
}

// ListedSource is a source that may have its file list from an earlier walk, so that the scanner can skip the walk.
type ListedSource interface {
	Source
	// Listed returns what Files yields, in the same order, or nil if it is not known. Callers must not change the list.
	Listed() []File
}

// BufferedSource is a source that can read a file into an existing buffer, which is cheaper than Open.
type BufferedSource interface {
	Source
	// Read returns the whole content of a file of this source. It uses buf's memory if buf is large enough. It is safe for
	// concurrent use with different buffers.
	Read(f File, buf []byte) ([]byte, error)
}

// Content is one file as a detector sees it.
type Content struct {
	File
	// Data is the whole file, without a byte order mark, and converted to UTF-8 if the file is UTF-16 or UTF-32. It is
	// valid only during the call: copy what you keep. Size is the size of the file itself.
	Data []byte
	// Encoding is the original encoding of Data.
	Encoding Encoding
	// Binary is true if the first 8,000 bytes contain a NUL byte, which is git's own test, and the file is neither UTF-16 nor
	// UTF-32. See [Sniff].
	Binary bool
	// LFS is true for a Git LFS pointer. The real content is elsewhere and is not scanned.
	LFS bool
	// Again may be set by a detector that reports something about the file besides findings. The file is then shown again
	// in the next scan, although nothing was found in it.
	Again bool
}
