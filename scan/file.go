package scan

import (
	"context"
	"fmt"
	"io"
	"iter"
)

// Mode says what kind of entry a file is.
type Mode int

// The modes of entries that a source can yield.
const (
	ModeRegular Mode = iota
	ModeExecutable
	// ModeSymlink is never followed; its content is the target's name.
	ModeSymlink
	// ModeSubmodule has no content here: it is another repository.
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
	// Path is relative to the root of the repository (or of the scanned directory), with slashes, without a leading
	// "/" or "./" and without "..". Git allows any byte but NUL: it may not be valid UTF-8.
	Path string
	Mode Mode
	// Size is in bytes; -1 when it is not known before the file is read.
	Size int64
	// Blob is the git object id in lower-case hex; empty when the source is no repository.
	Blob string
	// Commit is set for a file of the history only: the oldest scanned commit that holds this blob, in full.
	Commit string
	// Archive is set for a file inside an archive only: the Path of the archive in the source. Path is then that and the
	// place inside, each step behind "!/": "lib.jar!/app.properties", "a.zip!/b.jar!/c.txt". Blob is empty.
	Archive string
	// Open gives the content from its beginning. The caller closes it. Several files may be open at once. Nil for
	// ModeSubmodule.
	Open func() (io.ReadCloser, error)
}

// Source yields the files to scan.
type Source interface {
	// Files yields every entry once, ordered by the bytes of Path. An error ends the walk; an error of one file comes
	// from its Open instead, so that the others are still scanned. The walk stops when ctx is done.
	Files(ctx context.Context) iter.Seq2[File, error]
}

// ListedSource is a source that may know its files from an earlier walk, so that the scanner need not walk it again.
type ListedSource interface {
	Source
	// Listed gives what Files yields, in its order; nil when that is not known. The list must not be changed.
	Listed() []File
}

// BufferedSource is a source that can read a file into memory that is there already, which costs less than its Open.
type BufferedSource interface {
	Source
	// Read gives the whole content of a file of this source, in buf's memory when that is big enough. It is safe for
	// concurrent use with different buffers.
	Read(f File, buf []byte) ([]byte, error)
}

// Content is the text that a detector looks at: one file, read.
type Content struct {
	File
	// Data is the whole file, without a byte order mark, and in UTF-8 when the file is in UTF-16. It is only valid during
	// the call that got it: copy what is to be kept. Size counts the bytes of the file itself.
	Data []byte
	// Encoding is what Data was converted from.
	Encoding Encoding
	// Binary is true when a NUL byte stands in the first 8,000 bytes, which is git's own test, and the file is not in
	// UTF-16: see [Sniff].
	Binary bool
	// LFS is true for a Git LFS pointer: the real content is elsewhere and is not scanned.
	LFS bool
}
