package git

import (
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

const (
	// maxKeptText bounds the bytes of the versions of files that are kept: the older one of two is the newer one of the next.
	maxKeptText = 16 << 20
	// keepBuffer is the largest buffer that is kept for the next version of a file, or for the next tree.
	keepBuffer = 4 << 20
	// lineBytes is what a line takes beside its text.
	lineBytes = 16
)

// originTexts reads versions of files as lines.
type originTexts struct {
	repo *Repository
	// maxFile is the largest version that is read, left how many bytes may still be.
	maxFile, left int64

	buf  []byte
	kept map[plumbing.Hash][]string
	size int
}

// lines gives the lines of a blob, with their line feeds; false when it is not known or not wanted what they are.
func (t *originTexts) lines(h plumbing.Hash) ([]string, bool) {
	if lines, ok := t.kept[h]; ok {
		return lines, lines != nil
	}
	lines, size := t.read(h)
	if t.size += size; t.kept == nil || t.size > maxKeptText {
		t.kept, t.size = map[plumbing.Hash][]string{}, size
	}
	t.kept[h] = lines
	return lines, lines != nil
}

// read gives nil for what has no lines, and what they take in memory.
func (t *originTexts) read(h plumbing.Hash) (lines []string, size int) {
	data, err := t.repo.blob(h, t.buf, min(t.maxFile, t.left))
	if err != nil {
		return nil, 0
	}
	t.left -= int64(len(data))
	if cap(data) <= keepBuffer {
		t.buf = data
	}
	encoding, binary := scan.Sniff(data)
	if binary {
		return nil, 0
	}
	lines, ok := splitLines(string(data), encoding)
	if !ok {
		return nil, 0
	}
	return lines, len(data) + lineBytes*len(lines)
}
