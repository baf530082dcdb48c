package sbom_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sbom"
)

var update = flag.Bool("update", false, "rewrite the golden files")

type format struct {
	name  string
	bytes func(testing.TB, *scan.Result, sbom.Options) []byte
	write func(io.Writer, *scan.Result, sbom.Options) error
}

var formats = []format{{"cdx", cycloneDX, sbom.WriteCycloneDX}, {"spdx", spdx, sbom.WriteSPDX}}

func TestWriteGolden(t *testing.T) {
	t.Parallel()
	timed := options()
	timed.Time = true
	for name, c := range map[string]struct {
		result  *scan.Result
		options sbom.Options
	}{
		"sample": {sample(), timed}, "without": {without(), options()}, "nothing": {&scan.Result{}, sbom.Options{}},
	} {
		for _, f := range formats {
			t.Run(name+"."+f.name, func(t *testing.T) {
				t.Parallel()
				got := f.bytes(t, c.result, c.options)
				path := filepath.Join("testdata", name+"."+f.name+".json")
				if *update {
					require.NoError(t, os.WriteFile(path, got, 0o644))
				}
				want, err := os.ReadFile(path)
				require.NoError(t, err)
				require.Equal(t, string(want), string(got))
			})
		}
	}
}

func TestWriteSameBytes(t *testing.T) {
	t.Parallel()
	for _, f := range formats {
		want := string(f.bytes(t, sample(), options()))
		later := sample()
		later.Started, later.Duration = later.Started.AddDate(1, 0, 0), later.Duration*3
		require.Equal(t, want, string(f.bytes(t, later, options())), "the clock")
		reversed := sample()
		slices.Reverse(reversed.Packages)
		slices.Reverse(reversed.Findings)
		require.Equal(t, want, string(f.bytes(t, reversed, options())), "the order")
		other := sample()
		other.Commit = strings.Repeat("0", 40)
		require.NotEqual(t, want, string(f.bytes(t, other, options())))
		timed := options()
		timed.Time = true
		require.Contains(t, string(f.bytes(t, sample(), timed)), `"2026-11-24T09:14:00Z"`)
		require.NotContains(t, want, "2026-11-24")
	}
}

