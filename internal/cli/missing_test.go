package cli_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/cli/serve"
)

// smallProgram runs the program of the pipe's image in this process.
func smallProgram(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := cli.Run(t.Context(), cli.Program{Args: args, Getenv: getenv(env), Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr})
	return ran{code, stdout.String(), stderr.String()}
}

func TestThePipesProgramSaysWhereTheServerIs(t *testing.T) {
	t.Parallel()
	var names []string
	for _, command := range serve.Commands(cli.Program{}) {
		names = append(names, command.Name())
	}
	require.Equal(t, cli.ServerCommands, names)
	for _, args := range [][]string{{"serve"}, {"serve", "--repos", "/var/git"}, {"serve", "--help"}, {"user", "add", "jdoe"}, {"token", "list", "jdoe"}, {"connection", "list"}, {"backup", "x.db"}, {"restore", "x.db"}, {"rotate-key"}} {
		got := smallProgram(t, nil, args...)
		require.Equal(t, 2, got.code, "%v: %s%s", args, got.stdout, got.stderr)
		require.Empty(t, got.stdout)
		require.Contains(t, got.stderr, "sluice: "+args[0]+": this program is for the pipe's image")
		require.Contains(t, got.stderr, "use the image sluicescan/sluice-server, or the full program")
	}
	help := smallProgram(t, nil, "help")
	require.Zero(t, help.code)
	for _, name := range cli.ServerCommands {
		require.NotRegexp(t, `(?m)^  `+name+` `, help.stdout)
		require.Regexp(t, `(?m)^  `+name+` `, inProcess(t, nil, "help").stdout)
	}
	require.Contains(t, smallProgram(t, nil, "servee").stderr, "unknown command", "other words are no commands at all")
}

// TestThePipesProgramRefusesREACHABILITY: it does so before it scans or publishes anything.
func TestThePipesProgramRefusesREACHABILITY(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, env := range [][]string{{"REACHABILITY=true"}, {"REACHABILITY=1", "CI=true"}} {
		got := smallProgram(t, env, "scan", dir)
		require.Equal(t, 2, got.code, got.stdout)
		require.Contains(t, got.stderr, "REACHABILITY: the pipe's image leaves out the call analysis")
		require.Contains(t, got.stderr, "leave REACHABILITY empty")
	}
	require.Equal(t, 2, smallProgram(t, nil, "scan", "--reachability", dir).code)
	require.Zero(t, smallProgram(t, []string{"REACHABILITY=false"}, "scan", dir).code)
	require.Zero(t, smallProgram(t, nil, "scan", dir).code)
}
