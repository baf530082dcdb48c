package atomicfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/atomicfile"
)

// content returns the text of the file and the names in its folder.
func content(t *testing.T, name string) (text string, names []string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	list, err := os.ReadDir(filepath.Dir(name))
	require.NoError(t, err)
	for _, entry := range list {
		names = append(names, entry.Name())
	}
	return string(data), names
}

func TestAFileIsWholeOrTheOldOne(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, atomicfile.WriteBytes(name, atomicfile.Options{}, []byte("old")))
	broken := errors.New("the disk is full")
	for _, fails := range []func(temp *os.File) error{
		func(*os.File) error { return broken },
		func(temp *os.File) error {
			_, err := temp.WriteString("half of the n")
			require.NoError(t, err)
			text, _ := content(t, name)
			require.Equal(t, "old", text, "a reader has the old one meanwhile")
			return broken
		},
	} {
		require.ErrorIs(t, atomicfile.Write(name, atomicfile.Options{Sync: true}, fails), broken)
		text, names := content(t, name)
		require.Equal(t, "old", text)
		require.Equal(t, []string{"report.json"}, names, "nothing is left beside it")
	}
	require.NoError(t, atomicfile.WriteBytes(name, atomicfile.Options{Sync: true}, []byte("new")))
	text, names := content(t, name)
	require.Equal(t, "new", text)
	require.Equal(t, []string{"report.json"}, names)
	require.ErrorIs(t, atomicfile.WriteBytes(filepath.Join(name, "x"), atomicfile.Options{}, nil), err(t, filepath.Join(name, "x")), "the folder must be there")
	require.Error(t, atomicfile.WriteBytes(filepath.Dir(name), atomicfile.Options{}, nil), "a folder is not replaced")
}

// err returns the system's error for a file that cannot be created.
func err(t *testing.T, name string) error {
	t.Helper()
	_, problem := os.Create(name)
	var path *fs.PathError
	require.ErrorAs(t, problem, &path)
	return path.Err
}

func TestModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows knows no modes")
	}
	name := filepath.Join(t.TempDir(), "x")
	for want, o := range map[fs.FileMode]atomicfile.Options{0o600: {}, 0o644: {Mode: 0o644}, 0o640: {Mode: 0o640}} {
		require.NoError(t, os.WriteFile(name, nil, 0o666))
		require.NoError(t, atomicfile.WriteBytes(name, o, nil))
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), "the old file's mode does not matter")
	}
}

func TestALinkIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(target, []byte("kept"), 0o600))
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no links here")
	}
	require.NoError(t, atomicfile.WriteBytes(link, atomicfile.Options{}, []byte("new")))
	text, _ := content(t, target)
	require.Equal(t, "kept", text)
	text, _ = content(t, link)
	require.Equal(t, "new", text)
}

// TestOneOfManyMakesANewFile: of many concurrent writers one creates the file, and the others report that it exists.
func TestOneOfManyMakesANewFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "key")
	results := make([]error, 8)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			results[i] = atomicfile.WriteBytes(name, atomicfile.Options{New: true}, []byte(strconv.Itoa(i)))
		})
	}
	all.Wait()
	text, names := content(t, name)
	require.Equal(t, []string{"key"}, names)
	for i, err := range results {
		if strconv.Itoa(i) == text {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, fs.ErrExist)
	}
}
