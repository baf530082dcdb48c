//go:build unix

package mirror

import (
	"os/exec"
	"syscall"
)

// endTogether makes the end of a command the end of its children.
func endTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
