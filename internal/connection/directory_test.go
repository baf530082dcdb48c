package connection_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/connection"
)

// git runs git in a folder.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// repository makes a repository with a commit on main.
func repository(t *testing.T, dir string) string {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o755))
	git(t, dir, "init", "-q", "-b", "main")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.txt"), []byte("text\n"), 0o600))
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "one")
	return git(t, dir, "rev-parse", "HEAD")
}

// names lists what was found: PROJECT/slug default [branches].
func names(found []connection.Project) []string {
	var list []string
	for _, p := range found {
		for _, r := range p.Repositories {
			line := p.Key + "/" + r.Slug + " " + r.DefaultBranch
			for _, b := range r.Branches {
				line += " " + b.Name
			}
			list = append(list, line)
		}
	}
	return list
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	head := repository(t, filepath.Join(root, "PAY", "api"))
	git(t, filepath.Join(root, "PAY", "api"), "branch", "feature/ü-x")
	git(t, filepath.Join(root, "PAY"), "clone", "-q", "--bare", "api", "web.git")
	repository(t, filepath.Join(root, "~jdoe", "notes"))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "PAY", "no-repository"), 0o755))
	require.NoError(t, os.MkdirAll(filepath.Join(root, "EMPTY"), 0o755))
	git(t, root, "init", "-q", "-b", "trunk", filepath.Join("PAY", "fresh"))
	d, err := connection.NewDirectory(root)
	require.NoError(t, err)
	list, err := d.List(t.Context())
	require.NoError(t, err)
	require.True(t, list.Whole)
	found := list.Projects
	require.Equal(t, []connection.Skipped{{Name: "EMPTY", Reason: "it is an empty folder"}, {Name: "PAY/no-repository", Reason: "it is not a git repository"}}, list.Skipped)
	require.Equal(t, []string{"PAY/api main feature/ü-x main", "PAY/fresh trunk", "PAY/web main feature/ü-x main", "~jdoe/notes main main"}, names(found))
	require.True(t, found[1].Personal)
	require.Equal(t, head, found[0].Repositories[0].Branches[1].Head)
	dir, release, err := d.Open(t.Context(), found[0].Repositories[2].Location)
	require.NoError(t, err)
	release()
	require.Equal(t, "web.git", filepath.Base(dir))
	for _, bad := range []string{"", "PAY", "PAY/none", "../x", "PAY/../../etc", "/etc/passwd", "PAY/api/.git"} {
		_, _, err := d.Open(t.Context(), bad)
		require.ErrorIs(t, err, connection.ErrGone, "%q", bad)
	}
	_, err = connection.NewDirectory(filepath.Join(root, "none"))
	require.Error(t, err)
}

// People who can write into a repository must not be able to make the server read other files or run anything.
func TestHostileRepositories(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	repository(t, filepath.Join(outside, "secret"))
	root := t.TempDir()
	project := filepath.Join(root, "PAY")
	repository(t, filepath.Join(project, "good"))
	marker := filepath.Join(outside, "ran")

	// Links of projects and repositories.
	require.NoError(t, os.Symlink(outside, filepath.Join(root, "LINK")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret"), filepath.Join(project, "link")))
	// A .git file that leads outside.
	require.NoError(t, os.MkdirAll(filepath.Join(project, "file"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(project, "file", ".git"), []byte("gitdir: "+filepath.Join(outside, "secret", ".git")+"\n"), 0o600))
	// Objects from outside, directly and through another repository inside.
	for name, to := range map[string]string{"alternates": filepath.Join(outside, "secret", ".git", "objects"), "chain": filepath.Join(project, "alternates", ".git", "objects")} {
		repository(t, filepath.Join(project, name))
		require.NoError(t, os.WriteFile(filepath.Join(project, name, ".git", "objects", "info", "alternates"), []byte(to+"\n"), 0o600))
	}
	// The settings of another repository.
	repository(t, filepath.Join(project, "common"))
	require.NoError(t, os.WriteFile(filepath.Join(project, "common", ".git", "commondir"), []byte(filepath.Join(outside, "secret", ".git")+"\n"), 0o600))
	// Hooks, filters, includes and odd references in the valid one.
	good := filepath.Join(project, "good")
	require.NoError(t, os.WriteFile(filepath.Join(good, ".git", "config"), []byte("[include]\n\tpath = "+filepath.Join(outside, "evil")+"\n[core]\n\tfsmonitor = touch "+marker+"\n\thooksPath = /nowhere\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(good, ".git", "hooks", "post-checkout"), []byte("#!/bin/sh\ntouch "+marker+"\n"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(good, ".git", "refs", "heads", "-rf"), []byte(strings.Repeat("0123456789", 4)+"\n"), 0o600))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(good, ".git", "refs", "heads", "passwd")))

	d, err := connection.NewDirectory(root)
	require.NoError(t, err)
	list, err := d.List(t.Context())
	require.Error(t, err, "the error names the refused repositories")
	require.Equal(t, []string{"PAY/alternates ", "PAY/chain ", "PAY/common ", "PAY/good main main"}, names(list.Projects))
	for _, r := range list.Projects[0].Repositories {
		require.NotEmpty(t, r.Problem, "an unreadable repository does not count as deleted")
	}
	require.Len(t, list.Skipped, 3, "two links, and a file that leads elsewhere")
	require.NoFileExists(t, marker)
}

// Each repository has its problem, and the error names the first ones.
func TestManyProblemsAreBounded(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for i := range 30 {
		for _, part := range []string{"objects", "refs"} {
			require.NoError(t, os.MkdirAll(filepath.Join(root, "PAY", string(rune('a'+i%26))+strings.Repeat("x", i/26), part), 0o755))
		}
	}
	d, err := connection.NewDirectory(root)
	require.NoError(t, err)
	list, err := d.List(t.Context())
	require.ErrorContains(t, err, "and 10 more")
	require.Equal(t, 21, strings.Count(err.Error(), "\n")+1)
	require.Len(t, list.Projects[0].Repositories, 30)
	require.Equal(t, "it is a repository without HEAD", list.Projects[0].Repositories[29].Problem)
}
