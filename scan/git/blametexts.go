package git

import (
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/sluice-scan/sluice/scan"
)

const (
	// maxKeptText limits the cached bytes of file versions: the older of two versions is the newer one of the next
	// comparison.
	maxKeptText = 16 << 20
	// keepBuffer is the size of the largest buffer that is kept for the next file version or tree.
	keepBuffer = 4 << 20
	// lineBytes is the memory of a line besides its text.
	lineBytes = 16
)

// blameTexts reads versions of files as lines.
type blameTexts struct {
	repo *Repository
	// maxFile is the size of the largest version that is read; left is the number of bytes that may still be read.
	maxFile, left int64

	buf  []byte
	kept map[plumbing.Hash][]string
	size int
}

// lines returns the lines of a blob, with their line feeds. It returns false if they are unknown or unwanted.
func (t *blameTexts) lines(h plumbing.Hash) ([]string, bool) {
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

// read returns nil for a blob without lines. size is their memory.
func (t *blameTexts) read(h plumbing.Hash) (lines []string, size int) {
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
