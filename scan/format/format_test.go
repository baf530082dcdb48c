package format_test

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func written(t *testing.T, name format.Name, r *scan.Result, o format.Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, format.Write(&b, name, r, o))
	return b.String()
}

func TestWriteGolden(t *testing.T) {
	t.Parallel()
	colored, narrow := options(), options()
	colored.Color, colored.ShowSuppressed = true, true
	narrow.Width, narrow.Limit, narrow.More = 48, 3, "report.html"
	cases := map[string]struct {
		name    format.Name
		result  *scan.Result
		options format.Options
	}{
		"sample.txt": {format.Text, sample(), options()}, "sample-color.txt": {format.Text, sample(), colored}, "sample-narrow.txt": {format.Text, sample(), narrow},
		"sample.json": {format.JSON, sample(), options()}, "sample.sarif": {format.SARIF, sample(), options()}, "sample.csv": {format.CSV, sample(), options()},
		"sample.xml": {format.JUnit, sample(), options()}, "sample.html": {format.HTML, sample(), options()},
		"clean.txt": {format.Text, clean(), options()}, "clean.json": {format.JSON, clean(), format.Options{}}, "clean.csv": {format.CSV, clean(), options()},
		"clean.xml": {format.JUnit, clean(), options()}, "clean.html": {format.HTML, clean(), options()},
		"sample.cdx.json": {format.CycloneDX, sample(), options()}, "sample.spdx.json": {format.SPDX, sample(), options()},
		"clean.cdx.json": {format.CycloneDX, clean(), format.Options{}}, "clean.spdx.json": {format.SPDX, clean(), format.Options{}},
	}
	for golden, c := range cases {
		t.Run(golden, func(t *testing.T) {
			t.Parallel()
			got := written(t, c.name, c.result, c.options)
			path := filepath.Join("testdata", golden)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

// Each format receives a result whose findings contain the raw secret, and whose other texts are masked.
func TestWriteNeverHoldsSecret(t *testing.T) {
	t.Parallel()
	r := sample()
	require.Equal(t, canary, r.Findings[0].Secret.Reveal(), "the canary is there to get out")
	for _, name := range format.Names {
		o := options()
		o.ShowSuppressed, o.Color = true, true
		got := written(t, name, r, o)
		require.NotContains(t, got, canary, name)
		require.NotContains(t, got, canary[4:20], name)
		if name != format.CycloneDX && name != format.SPDX { // these contain no text of the tree, not even masked text
			require.Contains(t, got, "••••••••", name)
		}
	}
}

func TestWriteSameBytes(t *testing.T) {
	t.Parallel()
	for _, name := range format.Names {
		require.Equal(t, written(t, name, sample(), options()), written(t, name, sample(), options()), name)
	}
}

func TestWriteTimeOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	o := options()
	o.Time = false
	later := sample()
	later.Started, later.Duration = later.Started.AddDate(1, 0, 0), later.Duration*3
	for _, name := range format.Names {
		if name != format.Text {
			require.Equal(t, written(t, name, sample(), o), written(t, name, later, o), name)
		}
	}
}

func TestNameUnmarshalText(t *testing.T) {
	t.Parallel()
	for _, name := range format.Names {
		var got format.Name
		require.NoError(t, got.UnmarshalText([]byte(" "+strings.ToUpper(string(name)))))
		require.Equal(t, name, got)
	}
	var got format.Name
	require.EqualError(t, got.UnmarshalText([]byte("xml")), `"xml" is not a format: use text, json, sarif, csv, junit, html, cyclonedx or spdx`)
	require.EqualError(t, format.Write(io.Discard, "xml", clean(), options()), `"xml" is not a format: use text, json, sarif, csv, junit, html, cyclonedx or spdx`)
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
	many := sample()
	for range 8 {
		many.Findings = append(many.Findings, many.Findings...)
	}
	for i := range 500 {
		p := many.Packages[0]
		p.Version = strconv.Itoa(i)
		many.Packages = append(many.Packages, p)
	}
	for _, name := range format.Names {
		o := options()
		o.Limit = -1
		require.ErrorIs(t, format.Write(&fullDisk{left: 0}, name, sample(), o), io.ErrShortWrite, name)
		require.ErrorIs(t, format.Write(&fullDisk{left: 70_000}, name, many, o), io.ErrShortWrite, name)
	}
}

func TestWriteOfFailureWithoutError(t *testing.T) {
	t.Parallel()
	r := clean()
	r.Unread = []scan.Failure{{Path: "a"}, {Err: errors.New("the clone is broken")}}
	for _, name := range format.Names {
		require.NotEmpty(t, written(t, name, r, options()))
	}
}
