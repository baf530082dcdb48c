package secret

import (
	"bytes"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/secret/builtin"
	"github.com/sluice-scan/sluice/scan/secret/match"
)

// sourceTree reads the text files of Go's own source tree, up to a number of bytes.
var sourceTree = sync.OnceValue(func() []scan.Content {
	const enough = 32 << 20
	var files []scan.Content
	total := 0
	root := filepath.Join(runtime.GOROOT(), "src") //nolint:staticcheck // go test runs with the toolchain that it names
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || total > enough || !strings.HasSuffix(path, ".go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err == nil && bytes.IndexByte(data, 0) < 0 {
			relative, _ := filepath.Rel(root, path)
			files = append(files, scan.Content{File: scan.File{Path: filepath.ToSlash(relative)}, Data: data})
			total += len(data)
		}
		return nil
	})
	return files
})

func BenchmarkAutomaton(b *testing.B) {
	d, err := New(Options{})
	require.NoError(b, err)
	files := sourceTree()
	size := 0
	for _, f := range files {
		size += len(f.Data)
	}
	var found match.Hits
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			for from := 0; from < len(f.Data); from += chunkSize {
				d.index.automaton.Find(f.Data, from, min(from+chunkSize, len(f.Data)), &found)
			}
		}
	}
}

func BenchmarkDetector(b *testing.B) {
	d, err := New(Options{})
	require.NoError(b, err)
	files := sourceTree()
	size := 0
	for _, f := range files {
		size += len(f.Data)
	}
	p := d.Begin()
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for i := range files {
			_, err := p.File(b.Context(), &files[i])
			require.NoError(b, err)
		}
	}
}

// BenchmarkHostile scans texts that repeat one literal, in forms that are almost a credential, and reports the CPU time per
// MB of the worst.
func BenchmarkHostile(b *testing.B) {
	const size = 32 << 10
	d, err := New(Options{})
	require.NoError(b, err)
	texts := make(map[string][]byte)
	for _, literal := range d.index.literals {
		for _, form := range [...]string{literal, literal + " ", literal + "=a1 ", "\"" + literal + "\":\"x1\",", literal + "('y2',"} {
			texts[form] = bytes.Repeat([]byte(form), size/len(form))
		}
	}
	worst, name := time.Duration(0), ""
	for b.Loop() {
		for form, text := range texts {
			least := time.Duration(math.MaxInt64)
			for range 3 {
				begin := time.Now()
				_, err := d.file(b.Context(), "deploy/settings.conf", text)
				least = min(least, time.Since(begin))
				require.NoError(b, err)
			}
			if least > worst {
				worst, name = least, form
			}
		}
	}
	b.ReportMetric(worst.Seconds()*1e3*(1<<20)/size, "worst-ms/MB")
	b.Logf("the worst is %q", name)
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := newDetector(builtin.Table(), Options{})
		require.NoError(b, err)
	}
}
