package scan

import (
	"errors"
	"fmt"
)

// Tree is the list of files that a pass walked. It is safe for concurrent use.
type Tree struct {
	files  []File
	source Source
	limit  int64
}

// NewTree returns a tree of a source's files, ordered by the bytes of Path. Files larger than limit bytes cannot be
// read.
func NewTree(source Source, files []File, limit int64) *Tree {
	return &Tree{files: files, source: source, limit: limit}
}

// Files returns all entries, ordered by the bytes of Path. Callers must not change the slice.
func (t *Tree) Files() []File { return t.files }

// Read returns the content of a regular file of the tree in the form that detectors get; see [Content]. The caller may
// keep it. For a file above the limit the error says so.
func (t *Tree) Read(f File) (*Content, error) {
	// A separate reader has its own buffer, so the caller may keep the content.
	content, err := newReader(t.source, t.limit).read(f)
	if errors.Is(err, errOversize) {
		err = fmt.Errorf("larger than %s (MAX_FILE_SIZE)", Megabytes(t.limit))
	}
	return content, err
}
