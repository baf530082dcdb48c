package git_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan/git"
)

func TestOpenForms(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a.txt", "one\n", "deep/er/b.txt", "two\n").commit("first")
	want := map[string]string{"a.txt": "one\n", "deep/er/b.txt": "two\n"}

	linked := origin.at(filepath.Join(t.TempDir(), "linked"))
	origin.git("worktree", "add", "-q", "-b", "side", linked.dir)
	super := initRepo(t)
	super.git("submodule", "--quiet", "add", "file://"+origin.dir, "module")
	super.commit("with a module")
	symlinked := origin.at(filepath.Join(t.TempDir(), "link"))
	require.NoError(t, os.Symlink(origin.dir, symlinked.dir))
	separate := origin.cloneTo("--separate-git-dir=" + filepath.Join(t.TempDir(), "elsewhere"))
	extended := origin.cloneTo("--filter=blob:none")
	extended.git("config", "extensions.worktreeConfig", "true")
	extended.git("config", "core.repositoryFormatVersion", "1")

	for name, c := range map[string]*clone{
		"git folder":         origin,
		"folder below":       origin.at(filepath.Join(origin.dir, "deep", "er")),
		"inside .git":        origin.at(filepath.Join(origin.dir, ".git", "objects")),
		"bare":               origin.bare(),
		"mirror":             origin.cloneTo("--mirror"),
		"linked work tree":   linked,
		"submodule":          super.at(filepath.Join(super.dir, "module")),
		"symlink to it":      symlinked,
		"git folder apart":   separate,
		"unknown extensions": extended,
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, want, contents(t, c.openCommit("HEAD")))
		})
	}
}

func TestOpenRoot(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("sub/a", "x").commit("first")
	require.Equal(t, c.dir, c.open().Root())
	require.Equal(t, c.dir, c.at(filepath.Join(c.dir, "sub")).open().Root())
	require.Empty(t, c.bare().open().Root())
}

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	empty, file, dangling, garbage := t.TempDir(), filepath.Join(t.TempDir(), "file"), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(file, nil, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dangling, ".git"), []byte("gitdir: ../gone\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(garbage, ".git"), []byte("hello"), 0o644))
	for name, test := range map[string]struct {
		dir, text string
		is        error
	}{
		"not a repository": {empty, "name a folder of a clone", git.ErrNotRepository},
		"dangling .git":    {dangling, "mount the main repository too", git.ErrNotRepository},
		"garbage .git":     {garbage, "gitdir: PATH", git.ErrNotRepository},
		"no such folder":   {filepath.Join(empty, "gone"), "no such file", os.ErrNotExist},
		"a file":           {file, "is a file, not a folder", nil},
		"sha256":           {initRepo(t, "--object-format=sha256").dir, "only SHA-1", nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := git.Open(test.dir)
			require.ErrorContains(t, err, test.text)
			if test.is != nil {
				require.ErrorIs(t, err, test.is)
			}
		})
	}
}

func TestOpenReftable(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.git("config", "core.repositoryFormatVersion", "1")
	c.git("config", "extensions.refStorage", "reftable")
	_, err := git.Open(c.dir)
	require.ErrorContains(t, err, "git refs migrate")
}

func TestOpenRunsNothing(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	c.write("a.txt", "one\n").commit("first")
	trap := filepath.Join(t.TempDir(), "ran")
	require.NoError(t, os.WriteFile(filepath.Join(c.dir, ".gitattributes"), []byte("* filter=evil diff=evil\n"), 0o644))
	for _, key := range []string{"core.fsmonitor", "core.sshCommand", "filter.evil.smudge", "filter.evil.clean", "diff.evil.textconv"} {
		c.git("config", key, "touch "+trap)
	}
	require.Equal(t, "one\n", contents(t, c.openCommit("HEAD"))["a.txt"])
	d, err := git.OpenDir(c.dir)
	require.NoError(t, err)
	defer d.Close()
	contents(t, d)
	require.NoFileExists(t, trap)
}

