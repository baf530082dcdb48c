package cli_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkHookHundredCommits measures the hook as a process on a push of 100 commits, each of which changes 5 of 2,000
// files. For comparison it measures git's own list of the same objects.
func BenchmarkHookHundredCommits(b *testing.B) {
	for _, c := range []struct {
		refs int
		// middle starts the push at a commit without a reference.
		middle bool
	}{{1, false}, {1, true}, {20_000, false}, {20_000, true}} {
		b.Run(fmt.Sprintf("refs=%d,middle=%v", c.refs, c.middle), func(b *testing.B) {
			r := newRepository(b)
			var files []string
			for i := range 2000 {
				files = append(files, benchPath(i), strings.Repeat(fmt.Sprintf("func f%d() { return %d }\n", i, i*i), 100))
			}
			base := r.commit(files...)
			r.commit("last", "x\n")
			bare := filepath.Join(b.TempDir(), "bare.git")
			r.git("clone", "-q", "--bare", r.dir, bare)
			server := &repository{b, bare}
			if c.refs > 1 {
				manyRefs(b, server, base, c.refs)
			}
			if c.middle {
				r.git("reset", "-q", "--hard", base)
			}
			for i := range 100 {
				var files []string
				for k := range 5 {
					files = append(files, benchPath((i*37+k*401)%2000), strings.Repeat(fmt.Sprintf("func g%d() { return %d }\n", i, k), 100))
				}
				r.commit(files...)
			}
			head := r.git("rev-parse", "HEAD")
			// As in git's quarantine, the new objects are in a separate folder.
			quarantine := b.TempDir()
			pack := exec.CommandContext(b.Context(), "git", "pack-objects", "-q", "--revs", "--thin", "--stdout")
			pack.Dir, pack.Stdin = r.dir, strings.NewReader(head+"\n^"+base+"\n")
			data, err := pack.Output()
			require.NoError(b, err)
			env := []string{
				"GIT_DIR=" + bare, "GIT_QUARANTINE_PATH=" + quarantine, "GIT_OBJECT_DIRECTORY=" + quarantine,
				"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + filepath.Join(bare, "objects"),
			}
			index := exec.CommandContext(b.Context(), "git", "index-pack", "--fix-thin", "--stdin")
			index.Dir, index.Stdin = bare, strings.NewReader(string(data))
			index.Env = append(index.Environ(), env...)
			out, err := index.CombinedOutput()
			require.NoError(b, err, string(out))
			var ours, git time.Duration
			n := 0
			for b.Loop() {
				n++
				cmd, out := process(b, env, "hook", "pre-receive")
				cmd.Stdin = strings.NewReader(strings.Repeat("0", 40) + " " + head + " refs/heads/feature\n")
				started := time.Now()
				require.NoError(b, cmd.Run(), out)
				ours += time.Since(started)
				require.Empty(b, out.String())
				list := exec.CommandContext(b.Context(), "git", "rev-list", "--objects", head, "--not", "--all")
				list.Dir = bare
				list.Env = append(list.Environ(), env...)
				started = time.Now()
				objects, err := list.Output()
				git += time.Since(started)
				require.NoError(b, err)
				require.Greater(b, strings.Count(string(objects), "\n"), 600)
			}
			b.ReportMetric(ours.Seconds()*1000/float64(n), "ms-hook")
			b.ReportMetric(git.Seconds()*1000/float64(n), "ms-rev-list")
			b.ReportMetric(ours.Seconds()/git.Seconds(), "ratio")
		})
	}
}

func benchPath(i int) string { return fmt.Sprintf("src/d%d/e%d/f%d.go", i%10, i%40, i) }

// manyRefs creates n references on a server, each with its own commit.
func manyRefs(b *testing.B, server *repository, base string, n int) {
	var stream strings.Builder
	for i := range n {
		fmt.Fprintf(&stream, "commit refs/pull/%d\ncommitter A <a@example.com> %d +0000\ndata 1\nx\nfrom %s\n\n", i, 1767225600+i, base)
	}
	cmd := exec.CommandContext(b.Context(), "git", "fast-import", "--quiet")
	cmd.Dir, cmd.Stdin = server.dir, strings.NewReader(stream.String())
	out, err := cmd.CombinedOutput()
	require.NoError(b, err, string(out))
	server.git("pack-refs", "--all")
}
