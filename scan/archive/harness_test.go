package archive_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

// tree is a source in memory: path to content.
type tree map[string]string

func (t tree) Files(context.Context) iter.Seq2[scan.File, error] {
	return func(yield func(scan.File, error) bool) {
		for _, path := range slices.Sorted(maps.Keys(t)) {
			if !yield(t.file(path), nil) {
				return
			}
		}
	}
}

func (t tree) file(path string) scan.File {
	content := t[path]
	hash := sha1.Sum([]byte(content))
	return scan.File{
		Path: path, Size: int64(len(content)), Blob: hex.EncodeToString(hash[:]),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil },
	}
}

// tokens is a detector that finds TOKEN_ and the characters after it.
type tokens struct{ engine scan.Engine }

var tokenExpr = regexp.MustCompile(`TOKEN_[a-z0-9]+`)

func (d tokens) Engine() scan.Engine { return d.engine }

// Wants implements scan.Detector. A detector of another engine than secrets wants only the files of a tree.
func (d tokens) Wants() scan.Wants {
	return scan.Wants{Files: true, Archives: d.engine == "secrets", History: d.engine == "secrets"}
}

// Key implements scan.Keyed.
func (d tokens) Key() string { return string(d.engine) }

func (d tokens) Begin() scan.Pass                                   { return d }
func (tokens) End(context.Context, *scan.Tree) (scan.Ending, error) { return scan.Ending{}, nil }
func (d tokens) Rules() []scan.Rule                                 { return []scan.Rule{{ID: "TEST_TOKEN", Engine: d.engine}} }
func (d tokens) File(_ context.Context, c *scan.Content) (list []scan.Finding, _ error) {
	if c.Binary {
		return nil, nil
	}
	for _, at := range tokenExpr.FindAllIndex(c.Data, -1) {
		list = append(list, scan.Finding{
			Engine: d.engine, RuleID: "TEST_TOKEN", Title: "Test token", Severity: scan.SeverityHigh, Message: "A token.",
			Start: at[0], End: at[1], Secret: scan.NewSecret(string(c.Data[at[0]:at[1]])),
		})
	}
	return list, nil
}

// scanTree scans files with an unpacker that has these limits.
func scanTree(t testing.TB, files tree, o archive.Options) *scan.Result {
	t.Helper()
	return scanWith(t, &scan.Scanner{Unpack: archive.New(o)}, scan.Input{Head: files})
}

func scanWith(t testing.TB, s *scan.Scanner, in scan.Input) *scan.Result {
	t.Helper()
	if s.Detectors == nil {
		s.Detectors = []scan.Detector{tokens{"secrets"}}
	}
	result, err := s.Scan(t.Context(), in)
	require.NoError(t, err)
	return result
}

func places(r *scan.Result) []string {
	list := []string{}
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, fmt.Sprintf("%s:%d:%d", f.Path, f.StartLine, f.StartColumn))
	}
	return list
}

func notes(r *scan.Result) []string {
	list := []string{}
	for _, n := range r.Notes {
		list = append(list, n.Code+": "+n.Text)
	}
	return list
}

func failures(r *scan.Result) []string {
	list := []string{}
	for _, f := range r.Failures {
		list = append(list, fmt.Sprintf("%s %s: %v", f.Engine, f.Path, f.Err))
	}
	return list
}

// entry is one file of an archive that a test makes.
type entry struct{ name, content string }

func zipOf(t testing.TB, entries ...entry) string {
	t.Helper()
	return zipBy(t, zip.Deflate, entries...)
}

func zipBy(t testing.TB, method uint16, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		require.NoError(t, err)
		_, err = io.WriteString(f, e.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

func tarOf(t testing.TB, entries ...entry) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: e.name, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(e.content))}))
		_, err := io.WriteString(w, e.content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

func gzipOf(t testing.TB, name, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name = name
	_, err := io.WriteString(w, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

// debOf makes a Debian package of these parts.
func debOf(parts ...entry) string {
	var b strings.Builder
	b.WriteString("!<arch>\n")
	for _, p := range append([]entry{{"debian-binary", "2.0\n"}}, parts...) {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", p.name, 0, 0, 0, "100644", len(p.content))
		b.WriteString(p.content)
		if len(p.content)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
