package git

import (
	"compress/zlib"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git/object"
)

// treesOnDisk writes trees as loose objects.
type treesOnDisk struct {
	t    *testing.T
	repo *Repository
	dir  string
}

func newTreesOnDisk(t *testing.T) *treesOnDisk {
	t.Helper()
	dir := t.TempDir()
	objects, err := object.Open(dir)
	require.NoError(t, err)
	return &treesOnDisk{t, &Repository{objects: objects}, dir}
}

// put writes a tree, whose entries are given as "mode name" and the hash.
func (d *treesOnDisk) put(entries ...any) plumbing.Hash {
	d.t.Helper()
	var data []byte
	for i := 0; i < len(entries); i += 2 {
		h := entries[i+1].(plumbing.Hash)
		data = append(append(append(data, entries[i].(string)...), 0), h[:]...)
	}
	h := object.Hash(plumbing.TreeObject, data)
	require.NoError(d.t, os.MkdirAll(filepath.Dir(d.path(h)), 0o755))
	f, err := os.Create(d.path(h))
	require.NoError(d.t, err)
	z := zlib.NewWriter(f)
	_, err = fmt.Fprintf(z, "tree %d\x00%s", len(data), data)
	require.NoError(d.t, err)
	require.NoError(d.t, z.Close())
	require.NoError(d.t, f.Close())
	return h
}

func (d *treesOnDisk) path(h plumbing.Hash) string {
	return filepath.Join(d.dir, h.String()[:2], h.String()[2:])
}

func (d *treesOnDisk) find(tree plumbing.Hash, files ...treeFile) []treeFile {
	seek := treeSeek{repo: d.repo}
	seek.find(tree, files)
	require.Empty(d.t, seek.steps)
	return files
}

var blobA, blobB = plumbing.NewHash("aa"), plumbing.NewHash("bb")

func TestTreeSeek(t *testing.T) {
	t.Parallel()
	d := newTreesOnDisk(t)
	deep := d.put("100644 f", blobA, "100755 g", blobB)
	folder := d.put("40000 deep", deep, "120000 link", blobA, "160000 mod", blobB)
	root := d.put("100644 a", blobA, "100644 a-b", blobA, "40000 a.d", folder, "100644 a0", blobB)
	files := d.find(root, treeFile{path: "a"}, treeFile{path: "a-b"}, treeFile{path: "a.d"}, treeFile{path: "a.d/deep"},
		treeFile{path: "a.d/deep/f"}, treeFile{path: "a.d/deep/f/x"}, treeFile{path: "a.d/deep/g"}, treeFile{path: "a.d/link"},
		treeFile{path: "a.d/mod"}, treeFile{path: "a.d/none/f"}, treeFile{path: "a/x"}, treeFile{path: "a0"}, treeFile{path: "b"})
	var got []string
	for _, f := range files {
		require.NoError(t, f.err)
		got = append(got, fmt.Sprintf("%s %t %t %s", f.path, f.there, f.isFile(), f.found.hash.String()[:2]))
	}
	require.Equal(t, []string{"a true true aa", "a-b true true aa", "a.d false false 00", "a.d/deep false false 00",
		"a.d/deep/f true true aa", "a.d/deep/f/x false false 00", "a.d/deep/g true true bb", "a.d/link true false aa",
		"a.d/mod true false bb", "a.d/none/f false false 00", "a/x false false 00", "a0 true true bb", "b false false 00"}, got)
	require.Equal(t, []plumbing.Hash{folder, deep}, files[4].through)
	require.Nil(t, files[0].through)
}

// A folder that equals the known one is not read, at any depth.
func TestTreeSeekReadsOnlyWhatDiffers(t *testing.T) {
	t.Parallel()
	d := newTreesOnDisk(t)
	deep := d.put("100644 f", blobA)
	folder := d.put("40000 deep", deep)
	other := d.put("100644 b", blobB, "40000 deep", deep)
	known := treeFile{path: "dir/deep/f", folders: []plumbing.Hash{folder, deep}, entry: treeEntry{mode: 0o100644, hash: blobA}}
	same, changed := d.put("40000 dir", folder, "100644 x", blobB), d.put("40000 dir", other)
	require.NoError(t, os.Remove(d.path(deep)))
	f := d.find(changed, known)[0]
	require.NoError(t, f.err)
	require.Equal(t, blobA, f.found.hash)
	require.Equal(t, []plumbing.Hash{other, deep}, f.through)
	require.NoError(t, os.Remove(d.path(folder)))
	f = d.find(same, known)[0]
	require.NoError(t, f.err)
	require.Equal(t, blobA, f.found.hash)
	require.Nil(t, f.through, "all folders are the known ones")
	f = d.find(same, treeFile{path: "dir/deep/f"})[0]
	require.ErrorIs(t, f.err, ErrMissingObject)
	require.False(t, f.isFile())
}

// Of two entries with the same name the first counts, and an object that is not a tree is an error.
func TestTreeSeekHostileTrees(t *testing.T) {
	t.Parallel()
	d := newTreesOnDisk(t)
	up := d.put("100644 f", blobA)
	root := d.put("100644 f", blobA, "100644 f", blobB, "40000 ..", up, "40000 f", up, "100644 a/b", blobB)
	files := d.find(root, treeFile{path: "../f"}, treeFile{path: "a/b"}, treeFile{path: "f"}, treeFile{path: "f/f"})
	require.True(t, files[0].there)
	require.False(t, files[1].there)
	require.Equal(t, blobA, files[2].found.hash)
	require.True(t, files[3].there)
	for _, entry := range []string{"999 f", "1006440000 f", "100644f", ""} {
		require.ErrorIs(t, d.find(d.put(entry, blobA), treeFile{path: "f"})[0].err, ErrCorruptObject, "%q", entry)
	}
}
