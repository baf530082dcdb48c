package archive_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

// states returns for each finding whether it is new, suppressed or from the history.
func states(r *scan.Result) []string {
	list := []string{}
	for i, place := range places(r) {
		f := &r.Findings[i]
		if f.Commit != "" {
			place = f.Path + "@" + f.Commit
		}
		if f.New {
			place += " new"
		}
		if f.Suppression != nil {
			place += " " + f.Suppression.Kind
		}
		list = append(list, place)
	}
	return list
}

func TestNewAndExistingInsideArchives(t *testing.T) {
	t.Parallel()
	old := zipOf(t, entry{"x.txt", "TOKEN_old"})
	base := tree{"same.zip": old, "grown.zip": zipOf(t, entry{"y.txt", "TOKEN_kept"}), "plain.txt": "TOKEN_plain"}
	head := tree{
		"same.zip":   old,
		"grown.zip":  zipOf(t, entry{"y.txt", "\nTOKEN_kept TOKEN_added"}),
		"packed.zip": zipOf(t, entry{"plain.txt", "TOKEN_plain"}),
		"wrap.zip":   zipOf(t, entry{"same.zip", old}),
	}
	s := &scan.Scanner{Unpack: archive.New(archive.Options{})}
	result := scanWith(t, s, scan.Input{Head: head, Base: base, BaseInfo: scan.Base{Kind: scan.BaseMerge, Commit: "b"}})
	require.Equal(t, []string{
		"grown.zip!/y.txt:2:12 new", "grown.zip!/y.txt:2:1", "packed.zip!/plain.txt:1:1", "same.zip!/x.txt:1:1", "wrap.zip!/same.zip!/x.txt:1:1",
	}, states(result))
	require.Equal(t, 2, result.Stats.BaseBlobs, "the archive that both have is not read again")
	require.Equal(t, 5, result.Stats.Archives, "those of the base do not count")
}

func TestABaseWhoseArchiveIsDamaged(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Unpack: archive.New(archive.Options{})}
	base := tree{"a.zip": zipOf(t, entry{"x.txt", "TOKEN_x"})[:60], "b.7z": "7z\xbc\xaf\x27\x1c"}
	result := scanWith(t, s, scan.Input{Head: tree{"x.txt": "TOKEN_x"}, Base: base, BaseInfo: scan.Base{Kind: scan.BaseMerge, Commit: "b"}})
	require.True(t, result.Complete())
	require.Equal(t, []scan.Note{{Code: "base-in-part", Text: "the base could not be read in full, so that older findings may count as new: a.zip (" + cutOff + ")"}}, result.Notes)
}

func TestArchivesOfTheHistory(t *testing.T) {
	t.Parallel()
	gone := tree{"lib.jar": zipOf(t, entry{"app.properties", "\na=TOKEN_gone\nb=TOKEN_kept\n"})}
	history := sourceOf(func() []scan.File {
		f := gone.file("lib.jar")
		f.Commit = "c1"
		return []scan.File{f}
	})
	s := &scan.Scanner{Unpack: archive.New(archive.Options{})}
	result := scanWith(t, s, scan.Input{Head: tree{"a.txt": "TOKEN_kept"}, History: history})
	require.Equal(t, []string{"a.txt:1:1 new", "lib.jar!/app.properties@c1 new"}, states(result))
	require.Equal(t, "lib.jar", result.Findings[1].Archive)
	require.Equal(t, scan.Stats{Files: 1, Bytes: 10, HistoryBlobs: 1, Archives: 1, Archived: 1, Binary: 1}, result.Stats)
}

func TestSuppressionsReachIntoArchives(t *testing.T) {
	t.Parallel()
	files := tree{
		"libs/a.jar":   zipOf(t, entry{"in/x.properties", "TOKEN_a"}),
		"libs/b.zip":   zipOf(t, entry{"c.jar", zipOf(t, entry{"y.txt", "TOKEN_b"})}),
		"other/d.zip":  zipOf(t, entry{"z.md", "TOKEN_d"}, entry{"z.txt", "TOKEN_e # sluice:allow rotated"}, entry{"w.txt", "TOKEN_f"}),
		"other!/e.txt": "TOKEN_g",
	}
	for name, test := range map[string]struct {
		path string
		want []string
	}{
		"a name":            {`"*.jar"`, []string{"libs/a.jar!/in/x.properties:1:1 path", "libs/b.zip!/c.jar!/y.txt:1:1 path"}},
		"the outer archive": {"libs/b.zip", []string{"libs/b.zip!/c.jar!/y.txt:1:1 path"}},
		"a folder":          {"libs/", []string{"libs/a.jar!/in/x.properties:1:1 path", "libs/b.zip!/c.jar!/y.txt:1:1 path"}},
		"a file inside":     {`"*.md"`, []string{"other/d.zip!/z.md:1:1 path"}},
		"a place inside":    {`"other/d.zip!/w.txt"`, []string{"other/d.zip!/w.txt:1:1 path"}},
		"a file beside":     {`"other!/e.txt"`, []string{"other!/e.txt:1:1 path"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policy, err := scan.ParsePolicy(".sluice.yml", []byte("suppress:\n  - path: "+test.path+"\n    reason: fixtures\n"))
			require.NoError(t, err)
			result := scanWith(t, &scan.Scanner{Unpack: archive.New(archive.Options{}), Policy: policy}, scan.Input{Head: files})
			var suppressed []string
			for i, state := range states(result) {
				if s := result.Findings[i].Suppression; s != nil && s.Kind == scan.SuppressedPath {
					suppressed = append(suppressed, strings.Replace(state, " new", "", 1))
				}
			}
			require.Equal(t, test.want, suppressed)
			require.Contains(t, states(result), "other/d.zip!/z.txt:1:1 new inline")
			require.Empty(t, result.Notes)
		})
	}
}

