package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

// nested puts content into n zips, one within the other.
func nested(t testing.TB, n int, content string) string {
	t.Helper()
	for i := range n {
		name := fmt.Sprintf("%d.zip", i)
		if i == 0 {
			name = "x.txt"
		}
		content = zipOf(t, entry{name, content})
	}
	return content
}

// overlapping returns a zip with n entries of size characters that share the same bytes of the archive.
func overlapping(t testing.TB, n, size int) string {
	t.Helper()
	one := zipOf(t, entry{"a.txt", "TOKEN_bomb\n" + strings.Repeat("a", size)})
	end := len(one) - 22
	directory := int(binary.LittleEndian.Uint32([]byte(one[end+16:])))
	all := one[:directory] + strings.Repeat(one[directory:end], n)
	trailer := []byte(one[end:])
	binary.LittleEndian.PutUint32(trailer[12:], uint32(n*(end-directory)))
	return all + string(trailer)
}

func TestBounds(t *testing.T) {
	t.Parallel()
	text := func(n int) string { return strings.Repeat("plain text\n", n/11+1)[:n] }
	many := make([]entry, 30)
	for i := range many {
		many[i] = entry{fmt.Sprintf("%02d.txt", i), fmt.Sprintf("TOKEN_n%02d\n", i)}
	}
	incompressible := func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "%d ", i*i*7919)
		}
		return b.String()[:n]
	}
	for name, test := range map[string]struct {
		content string
		options archive.Options
		notes   []string
		want    []string
	}{
		"depth": {nested(t, 4, "TOKEN_deep"), archive.Options{},
			[]string{"archive-depth: not opened, because within 3 other archives: a!/3.zip!/2.zip!/1.zip"}, []string{}},
		"depth that is just allowed": {nested(t, 3, "TOKEN_deep"), archive.Options{}, []string{}, []string{"a!/2.zip!/1.zip!/x.txt:1:1"}},
		"depth of one":               {nested(t, 2, "TOKEN_deep"), archive.Options{MaxDepth: 1}, []string{"archive-depth: not opened, because within 1 other archive: a!/1.zip"}, []string{}},
		"bytes": {zipOf(t, entry{"first", "TOKEN_first"}, entry{"a", incompressible(600_000)}, entry{"b", "TOKEN_b" + incompressible(600_000)}, entry{"c", "TOKEN_c"}),
			archive.Options{MaxBytes: 1 << 20},
			[]string{"archive-bytes: opened only in part, because larger than 1 MB when unpacked: a"}, []string{"a!/b:1:1", "a!/first:1:1"}},
		"bytes within": {zipBy(t, zip.Store, entry{"b.zip", zipOf(t, entry{"a", incompressible(600_000)})}, entry{"c", incompressible(600_000)}, entry{"d", "TOKEN_d"}),
			archive.Options{MaxBytes: 1 << 20},
			[]string{"archive-bytes: opened only in part, because larger than 1 MB when unpacked: a"}, []string{}},
		"ratio": {zipOf(t, entry{"first", "TOKEN_first"}, entry{"a", text(3 << 20)}, entry{"z", "TOKEN_z"}),
			archive.Options{RatioFrom: 1 << 20, MaxRatio: 50},
			[]string{"archive-ratio: opened only in part, because more than 50 times larger when unpacked: a"}, []string{"a!/first:1:1"}},
		"ratio of something small": {zipOf(t, entry{"a", text(1 << 20)}, entry{"z", "TOKEN_z"}), archive.Options{MaxRatio: 50}, []string{}, []string{"a!/z:1:1"}},
		"ratio of a tar.gz": {gzipOf(t, "", tarOf(t, entry{"first", "TOKEN_first"}, entry{"skipped", "\x00" + text(3<<20)}, entry{"z", "TOKEN_z"})),
			archive.Options{RatioFrom: 1 << 20, MaxRatio: 50},
			[]string{"archive-ratio: opened only in part, because more than 50 times larger when unpacked: a"}, []string{"a!/first:1:1"}},
		"entries":        {zipOf(t, many...), archive.Options{MaxEntries: 2}, []string{"archive-entries: opened only in part, because of more than 2 entries: a"}, []string{"a!/00.txt:1:1", "a!/01.txt:1:1"}},
		"entries of tar": {tarOf(t, many...), archive.Options{MaxEntries: 2}, []string{"archive-entries: opened only in part, because of more than 2 entries: a"}, []string{"a!/00.txt:1:1", "a!/01.txt:1:1"}},
		"entries of both": {zipOf(t, entry{"i.zip", zipOf(t, many[:2]...)}, many[2], many[3]), archive.Options{MaxEntries: 4},
			[]string{"archive-entries: opened only in part, because of more than 4 entries: a"}, []string{"a!/02.txt:1:1", "a!/i.zip!/00.txt:1:1", "a!/i.zip!/01.txt:1:1"}},
		"size of an entry": {zipOf(t, entry{"big", "TOKEN_big" + incompressible(2<<20)}, entry{"z", "TOKEN_z"}), archive.Options{MaxEntryBytes: 1 << 20},
			[]string{"archive-entry-size: inside archives, not scanned, because larger than 1 MB (MAX_FILE_SIZE): a!/big"}, []string{"a!/z:1:1"}},
		"size of an entry of tar": {tarOf(t, entry{"big", "TOKEN_big" + incompressible(2<<20)}, entry{"z", "TOKEN_z"}), archive.Options{MaxEntryBytes: 1 << 20},
			[]string{"archive-entry-size: inside archives, not scanned, because larger than 1 MB (MAX_FILE_SIZE): a!/big"}, []string{"a!/z:1:1"}},
		"size of a stored entry": {zipBy(t, zip.Store, entry{"big", "TOKEN_big" + incompressible(2<<20)}, entry{"z", "TOKEN_z"}), archive.Options{MaxEntryBytes: 1 << 20},
			[]string{"archive-entry-size: inside archives, not scanned, because larger than 1 MB (MAX_FILE_SIZE): a!/big"}, []string{"a!/z:1:1"}},
		"size of a gz": {gzipOf(t, "", "TOKEN_big"+incompressible(2<<20)), archive.Options{MaxEntryBytes: 1 << 20},
			[]string{"archive-entry-size: inside archives, not scanned, because larger than 1 MB (MAX_FILE_SIZE): a!/a"}, []string{}},
		"size of a zip that is held": {zipOf(t, entry{"in.zip", zipBy(t, zip.Store, entry{"x", "TOKEN_x" + incompressible(2<<20)})}, entry{"z", "TOKEN_z"}), archive.Options{MaxEntryBytes: 1 << 20},
			[]string{"archive-entry-size: inside archives, not scanned, because larger than 1 MB (MAX_FILE_SIZE): a!/in.zip"}, []string{"a!/z:1:1"}},
		"a binary file may have any size": {zipOf(t, entry{"big", "\x00" + incompressible(2<<20)}, entry{"z", "TOKEN_z"}), archive.Options{MaxEntryBytes: 1 << 20}, []string{}, []string{"a!/z:1:1"}},
		"files that are the same bytes": {overlapping(t, 20_000, 2<<20), archive.Options{},
			[]string{"archive-ratio: opened only in part, because more than 200 times larger when unpacked: a"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := scanTree(t, tree{"a": test.content}, test.options)
			require.Equal(t, test.notes, notes(result))
			require.Empty(t, failures(result))
			require.True(t, result.Complete(), "a bound is not a failure")
			if test.want != nil {
				require.Equal(t, test.want, places(result))
			}
		})
	}
}

