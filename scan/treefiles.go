package scan

import (
	"errors"
	"fmt"
)

// Tree is the files of the tree that a pass walked. It is safe for concurrent use.
type Tree struct {
	files  []File
	source Source
	limit  int64
}

// NewTree gives a tree of files of a source, ordered by the bytes of Path; those above limit bytes cannot be read.
func NewTree(source Source, files []File, limit int64) *Tree {
	return &Tree{files: files, source: source, limit: limit}
}

// Files are all entries, ordered by the bytes of Path. The slice must not be changed.
func (t *Tree) Files() []File { return t.files }

// Read gives the content of a regular file of the tree, as detectors see it: see [Content]. It is the caller's to keep.
// The error of a file that is too large says so.
func (t *Tree) Read(f File) (*Content, error) {
	// Each reader has a buffer of its own.
	content, err := newReader(t.source, t.limit).read(f)
	if errors.Is(err, errOversize) {
		err = fmt.Errorf("larger than %s (MAX_FILE_SIZE)", Megabytes(t.limit))
	}
	return content, err
}