func TestSameAtAnyNumberOfJobs(t *testing.T) {
	t.Parallel()
	files := tree{}
	for i := range 120 {
		text := strings.Repeat(fmt.Sprintf("x TOKEN_%d y\n", i%30), i%4)
		content := zipOf(t, entry{"a.txt", text}, entry{"b.tgz", gzipOf(t, "", tarOf(t, entry{"c.txt", text}))})
		if i%10 == 0 {
			content = content[:len(content)/2]
		}
		files[fmt.Sprintf("d%d/f%d.zip", i%7, i)] = content
		files[fmt.Sprintf("d%d/f%d.txt", i%7, i)] = text
	}
	var want *scan.Result
	for _, jobs := range []int{1, 2, 16} {
		s := &scan.Scanner{Unpack: archive.New(archive.Options{}), Jobs: jobs, Now: func() time.Time { return time.Unix(1, 0) }}
		result := scanWith(t, s, scan.Input{Head: files})
		require.NotEmpty(t, result.Findings)
		require.NotEmpty(t, result.Failures)
		if want == nil {
			want = result
		}
		require.Equal(t, want, result)
	}
}

// TestNoSecretLeavesAnArchive searches all output of a scan of archives, intact and damaged, for a secret.
func TestNoSecretLeavesAnArchive(t *testing.T) {
	t.Parallel()
	canary := "TOKEN_" + strings.Repeat("canary0123456789", 3)
	whole := zipOf(t, entry{"x.txt", "first " + canary + "\nxx" + canary + "\n"}, entry{"y.txt", mixed(2000) + canary})
	files := tree{
		"a.zip": whole, "b.zip": whole[:len(whole)-200], "c.tgz": gzipOf(t, "", tarOf(t, entry{"x", canary}))[:100],
		"d.zip": patched(whole, "PK\x01\x02", 20, 60, 0, 0, 0), "e.deb": debOf(entry{"x", canary}) + canary + canary, "f.gz": gzipOf(t, "", canary) + canary,
		"g.tar": tarOf(t, entry{"x", canary})[:1024] + strings.Repeat(canary, 20),
	}
	result := scanTree(t, files, archive.Options{})
	require.NotEmpty(t, result.Findings)
	require.NotEmpty(t, result.Failures)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, text := range []string{fmt.Sprintf(verb, result.Findings), fmt.Sprintf(verb, failures(result)), fmt.Sprintf(verb, result.Notes)} {
			require.NotContains(t, text, canary[10:], verb)
			require.NotContains(t, text, hex.EncodeToString([]byte(canary[10:])), verb)
		}
	}
}

// breaker is an unpacker that panics after one file.
type breaker struct{}

func (breaker) Opens(data []byte) bool { return bytes.HasPrefix(data, []byte("PK")) }
func (breaker) Unpack(_ context.Context, c *scan.Content, yield func(string, []byte)) scan.Unpacked {
	yield(c.Path+"!/x.txt", []byte("TOKEN_x"))
	panic("quoting the file: " + string(c.Data))
}

func TestAnUnpackerThatBreaksOff(t *testing.T) {
	t.Parallel()
	result := scanWith(t, &scan.Scanner{Unpack: breaker{}}, scan.Input{Head: tree{"a.zip": "PKcanary", "b.txt": "TOKEN_b"}})
	require.Equal(t, []string{"a.zip!/x.txt:1:1", "b.txt:1:1"}, places(result))
	require.Equal(t, []string{"secrets a.zip: opening it crashed (string); please report it with the file's kind"}, failures(result))
}

// failing is a detector that fails for files inside archives.
type failing struct{ tokens }

