package git_test

import (
	"go/build"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// goSource commits Go's own source: 120 MB in 11,000 files.
func goSource(b *testing.B) *clone {
	b.Helper()
	c := initRepo(b)
	require.NoError(b, os.CopyFS(c.dir, os.DirFS(filepath.Join(build.Default.GOROOT, "src"))))
	c.commit("go")
	c.git("repack", "-adq")
	return c
}

type reader interface {
	scan.Source
	Read(f scan.File, buf []byte) ([]byte, error)
}

func readAll(b *testing.B, s reader) (total int64) {
	var buf []byte
	for f, err := range s.Files(b.Context()) {
		require.NoError(b, err)
		data, err := s.Read(f, buf)
		require.NoError(b, err)
		total += int64(len(data))
		buf = data
	}
	return total
}

func BenchmarkReadCommit(b *testing.B) {
	origin := goSource(b)
	for name, c := range map[string]*clone{"worktree": origin, "objects": origin.bare()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				commit := c.openCommit("HEAD")
				b.SetBytes(readAll(b, commit))
				require.NoError(b, commit.Close())
			}
		})
	}
	b.Run("folder", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			d, err := git.OpenDir(origin.dir)
			require.NoError(b, err)
			b.SetBytes(readAll(b, d))
			require.NoError(b, d.Close())
		}
	})
}

func BenchmarkListCommit(b *testing.B) {
	const n = 200_000
	c := manyFiles(b, n)
	b.ReportAllocs()
	for b.Loop() {
		require.Len(b, files(b, c.openCommit("main")), n)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/file")
}