func TestOpenAlternates(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	origin.write("a.txt", "one\n").commit("first")
	origin.git("repack", "-adq")
	absolute := origin.at(filepath.Join(t.TempDir(), "absolute"))
	origin.git("clone", "-q", "--shared", origin.dir, absolute.dir)
	head := absolute.write("b.txt", "two\n").commit("second")
	nested := origin.at(filepath.Join(t.TempDir(), "nested"))
	origin.git("clone", "-q", "--shared", absolute.dir, nested.dir)

	relative := initRepo(t)
	objects := filepath.Join(relative.dir, ".git", "objects")
	rel, err := filepath.Rel(objects, filepath.Join(absolute.dir, ".git", "objects"))
	require.NoError(t, err)
	list := "# a comment\n\n/gone/away\n" + rel + "\n" + rel + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(objects, "info", "alternates"), []byte(list), 0o644))
	relative.git("update-ref", "refs/heads/main", head)

	// A repository that names itself must not cause an endless loop.
	loop := initRepo(t)
	loopObjects := filepath.Join(loop.dir, ".git", "objects")
	require.NoError(t, os.WriteFile(filepath.Join(loopObjects, "info", "alternates"), []byte(loopObjects+"\n"+rel+"\n"), 0o644))
	list = loopObjects + "\n" + filepath.Join(absolute.dir, ".git", "objects") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(loopObjects, "info", "alternates"), []byte(list), 0o644))
	loop.git("update-ref", "refs/heads/main", head)

	want := map[string]string{"a.txt": "one\n", "b.txt": "two\n"}
	for name, c := range map[string]*clone{"absolute": absolute, "nested": nested, "relative": relative, "loop": loop} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, want, contents(t, c.openCommit(head)))
			require.Equal(t, want, contents(t, c.openCommit(head[:12])))
		})
	}
}

// Git refuses the folder of another user, but a pipe meets one in every build.
func TestOpenOfAnotherUser(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give folders away")
	}
	c := initRepo(t)
	c.write("a", "1").commit("first")
	require.NoError(t, filepath.WalkDir(c.dir, func(path string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, 12345, 12345))
	}))
	require.Error(t, c.command("status").Run())
	require.Equal(t, map[string]string{"a": "1"}, contents(t, c.openCommit("HEAD")))
	require.Equal(t, []string{"a"}, paths(t, openDir(t, c.dir)))
}

func TestRepositoryIsShallow(t *testing.T) {
	t.Parallel()
	c := initRepo(t)
	first := c.write("a", "1").commit("first")
	second := c.write("a", "2").commit("second")
	full, shallow := c.open(), c.cloneTo("--depth=1").open()
	require.False(t, full.IsShallow())
	require.True(t, shallow.IsShallow())
	require.True(t, full.HasCommit(first))
	require.True(t, shallow.HasCommit(second))
	require.False(t, shallow.HasCommit(first))
	require.False(t, shallow.HasCommit("main"))
	require.False(t, shallow.HasCommit(strings.Repeat("0", 40)))
	require.False(t, full.HasCommit(c.git("rev-parse", "HEAD^{tree}")))
}

// TestNothingIsWritten uses every function of the package on a clone, and compares every byte and date afterwards.
func TestNothingIsWritten(t *testing.T) {
	t.Parallel()
	origin := initRepo(t)
	first := origin.write("a.txt", "one\n", "gone.txt", "token\n").commit("first")
	require.NoError(t, os.Remove(filepath.Join(origin.dir, "gone.txt")))
	head := origin.write("a.txt", "two\n", ".gitignore", "*.log\n").commit("second")
	origin.git("tag", "-a", "v1", "-m", "one")
	origin.write("x.log", "ignored")
	for name, c := range map[string]*clone{"loose": origin, "packed": origin.cloneTo(), "shallow": origin.cloneTo("--depth=1"), "bare": origin.bare()} {
		t.Run(name, func(t *testing.T) {
			before := fingerprint(t, c.dir)
			r, err := git.Open(c.dir)
			require.NoError(t, err)
			for _, rev := range []string{"HEAD", "v1", "main", head[:12], first[:7], "nonsense"} {
				_, _ = r.Resolve(rev)
			}
			commit, err := r.Commit(t.Context(), head)
			require.NoError(t, err)
			contents(t, commit)
			contents(t, r.History(head, git.HistoryOptions{}))
			_, _ = r.MergeBase(t.Context(), head, first)
			_, _ = commit.ReadFile(".sluice.yml")
			serve := gitServer(t, origin.dir)
			require.NoError(t, r.Fetch(t.Context(), git.FetchOptions{URL: serve.repo, Want: []string{"main"}}))
			contents(t, r.History(head, git.HistoryOptions{}))
			require.NoError(t, r.Close())
			d, err := git.OpenDir(c.dir)
			require.NoError(t, err)
			contents(t, d)
			require.NoError(t, d.Close())
			require.Equal(t, before, fingerprint(t, c.dir))
		})
	}
}