// Each of 16 zips contains 16 zips, and so on, with 4 GB of text at the innermost level.
func TestBoundsNestedBomb(t *testing.T) {
	t.Parallel()
	content := zipOf(t, entry{"x.txt", strings.Repeat("0123456789abcde\n", 1<<18)})
	for range 5 {
		list := make([]entry, 16)
		for i := range list {
			list[i] = entry{fmt.Sprintf("%x.zip", i), content}
		}
		content = zipOf(t, list...)
	}
	require.Less(t, len(content), 100_000)
	u := archive.New(archive.Options{MaxDepth: 9})
	answer := u.Unpack(t.Context(), &scan.Content{File: scan.File{Path: "a"}, Data: []byte(content)}, func(string, []byte) {})
	require.Len(t, answer.Omitted, 1)
	require.Equal(t, "archive-ratio", answer.Omitted[0].Code)
	require.LessOrEqual(t, answer.Bytes, int64(max(archive.DefaultRatioFrom, archive.DefaultMaxRatio*len(content))+64<<10))
	answer = archive.New(archive.Options{MaxRatio: 1 << 20}).Unpack(t.Context(), &scan.Content{File: scan.File{Path: "a"}, Data: []byte(content)}, func(string, []byte) {})
	require.Equal(t, "archive-depth", answer.Omitted[0].Code)
	require.Equal(t, 16*16*16, answer.Omitted[0].Count)
	require.Len(t, answer.Omitted[0].Paths, scan.MaxNamed)
}

