package testgit_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/testgit"
)

// child marks a process as the test's own child.
const child = "SLUICE_TESTGIT_CHILD"

func TestEnvironmentOfAHook(t *testing.T) {
	if os.Getenv(child) != "" {
		testgit.ClearHookEnv()
	}
	names, err := exec.CommandContext(t.Context(), "git", "rev-parse", "--local-env-vars").Output()
	require.NoError(t, err)
	if os.Getenv(child) != "" {
		for _, name := range append(strings.Fields(string(names)), "GIT_QUARANTINE_PATH") {
			_, set := os.LookupEnv(name)
			require.False(t, set, name)
		}
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), child+"=1")
	for _, name := range append(strings.Fields(string(names)), "GIT_QUARANTINE_PATH") {
		cmd.Env = append(cmd.Env, name+"=elsewhere")
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}
