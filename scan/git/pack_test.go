package git_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

// deltas makes a bare repository of similar files in several commits, so that its pack has chains of deltas.
func deltas(t *testing.T) *clone {
	t.Helper()
	c := initRepo(t)
	random := rand.New(rand.NewPCG(3, 4))
	lines := make([]string, 400)
	for i := range lines {
		lines[i] = fmt.Sprintf("line %d %x\n", i, random.Uint64())
	}
	for version := range 6 {
		for file := range 5 {
			lines[random.IntN(len(lines))] = fmt.Sprintf("changed in %d of %d\n", version, file)
			c.write(fmt.Sprintf("f%d", file), strings.Join(lines, ""))
		}
		c.commit(fmt.Sprint("version ", version))
	}
	return c.bare()
}

// TestPackForms reads every commit of the same history from each of git's storage formats.
func TestPackForms(t *testing.T) {
	t.Parallel()
	for name, repack := range map[string]func(c *clone){
		"deltas by offset": func(c *clone) { c.git("repack", "-adfq", "--depth=50", "--window=50") },
		"deltas by hash": func(c *clone) {
			c.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=50", "--window=50")
		},
		"no deltas": func(c *clone) { c.git("repack", "-adfq", "--depth=0", "--window=0") },
		"index version 1": func(c *clone) {
			c.git("repack", "-adfq")
			pack := onePack(t, c)
			require.NoError(t, os.Remove(strings.TrimSuffix(pack, ".pack")+".idx"))
			c.git("index-pack", "--index-version=1", pack)
		},
		"64-bit offsets": func(c *clone) {
			c.git("repack", "-adfq")
			pack := onePack(t, c)
			require.NoError(t, os.Remove(strings.TrimSuffix(pack, ".pack")+".idx"))
			c.git("index-pack", "--index-version=2,0x10", pack)
		},
		"stored": func(c *clone) { c.git("-c", "pack.compression=0", "repack", "-adFq") },
		"loose":  func(c *clone) { unpackAll(t, c) },
		"loose, stored": func(c *clone) {
			c.git("config", "core.looseCompression", "0")
			unpackAll(t, c)
		},
		"several packs": func(c *clone) {
			for i := range 3 {
				c.gitIn(c.git("rev-parse", fmt.Sprintf("main~%d", 5-2*i), fmt.Sprintf("main~%d^{tree}", 5-2*i), fmt.Sprintf("main~%d:f0", 5-2*i)),
					"pack-objects", "-q", "objects/pack/pack")
			}
		},
		"broken index beside it": func(c *clone) {
			require.NoError(t, os.WriteFile(filepath.Join(c.dir, "objects", "pack", "pack-"+strings.Repeat("0", 40)+".idx"), []byte("\xfftOc"), 0o644))
		},
		"multi-pack index":   func(c *clone) { c.git("multi-pack-index", "write") },
		"commit graph, bits": func(c *clone) { c.git("repack", "-adbq"); c.git("commit-graph", "write", "--reachable") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := deltas(t)
			repack(c)
			for _, rev := range []string{"main", "main~1", "main~2", "main~3", "main~4", "main~5"} {
				commit := c.openCommit(rev)
				var got []string
				for _, f := range files(t, commit) {
					got = append(got, asListed(f))
					text, err := content(f)
					require.NoError(t, err)
					require.Equal(t, c.git("cat-file", "blob", f.Blob)+"\n", text)
				}
				require.Equal(t, c.listed(rev), got)
			}
		})
	}
}

func unpackAll(t *testing.T, c *clone) {
	t.Helper()
	pack := onePack(t, c)
	data, err := os.ReadFile(pack)
	require.NoError(t, err)
	require.NoError(t, os.RemoveAll(filepath.Dir(pack)))
	require.NoError(t, os.Mkdir(filepath.Dir(pack), 0o755))
	c.gitIn(string(data), "unpack-objects", "-q")
}

// If one pack has a damaged copy of an object, another pack or a loose object may have an intact one.
func TestPackDamageIsHealedByACopy(t *testing.T) {
	t.Parallel()
	c := deltas(t)
	pack := onePack(t, c)
	data, err := os.ReadFile(pack)
	require.NoError(t, err)
	for i := 12; i < len(data); i += 7 {
		data[i] ^= 1
	}
	require.NoError(t, os.Chmod(pack, 0o644))
	require.NoError(t, os.WriteFile(pack, data, 0o644))
	_, err = git.OpenCommit(t.Context(), c.dir, "main")
	require.ErrorIs(t, err, git.ErrCorruptObject)

	whole := deltas(t)
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, "objects", "info", "alternates"), []byte(filepath.Join(whole.dir, "objects")+"\n"), 0o644))
	require.Equal(t, contents(t, whole.openCommit("main")), contents(t, c.openCommit("main")))
}

// An open file stays readable after Close and after git has repacked.
func TestPackGoneWhileOpen(t *testing.T) {
	t.Parallel()
	c := deltas(t)
	commit, err := git.OpenCommit(t.Context(), c.dir, "main")
	require.NoError(t, err)
	all := files(t, commit)
	want := c.git("cat-file", "blob", all[0].Blob)
	c.git("repack", "-adfq", "--depth=3")
	text, err := content(all[0])
	require.NoError(t, err)
	require.Equal(t, want+"\n", text)
	r, err := all[0].Open()
	require.NoError(t, err)
	require.NoError(t, commit.Close())
	data := make([]byte, len(want))
	n, err := r.Read(data)
	require.NoError(t, err)
	require.Equal(t, want, string(data[:n]))
	_, err = all[1].Open()
	require.Error(t, err)
}
