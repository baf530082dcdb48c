package repotest

import (
	"os/exec"
	"syscall"
	"testing"
)

// nobodyIn returns a command that has root as its whole file system and runs as the user of the image. Only root can run
// it.
func nobodyIn(t *testing.T, root, name string, args ...string) *exec.Cmd {
	t.Helper()
	// The name is looked up inside the new root, not here.
	cmd := &exec.Cmd{Path: name, Args: append([]string{name}, args...)}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: 65532, Gid: 65532}}
	return cmd
}