func TestWriteNamesAnSBOM(t *testing.T) {
	t.Parallel()
	id := func(f format, r *scan.Result) string {
		var head struct{ SerialNumber, DocumentNamespace string }
		require.NoError(t, json.Unmarshal(f.bytes(t, r, options()), &head))
		return head.SerialNumber + head.DocumentNamespace
	}
	// The value is from Python's uuid.uuid5 for the same names.
	require.Equal(t, "urn:uuid:d525c8b7-7793-530a-b7f0-ffb0afa47143", id(formats[0], sample()))
	require.Equal(t, "https://spdx.org/spdxdocs/acme-shop-a9cd2ef9-9c84-5821-85d3-f8a7d2a7175b", id(formats[1], sample()))
	seen := map[string]bool{}
	for _, f := range formats {
		other, moved := sample(), sample()
		other.Repository = "acme/other"
		moved.Commit = strings.Repeat("0", 40)
		for _, r := range []*scan.Result{sample(), other, moved} {
			name := id(f, r)
			require.Equal(t, name, id(f, r))
			require.False(t, seen[name], name)
			seen[name] = true
			// A UUID of version 5 and the variant of RFC 9562.
			require.Regexp(t, `[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, name)
		}
	}
	folder, changed := sample(), sample()
	folder.Commit, changed.Commit = "", ""
	changed.Packages = changed.Packages[1:]
	require.Empty(t, id(formats[0], folder), "CycloneDX needs none")
	require.NotEqual(t, id(formats[1], folder), id(formats[1], changed))
}

func TestWriteNeverHoldsSecret(t *testing.T) {
	t.Parallel()
	for _, f := range formats {
		got := string(f.bytes(t, sample(), options()))
		require.NotContains(t, got, canary)
		require.NotContains(t, got, canary[:12])
		for _, text := range []string{"of the tree\"", "excerpt of", "context of", "fixed soon"} {
			require.NotContains(t, got, text)
		}
		require.Contains(t, got, "https://github.com/Acme/Kit.git", "the package itself is there")
	}
}

func TestWriteIsUTF8(t *testing.T) {
	t.Parallel()
	bad := "\xff\x00\u2028\"\\<"
	r := &scan.Result{
		Repository: bad, Commit: bad,
		Packages: []scan.Package{{
			Ecosystem: scan.Ecosystem(bad), Name: bad, Version: bad, Path: bad, Line: -1, Via: bad, License: bad, Hash: "sha1:" + bad, Relation: 9, Origin: 9,
			Declared: &scan.Place{Path: bad},
		}, {}},
		Findings: []scan.Finding{{
			Engine: "dependencies", RuleID: bad, Severity: 9, Remediation: bad, Link: bad, Suppression: &scan.Suppression{Kind: bad, Source: bad},
			Dependency: &scan.Dependency{IDs: []string{bad, ""}, Rated: bad, Package: scan.Package{Ecosystem: scan.EcosystemNPM, Name: bad}},
		}},
		Rules: []scan.Rule{{Engine: "dependencies", ID: bad, Title: bad}},
	}
	for _, f := range formats {
		got := f.bytes(t, r, sbom.Options{Version: bad, Home: bad, Repository: bad})
		require.True(t, utf8.Valid(got) && json.Valid(got))
		require.NoError(t, validator(t, f.name)(got))
	}
}

// TestWriteIsLinear compares the size of the output and not the time: 20,000 packages with one licence, one direct
// dependency and two files take ten times as many bytes as 2,000.
func TestWriteIsLinear(t *testing.T) {
	t.Parallel()
	for _, f := range formats {
		small, large := len(f.bytes(t, many(2_000), options())), len(f.bytes(t, many(20_000), options()))
		require.InDelta(t, 10, float64(large)/float64(small), 0.5)
	}
}

// many returns n packages, each in two files, all brought in by one.
func many(n int) *scan.Result {
	r := without()
	r.Packages = append(r.Packages,
		scan.Package{Ecosystem: scan.EcosystemNPM, Name: "root", Version: "1.0.0", Path: "a/package-lock.json", Line: 1, Relation: scan.RelationDirect},
		scan.Package{Ecosystem: scan.EcosystemNPM, Name: "root", Version: "1.0.0", Path: "b/package-lock.json", Line: 1, Relation: scan.RelationDirect})
	for i := range n {
		for _, dir := range []string{"a", "b"} {
			p := scan.Package{
				Ecosystem: scan.EcosystemNPM, Name: fmt.Sprintf("package-%07d", i), Version: "1.0.0", Path: dir + "/package-lock.json", Line: 1_000_000 + i,
				Relation: scan.RelationTransitive, Via: "root", License: "MIT OR Apache-2.0", Hash: sha512,
			}
			r.Packages = append(r.Packages, p)
			if i%10 == 0 {
				r.Findings = append(r.Findings, scan.Finding{
					Engine: "dependencies", RuleID: fmt.Sprintf("CVE-2026-%07d", i), Severity: scan.SeverityHigh,
					Dependency: &scan.Dependency{Package: p, IDs: []string{fmt.Sprintf("CVE-2026-%07d", i)}},
				})
			}
		}
	}
	return r
}

type fullDisk struct{ left int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriteReportsFullDisk(t *testing.T) {
	t.Parallel()
	for _, f := range formats {
		require.ErrorIs(t, f.write(&fullDisk{}, without(), options()), io.ErrShortWrite)
		require.ErrorIs(t, f.write(&fullDisk{70_000}, many(1000), options()), io.ErrShortWrite)
	}
}

func BenchmarkWrite(b *testing.B) {
	for _, f := range formats {
		for _, n := range []int{2_000, 20_000} {
			b.Run(fmt.Sprintf("%s/%d", f.name, n), func(b *testing.B) {
				r := many(n)
				b.ReportAllocs()
				for b.Loop() {
					var out bytes.Buffer
					require.NoError(b, f.write(&out, r, options()))
					b.SetBytes(int64(out.Len()))
				}
			})
		}
	}
}
