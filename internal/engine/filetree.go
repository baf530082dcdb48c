package engine

import (
	"context"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/linediff"
)

// fileTree answers questions about single files of a source. It keeps the lines of the file that it read last, because
// findings are sorted by file.
type fileTree struct {
	files map[string]scan.File
	paths []string
	// blobs maps each content to its paths.
	blobs map[string][]string
	limit int64

	last  string
	lines []string
	ok    bool
}

// newFileTree lists the regular files of a source; those above limit are never read.
func newFileTree(ctx context.Context, source scan.Source, limit int64) (*fileTree, error) {
	t := &fileTree{files: map[string]scan.File{}, blobs: map[string][]string{}, limit: limit}
	for f, err := range source.Files(ctx) {
		if err != nil {
			return nil, err
		}
		if f.Mode != scan.ModeRegular && f.Mode != scan.ModeExecutable {
			continue
		}
		t.files[f.Path] = f
		t.paths = append(t.paths, f.Path)
		if f.Blob != "" {
			t.blobs[f.Blob] = append(t.blobs[f.Blob], f.Path)
		}
	}
	return t, nil
}

// read gives the content of a file.
func (t *fileTree) read(name string) ([]byte, error) {
	f, ok := t.files[name]
	if !ok || f.Size > t.limit {
		return nil, fmt.Errorf("%s is not there, or too large", name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, t.limit))
}

// text gives the lines of a file, without their ends, as an editor counts them.
func (t *fileTree) text(name string) ([]string, bool) {
	if name == t.last {
		return t.lines, t.ok
	}
	data, err := t.read(name)
	t.last, t.ok = name, err == nil
	t.lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	return t.lines, t.ok
}

// same reports whether two trees have the same content at a path.
func (t *fileTree) same(other *fileTree, name string) bool {
	a, b := t.files[name], other.files[name]
	return a.Blob != "" && a.Blob == b.Blob
}

// origin finds the file of an older tree from which a file of this tree comes: the file at the same path; else a file that
// was deleted since and has the same content; else a deleted file of the same name that shares at least half of the lines.
// It is empty for a new file.
func (t *fileTree) origin(old *fileTree, name string) string {
	if _, ok := old.files[name]; ok {
		return name
	}
	for _, from := range old.blobs[t.files[name].Blob] {
		if _, stays := t.files[from]; !stays {
			return from
		}
	}
	lines, ok := t.text(name)
	if !ok {
		return ""
	}
	best, most := "", (len(lines)+1)/2-1
	tried := 0
	for _, from := range old.paths {
		if _, stays := t.files[from]; stays || path.Base(from) != path.Base(name) && path.Ext(from)+path.Dir(from) != path.Ext(name)+path.Dir(name) {
			continue
		}
		if tried++; tried > maxOrigins {
			break
		}
		before, ok := old.text(from)
		if !ok {
			continue
		}
		kept := 0
		for _, p := range linediff.Partners(before, lines) {
			if p >= 0 {
				kept++
			}
		}
		if kept > most {
			best, most = from, kept
		}
	}
	return best
}

// maxOrigins limits the deleted files that we compare with a file that may have been renamed.
const maxOrigins = 20
