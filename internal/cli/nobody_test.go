//go:build unix

package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// asNobody runs the program as a user without rights, from a copy that this user can read.
func asNobody(t *testing.T, args ...string) ran {
	cmd, _ := process(t, nil, args...)
	dir, err := os.MkdirTemp("", "sluice-nobody-*") //nolint:usetesting // the folders of a test are closed to other users
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	for parent := args[len(args)-1]; parent != "/" && parent != os.TempDir(); parent = filepath.Dir(parent) {
		require.NoError(t, os.Chmod(parent, 0o755))
	}
	program, err := os.ReadFile(cmd.Path)
	require.NoError(t, err)
	cmd.Path = filepath.Join(dir, "sluice")
	writeProgram(t, cmd.Path, program)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); exitCodeOf(err) < 0 {
		require.NoError(t, err, "it did not run to its end")
	}
	return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

func TestARepositoryThatMayNotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can become another user")
	}
	r := newRepository(t)
	r.commit("a.txt", "clean\n")
	require.NoError(t, os.Chmod(filepath.Join(r.dir, ".git"), 0o700))
	for _, args := range [][]string{{"scan", r.dir}, {"preview", r.dir}} {
		got := asNobody(t, args...)
		require.NotZero(t, got.code, args)
		require.Contains(t, got.stderr, ".git: permission denied: let user 65534 read it")
	}
}