// The entries beyond the limit use no memory.
func TestBoundsDirectoryOfManyEntries(t *testing.T) {
	content := overlapping(t, 400_000, 10)
	u := archive.New(archive.Options{MaxEntries: 100})
	c := &scan.Content{File: scan.File{Path: "a"}, Data: []byte(content)}
	require.Less(t, testing.AllocsPerRun(3, func() {
		require.Equal(t, "archive-entries", u.Unpack(context.Background(), c, func(string, []byte) {}).Omitted[0].Code)
	}), 1000.0)
}

func TestBoundsSparseFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 20 {
		name := filepath.Join(dir, fmt.Sprintf("%02d", i))
		require.NoError(t, os.WriteFile(name, bytes.Repeat([]byte("text\n"), 2000), 0o600))
		require.NoError(t, os.Truncate(name, 900_000))
	}
	cmd := exec.CommandContext(t.Context(), "tar", "cSf", "a.tar", "--remove-files", "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("this system's tar cannot: %s", out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "a.tar"))
	require.NoError(t, err)
	require.Less(t, len(content), 1<<20, "the holes take no room")
	result := scanTree(t, tree{"a.tar": string(content)}, archive.Options{MaxBytes: 4 << 20})
	require.Equal(t, []string{"archive-bytes: opened only in part, because larger than 4 MB when unpacked: a.tar"}, notes(result))
}

func TestBoundsOfTheWholeScan(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 40 {
		text := fmt.Sprintf("TOKEN_n%02d\n%s", i, strings.Repeat("x", 1000+i*100))
		files[fmt.Sprintf("%02d.zip", i)] = zipOf(t, entry{"x.txt", text})
	}
	files["50.txt"] = "TOKEN_plain"
	var want *scan.Result
	for _, jobs := range []int{1, 2, 3, 16} {
		s := &scan.Scanner{Unpack: archive.New(archive.Options{}), MaxUnpackedBytes: 10_000, Jobs: jobs, Now: func() time.Time { return time.Unix(1, 0) }}
		result := scanWith(t, s, scan.Input{Head: files})
		if want == nil {
			want = result
			require.Equal(t, []string{
				"archive-total: not opened, because the archives before unpacked to more than 10,000 bytes: 08.zip, 09.zip, 10.zip, 11.zip, 12.zip and 27 more",
			}, notes(result))
			require.Len(t, result.Findings, 8+1)
			require.Equal(t, 8, result.Stats.Archives)
			continue
		}
		require.Equal(t, want, result)
	}
}

