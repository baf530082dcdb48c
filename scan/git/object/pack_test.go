package object

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/stretchr/testify/require"
)

// TestHash checks the names of the empty blob and the empty tree.
func TestHash(t *testing.T) {
	t.Parallel()
	require.Equal(t, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", Hash(plumbing.BlobObject, nil).String())
	require.Equal(t, "4b825dc642cb6eb9a060e54bf8d69288fbee4904", Hash(plumbing.TreeObject, nil).String())
}

func TestApplyDelta(t *testing.T) {
	t.Parallel()
	base := []byte("0123456789")
	for name, test := range map[string]struct {
		delta string
		want  string
		ok    bool
	}{
		"insert":                {"\x0a\x03\x03abc", "abc", true},
		"copy":                  {"\x0a\x04\x91\x03\x04", "3456", true},
		"copy and insert":       {"\x0a\x05\x90\x02\x01x\x91\x08\x02", "01x89", true},
		"nothing":               {"\x0a\x00", "", true},
		"wrong base size":       {"\x09\x03\x03abc", "", false},
		"result too short":      {"\x0a\x02\x03abc", "", false},
		"result too long":       {"\x0a\x04\x03abc", "", false},
		"insert cut":            {"\x0a\x03\x03ab", "", false},
		"copy behind the end":   {"\x0a\x04\x91\x08\x04", "", false},
		"copy without its size": {"\x0a\x04\x91\x08", "", false},
		"copy of 64 KiB":        {"\x0a\x80\x80\x04\x80", "", false},
		"reserved":              {"\x0a\x01\x00", "", false},
		"no sizes":              {"", "", false},
		"endless size":          {"\x0a" + strings.Repeat("\xff", 20), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := applyDelta(base, []byte(test.delta), nil, 1<<20)
			if !test.ok {
				require.ErrorIs(t, err, ErrCorrupt)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, string(got))
		})
	}
	_, err := applyDelta(base, []byte("\x0a\xff\xff\xff\x7f\x03abc"), nil, 1<<20)
	require.ErrorIs(t, err, ErrTooLarge)
}

func TestBaseCacheKeepsToItsSize(t *testing.T) {
	t.Parallel()
	c := newBaseCache(100)
	p := &pack{}
	for i := range int64(20) {
		c.put(&base{key: baseKey{pack: p, offset: i}, data: make([]byte, 30)})
		_, ok := c.get(baseKey{pack: p})
		require.True(t, ok, "what is used stays")
		require.LessOrEqual(t, c.bytes, int64(100))
		require.Len(t, c.entries, c.order.Len())
	}
	_, ok := c.get(baseKey{pack: p, offset: 1})
	require.False(t, ok)
	c.put(&base{key: baseKey{pack: p, offset: 99}, data: make([]byte, 51)})
	_, ok = c.get(baseKey{pack: p, offset: 99})
	require.False(t, ok, "half of the cache for one object is too much")
}

func FuzzDelta(f *testing.F) {
	f.Add([]byte("0123456789"), []byte("\x0a\x05\x90\x02\x01x\x91\x08\x02"))
	f.Add([]byte("0123456789"), []byte("\x0a\x04\x91\x03\x04"))
	f.Add([]byte{}, []byte("\x00\x03\x03abc"))
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		got, err := applyDelta(base, delta, nil, 1<<20)
		if err != nil {
			return
		}
		_, size, _, err := deltaSizes(delta)
		require.NoError(t, err)
		require.Len(t, got, int(size))
	})
}

// FuzzPackEntry reads a pack of arbitrary bytes.
func FuzzPackEntry(f *testing.F) {
	f.Add([]byte("\x35x\x9cKLJ\x06\x00\x02M\x01'"), uint16(0))
	f.Add([]byte("\x93\x01x\x9c"), uint16(0))
	f.Add([]byte("\x65\x05x\x9c\x03\x00\x00\x00\x00\x01"), uint16(0))
	f.Add([]byte("\x75"+strings.Repeat("\x12", 20)+"x\x9c\x03\x00\x00\x00\x00\x01"), uint16(0))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, offset uint16) {
		path := filepath.Join(dir, "pack-x.pack")
		require.NoError(t, os.WriteFile(path, append([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"), data...), 0o600))
		p := &pack{path: path, index: &packIndex{r: bytes.NewReader(nil)}}
		defer p.close()
		missing := func(plumbing.Hash) (*base, error) { return nil, ErrMissing }
		_, got, err := p.object(12+int64(offset), nil, 1<<20, newBaseCache(1<<20), missing)
		size, sizeErr := p.objectSize(12+int64(offset), newBaseCache(1<<20))
		if err == nil {
			require.NoError(t, sizeErr)
			require.Len(t, got, int(size))
		}
	})
}

func FuzzPackIndex(f *testing.F) {
	f.Add(append([]byte("\xfftOc\x00\x00\x00\x02"), make([]byte, 1024+40)...), []byte("\x12"))
	f.Add(make([]byte, 1024+40), []byte("\x00\x01"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data, name []byte) {
		path := filepath.Join(dir, "pack-x.idx")
		require.NoError(t, os.WriteFile(path, data, 0o600))
		x, err := openPackIndex(path)
		if err != nil {
			return
		}
		defer x.close()
		var h plumbing.Hash
		if copy(h[:], name) == 0 {
			return
		}
		_, _ = x.find(h)
		_, _ = x.withPrefix(name[:min(len(name), HashBytes)], nil)
	})
}
