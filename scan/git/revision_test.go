package git_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

func TestResolve(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	first := c.write("a", "1").commit("first")
	c.git("tag", "light")
	c.git("tag", "-a", "v1.0", "-m", "annotated")
	c.git("tag", "-a", "v1.0-signed-off", "-m", "a tag of a tag", "v1.0")
	tag := c.git("rev-parse", "v1.0")
	second := c.write("a", "2").commit("second")
	c.git("checkout", "-q", "-b", "topic/deep", first)
	side := c.write("b", "1").commit("side")
	c.git("checkout", "-q", "main")
	c.now += 3600
	c.git("merge", "-q", "--no-ff", "-m", "merge", "topic/deep")
	head := c.git("rev-parse", "HEAD")
	// A branch whose name looks like the beginning of a hash must not make a pipeline scan another commit.
	c.git("branch", second[:12], first)
	c.git("branch", "deadbeef", first)
	c.git("update-ref", "refs/remotes/origin/main", second)
	c.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
	c.git("update-ref", "refs/pull-requests/7/from", side)

	packed := c.at(filepath.Join(t.TempDir(), "packed"))
	require.NoError(t, os.CopyFS(packed.dir, os.DirFS(c.dir)))
	packed.git("pack-refs", "--all", "--prune")
	packed.git("repack", "-adq")
	require.NoDirExists(t, filepath.Join(packed.dir, ".git", "refs", "heads", "topic"))

	for rev, want := range map[string]string{
		"HEAD": head, "@": head, "main": head, "refs/heads/main": head, "heads/main": head,
		head: head, strings.ToUpper(head): head, head[:12]: head, head[:7]: head, head[:39]: head,
		second[:12]: second, "refs/heads/" + second[:12]: first, "deadbeef": first,
		"light": first, "v1.0": first, "tags/v1.0": first, "v1.0-signed-off": first, tag: first, tag[:10]: first,
		"origin/main": second, "origin": second, "topic/deep": side, "refs/pull-requests/7/from": side,
		"HEAD~1": second, "HEAD^": second, "HEAD^1": second, "HEAD^2": side, "HEAD~2": first, "HEAD^2~1": first, "HEAD^^": first,
		"main~": second, "v1.0^{commit}": first, "v1.0^{}": first, "v1.0^0": first, "@~1": second, "HEAD~0": head,
	} {
		for name, r := range map[string]*git.Repository{"loose": c.open(), "packed": packed.open()} {
			t.Run(name+"/"+rev, func(t *testing.T) {
				got, err := r.Resolve(rev)
				require.NoError(t, err)
				require.Equal(t, want, got)
			})
		}
	}
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a", "1").commit("first")
	blob := c.git("rev-parse", "HEAD:a")
	r := c.open()
	for rev, text := range map[string]string{
		"":                             "use a hash, a branch, a tag or HEAD",
		"gone":                         "check its spelling, or fetch it",
		"origin/gone":                  "fetch it",
		strings.Repeat("ab", 20):       "fetch it",
		"abcdef012345":                 "fetch it",
		blob:                           "names a blob, not a commit",
		blob[:12]:                      "fetch it",
		"HEAD~1":                       "has 0 parents",
		"HEAD^3":                       "has 0 parents",
		"HEAD~99999999999999999999999": "unknown revision",
		"HEAD^{tree}":                  "only ~N and ^N",
		"HEAD~x":                       "only ~N and ^N",
		"../../../../etc/passwd":       "unknown revision",
		"refs/../config":               "unknown revision",
		"config":                       "unknown revision",
		"--upload-pack=x":              "use a hash",
		"main@{1}":                     "unknown revision",
		"a b":                          "use a hash",
		"refs/heads":                   "unknown revision",
	} {
		t.Run(rev, func(t *testing.T) {
			_, err := r.Resolve(rev)
			require.ErrorIs(t, err, git.ErrUnknownRevision)
			require.ErrorContains(t, err, text)
		})
	}
}