func TestUnpackStopsWithItsContext(t *testing.T) {
	t.Parallel()
	list := make([]entry, 100)
	for i := range list {
		list[i] = entry{fmt.Sprint(i), "TOKEN_x"}
	}
	for name, content := range map[string]string{"zip": zipOf(t, list...), "tar": tarOf(t, list...), "tgz": gzipOf(t, "", tarOf(t, list...)), "cut": zipOf(t, list...)[:3000]} {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		answer := archive.New(archive.Options{}).Unpack(ctx, &scan.Content{File: scan.File{Path: "a"}, Data: []byte(content)}, func(string, []byte) {
			seen++
			cancel()
		})
		require.Equal(t, 1, seen, name)
		require.Empty(t, answer.Failures, "%s: a scan that was stopped blames no file", name)
		require.Empty(t, answer.Omitted, name)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s := &scan.Scanner{Unpack: archive.New(archive.Options{}), Jobs: 1, Detectors: []scan.Detector{stopper{tokens{"secrets"}, cancel}}}
	_, err := s.Scan(ctx, scan.Input{Head: tree{"a.zip": zipOf(t, list...)}})
	require.ErrorIs(t, err, context.Canceled, "even when it was the last file")
}

// stopper ends the scan when it gets a file inside an archive.
type stopper struct {
	tokens
	cancel context.CancelFunc
}

func (s stopper) Begin() scan.Pass { return s }
func (s stopper) File(_ context.Context, c *scan.Content) ([]scan.Finding, error) {
	if c.Archive != "" {
		s.cancel()
	}
	return nil, nil
}

func TestLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	encrypted := func(name, text string) string {
		data := []byte(zipOf(t, entry{name, text}))
		data[6] |= 1
		data[bytes.Index(data, []byte("PK\x01\x02"))+8] |= 1
		return string(data)
	}
	method := func(m byte) string {
		data := []byte(zipOf(t, entry{"x.txt", "TOKEN_x"}))
		data[8], data[bytes.Index(data, []byte("PK\x01\x02"))+10] = m, m
		return string(data)
	}
	const format = "archive-format: not opened, because the format is not supported (xz, zstd, 7z, rar and others): "
	for name, test := range map[string]struct {
		files tree
		want  []string
	}{
		"encrypted": {tree{"a.zip": encrypted("x.txt", "TOKEN_x"), "b.zip": encrypted("y.txt", "TOKEN_y")},
			[]string{"archive-encrypted: not opened, because encrypted: a.zip!/x.txt, b.zip!/y.txt"}},
		"method":    {tree{"a.zip": method(93)}, []string{"archive-method: not opened, because compressed by a method that is not supported: a.zip!/x.txt"}},
		"xz":        {tree{"a.tar.xz": "\xfd7zXZ\x00\x00\x04"}, []string{format + "a.tar.xz"}},
		"zstd":      {tree{"a.tzst": "\x28\xb5\x2f\xfd\x04\x00"}, []string{format + "a.tzst"}},
		"7z":        {tree{"a.7z": "7z\xbc\xaf\x27\x1c\x00\x04"}, []string{format + "a.7z"}},
		"rar":       {tree{"a.rar": "Rar!\x1a\x07\x01\x00"}, []string{format + "a.rar"}},
		"xz within": {tree{"a.deb": debOf(entry{"data.tar.xz", "\xfd7zXZ\x00\x00\x04"})}, []string{format + "a.deb!/data.tar.xz"}},
		"more than five": {tree{"1.7z": "7z\xbc\xaf\x27\x1c", "2.7z": "7z\xbc\xaf\x27\x1c", "3.7z": "7z\xbc\xaf\x27\x1c", "4.7z": "7z\xbc\xaf\x27\x1c", "5.7z": "7z\xbc\xaf\x27\x1c", "6.7z": "7z\xbc\xaf\x27\x1c"},
			[]string{format + "1.7z, 2.7z, 3.7z, 4.7z, 5.7z and 1 more"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := scanTree(t, test.files, archive.Options{})
			require.Equal(t, test.want, notes(result))
			require.Empty(t, result.Findings)
			require.Empty(t, failures(result))
		})
	}
}

func TestEncryptedByTheTool(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x.txt"), []byte("TOKEN_x"), 0o600))
	cmd := exec.CommandContext(t.Context(), "zip", "-q", "-P", "word", "a.zip", "x.txt")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("this system's zip cannot: %s", out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "a.zip"))
	require.NoError(t, err)
	require.Equal(t, []string{"archive-encrypted: not opened, because encrypted: a.zip!/x.txt"}, notes(scanTree(t, tree{"a.zip": string(content)}, archive.Options{})))
}

func TestLinksAndDevicesHaveNoContent(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, kind := range []byte{tar.TypeSymlink, tar.TypeLink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo, tar.TypeDir} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: fmt.Sprint(i), Typeflag: kind, Linkname: "TOKEN_target"}))
	}
	require.NoError(t, w.Close())
	var z bytes.Buffer
	zw := zip.NewWriter(&z)
	h := &zip.FileHeader{Name: "link", Method: zip.Store}
	h.SetMode(fs.ModeSymlink | 0o777)
	f, err := zw.CreateHeader(h)
	require.NoError(t, err)
	_, err = io.WriteString(f, "TOKEN_target")
	require.NoError(t, err)
	_, err = zw.Create("folder/")
	require.NoError(t, err)
	require.NoError(t, zw.Close())
	result := scanTree(t, tree{"a.tar": b.String(), "b.zip": z.String()}, archive.Options{})
	require.Empty(t, result.Findings)
	require.Equal(t, [2]int{2, 0}, [2]int{result.Stats.Archives, result.Stats.Archived})
}