func (d failing) Begin() scan.Pass { return d }
func (d failing) File(ctx context.Context, c *scan.Content) ([]scan.Finding, error) {
	list, _ := d.tokens.File(ctx, c)
	if c.Archive != "" {
		return list, errors.New("gave up half way")
	}
	return list, nil
}

func TestADetectorThatFailsInside(t *testing.T) {
	t.Parallel()
	s := &scan.Scanner{Unpack: archive.New(archive.Options{}), Detectors: []scan.Detector{failing{tokens{"secrets"}}}}
	result := scanWith(t, s, scan.Input{Head: tree{"a.zip": zipOf(t, entry{"x.txt", "TOKEN_x"})}})
	require.Equal(t, []string{"a.zip!/x.txt:1:1"}, places(result))
	require.Equal(t, []string{"secrets a.zip!/x.txt: gave up half way"}, failures(result))
}

// remembering is a cache in memory.
type remembering struct {
	mu    sync.Mutex
	clean map[string]scan.Clean
}

func (c *remembering) Clean(blob, path string) (clean scan.Clean, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	clean, ok = c.clean[blob+path]
	return clean, ok
}

func (c *remembering) Add(blob, path string, clean scan.Clean) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clean[blob+path] = clean
}

// counting counts how often an archive is opened.
type counting struct {
	scan.Unpacker
	asked atomic.Int32
}

func (c *counting) Unpack(ctx context.Context, content *scan.Content, yield func(path string, data []byte)) scan.Unpacked {
	c.asked.Add(1)
	return c.Unpacker.Unpack(ctx, content, yield)
}

// A completely scanned archive without findings is not unpacked again, and the result is the same. An archive with a
// finding, or with omitted content, is unpacked again.
func TestTheCacheRemembersCleanArchives(t *testing.T) {
	t.Parallel()
	files := tree{
		"a.zip": zipOf(t, entry{"x.txt", "clean"}, entry{"y.zip", zipOf(t, entry{"z.txt", "clean too"})}), "b.txt": "clean", "c.7z": "7z\xbc\xaf\x27\x1c", "d.bin": "\x00",
		"leak.zip": zipOf(t, entry{"x.txt", "TOKEN_x"}), "odd.zip": zipOf(t, entry{"x.7z", "7z\xbc\xaf\x27\x1c"}, entry{"y.txt", "clean"}),
	}
	for _, limit := range []int64{0, 3} {
		cache := &remembering{clean: map[string]scan.Clean{}}
		unpacker := &counting{Unpacker: archive.New(archive.Options{})}
		s := &scan.Scanner{Unpack: unpacker, Cache: cache, MaxUnpackedBytes: limit, Now: func() time.Time { return time.Unix(1, 0) }, Jobs: 1}
		first := scanWith(t, s, scan.Input{Head: files})
		require.Len(t, cache.clean, 3)
		require.Equal(t, first, scanWith(t, s, scan.Input{Head: files}))
		if limit > 0 {
			require.Equal(t, 2, first.Stats.Archives)
			continue
		}
		require.Equal(t, 4, first.Stats.Archives)
		require.Equal(t, 4+3, int(unpacker.asked.Load()), "all, and then those that were not clean")
	}
}

type sourceOf func() []scan.File

func (s sourceOf) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, f := range s() {
			if !yield(f, nil) {
				return
			}
		}
	}
}

// The first hundred thousand findings stay, the same at any number of jobs. The findings of archives that do not count
// displace no others.
func TestTooManyFindingsInsideArchives(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("TOKEN_x\n", 1000)
	files := tree{}
	for i := range 130 {
		files[fmt.Sprintf("%03d.txt", i)] = text
		if i < 40 {
			files[fmt.Sprintf("%03d.zip", i)] = zipOf(t, entry{"a.txt", text}, entry{"b.txt", text})
		}
	}
	for _, test := range []struct {
		limit int64
		kept  int
		last  string
		total string
		jobs  []int
	}{
		// 3,000 findings in each pair of a text and a zip: 33 pairs and one more text.
		{0, 100_000, "033.txt", "210,000 findings", []int{7}},
		// Three archives count (at 16,000 bytes each, the third exceeds 40,000), and after them only texts.
		{40_000, 100_000, "093.txt", "136,000 findings", []int{1, 7}},
	} {
		for _, jobs := range test.jobs {
			s := &scan.Scanner{Unpack: archive.New(archive.Options{}), Jobs: jobs, MaxUnpackedBytes: test.limit}
			result := scanWith(t, s, scan.Input{Head: files})
			require.Len(t, result.Findings, test.kept)
			last := ""
			for i := range result.Findings {
				last = max(last, result.Findings[i].Path)
			}
			require.Equal(t, test.last, last)
			require.Len(t, result.Unread, 1)
			require.ErrorContains(t, result.Unread[0].Err, test.total)
		}
	}
}