func TestResolveAmbiguous(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	var stream strings.Builder
	// Of 100,000 hashes about twenty pairs have the same first 7 digits.
	for i := range 100_000 {
		stream.WriteString("commit refs/heads/main\ncommitter A <a@example.com> " + strconv.Itoa(1_700_000_000+i) + " +0000\ndata 0\n\n")
	}
	c.gitIn(stream.String(), "fast-import", "--quiet")
	seen := map[string]string{}
	var one, two string
	for _, h := range strings.Fields(c.git("rev-list", "main")) {
		if other, ok := seen[h[:7]]; ok {
			one, two = h, other
			break
		}
		seen[h[:7]] = h
	}
	require.NotEmpty(t, one)
	r := c.open()
	_, err := r.Resolve(one[:7])
	require.ErrorIs(t, err, git.ErrAmbiguous)
	require.ErrorContains(t, err, "more digits")
	n := 7
	for one[:n] == two[:n] {
		n++
	}
	got, err := r.Resolve(one[:n])
	require.NoError(t, err)
	require.Equal(t, one, got)
}

func TestResolveAbbreviationIgnoresOtherKinds(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	head := c.write("a", "1").commit("first")
	r := c.open()
	for _, n := range []int{7, 8, 12, 20, 39} {
		got, err := r.Resolve(head[:n])
		require.NoError(t, err)
		require.Equal(t, head, got)
	}
	_, err := r.Resolve(head[:6])
	require.ErrorIs(t, err, git.ErrUnknownRevision)
}

func TestResolveEmptyRepository(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]*clone{"work tree": initRepo(t), "bare": initRepo(t).bare()} {
		t.Run(name, func(t *testing.T) {
			for _, rev := range []string{"HEAD", "main", "@~1"} {
				_, err := git.OpenCommit(t.Context(), c.dir, rev)
				require.ErrorIs(t, err, git.ErrNoCommits, rev)
			}
			_, err := git.OpenCommit(t.Context(), c.dir, strings.Repeat("ab", 20))
			require.ErrorIs(t, err, git.ErrUnknownRevision)
		})
	}
}

func TestResolveUnbornBranch(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	head := c.write("a", "1").commit("first")
	c.git("checkout", "-q", "--orphan", "new")
	r := c.open()
	_, err := r.Resolve("HEAD")
	require.ErrorIs(t, err, git.ErrUnknownRevision)
	require.ErrorContains(t, err, "has no commit yet")
	got, err := r.Resolve("main")
	require.NoError(t, err)
	require.Equal(t, head, got)
}

func TestResolveDetachedHead(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	first := c.write("a", "1").commit("first")
	c.write("a", "2").commit("second")
	c.git("checkout", "-q", "--detach", first)
	got, err := c.open().Resolve("HEAD")
	require.NoError(t, err)
	require.Equal(t, first, got)
}

func TestResolveLinkedWorkTreeHasItsOwnHead(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	first := c.write("a", "1").commit("first")
	second := c.write("a", "2").commit("second")
	linked := c.at(filepath.Join(t.TempDir(), "linked"))
	c.git("worktree", "add", "-q", "--detach", linked.dir, first)
	for rev, want := range map[string]string{"HEAD": first, "main": second} {
		got, err := linked.open().Resolve(rev)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// A reference to a missing commit is damage, not an unknown name.
func TestResolveReferenceGoneAstray(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a", "1").commit("first")
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".git", "refs", "heads", "astray"), []byte(strings.Repeat("12", 20)+"\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".git", "refs", "heads", "loop"), []byte("ref: refs/heads/loop\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".git", "refs", "heads", "void"), nil, 0o644))
	r := c.open()
	_, err := r.Resolve("astray")
	require.ErrorIs(t, err, git.ErrMissingObject)
	for _, rev := range []string{"loop", "void"} {
		_, err = r.Resolve(rev)
		require.ErrorIs(t, err, git.ErrUnknownRevision)
	}
}
