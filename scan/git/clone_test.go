package git_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/git"
)

// clone is a repository on disk, made by git itself.
type clone struct {
	tb  testing.TB
	dir string
	// now is the date of the next commit, in Unix seconds.
	now int64
}

// initRepo makes an empty repository with the branch main.
func initRepo(tb testing.TB, args ...string) *clone {
	tb.Helper()
	c := &clone{tb: tb, dir: tb.TempDir(), now: 1_700_000_000}
	c.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return c
}

// at uses the same clock for another folder.
func (c *clone) at(dir string) *clone { return &clone{tb: c.tb, dir: dir, now: c.now} }

func (c *clone) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.tb.Context(), "git", args...)
	cmd.Dir = c.dir
	date := fmt.Sprintf("%d +0000", c.now)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_COUNT=3",
		"GIT_CONFIG_KEY_0=protocol.file.allow", "GIT_CONFIG_VALUE_0=always",
		"GIT_CONFIG_KEY_1=gc.auto", "GIT_CONFIG_VALUE_1=0",
		"GIT_CONFIG_KEY_2=uploadpack.allowFilter", "GIT_CONFIG_VALUE_2=true",
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
		"GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date, "LC_ALL=C")
	return cmd
}

// git runs git and returns its output without the last newline.
func (c *clone) git(args ...string) string {
	c.tb.Helper()
	return c.gitIn("", args...)
}

func (c *clone) gitIn(stdin string, args ...string) string {
	c.tb.Helper()
	cmd := c.command(args...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(c.tb, err, "git %v: %s", args, stderr.String())
	return strings.TrimSuffix(string(out), "\n")
}

// write writes files to the work tree: path, text, path, text, ...
func (c *clone) write(pairs ...string) *clone {
	c.tb.Helper()
	for i := 0; i < len(pairs); i += 2 {
		path := filepath.Join(c.dir, pairs[i])
		require.NoError(c.tb, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(c.tb, os.WriteFile(path, []byte(pairs[i+1]), 0o644))
	}
	return c
}

// commit commits the whole work tree, an hour after the last commit, and returns the full hash.
func (c *clone) commit(message string) string {
	c.tb.Helper()
	c.now += 3600
	c.git("add", "-A")
	c.git("commit", "-q", "--allow-empty", "-m", message)
	return c.git("rev-parse", "HEAD")
}

// bare clones into a new bare repository.
func (c *clone) bare(args ...string) *clone {
	return c.cloneTo(append([]string{"--bare"}, args...)...)
}

// cloneTo clones into a new folder, over the real protocol.
func (c *clone) cloneTo(args ...string) *clone {
	c.tb.Helper()
	dir := filepath.Join(c.tb.TempDir(), "clone")
	c.git(append(append([]string{"clone", "-q"}, args...), "file://"+c.dir, dir)...)
	return c.at(dir)
}

// open opens the repository for the duration of the test.
func (c *clone) open() *git.Repository {
	c.tb.Helper()
	r, err := git.Open(c.dir)
	require.NoError(c.tb, err)
	c.tb.Cleanup(func() { require.NoError(c.tb, r.Close()) })
	return r
}

// openCommit opens a commit for the duration of the test.
func (c *clone) openCommit(rev string) *git.Commit {
	c.tb.Helper()
	commit, err := git.OpenCommit(c.tb.Context(), c.dir, rev)
	require.NoError(c.tb, err)
	c.tb.Cleanup(func() { require.NoError(c.tb, commit.Close()) })
	return commit
}

// files lists a source.
func files(tb testing.TB, s scan.Source) []scan.File {
	tb.Helper()
	var all []scan.File
	for f, err := range s.Files(tb.Context()) {
		require.NoError(tb, err)
		all = append(all, f)
	}
	return all
}

// contents reads every file of a source through Open, by path. The text of an error takes the place of the content.
func contents(tb testing.TB, s scan.Source) map[string]string {
	tb.Helper()
	all := map[string]string{}
	for _, f := range files(tb, s) {
		if f.Mode == scan.ModeSubmodule {
			require.Nil(tb, f.Open)
			all[f.Path] = "submodule"
			continue
		}
		text, err := content(f)
		if err != nil {
			text = "error: " + err.Error()
		}
		all[f.Path] = text
	}
	return all
}

func content(f scan.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

// listed returns git's list of a commit: mode, type, id, size and path of each entry.
func (c *clone) listed(rev string) []string {
	c.tb.Helper()
	return strings.Split(strings.TrimSuffix(c.git("ls-tree", "-r", "-z", "-l", "--full-tree", rev), "\x00"), "\x00")
}

// asListed formats a file as git lists it.
func asListed(f scan.File) string {
	mode, kind := "100644", "blob"
	switch f.Mode {
	case scan.ModeExecutable:
		mode = "100755"
	case scan.ModeSymlink:
		mode = "120000"
	case scan.ModeSubmodule:
		return fmt.Sprintf("160000 commit %s %7s\t%s", f.Blob, "-", f.Path)
	}
	return fmt.Sprintf("%s %s %s %7d\t%s", mode, kind, f.Blob, f.Size, f.Path)
}

// fingerprint hashes the name, mode, date and content of every file below a folder, to show that nothing was written.
func fingerprint(tb testing.TB, dir string) string {
	tb.Helper()
	h := sha256.New()
	require.NoError(tb, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q %v %d %v\n", path, info.Mode(), info.Size(), info.ModTime())
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			h.Write(data)
		}
		return nil
	}))
	return fmt.Sprintf("%x", h.Sum(nil))
}
