package cli_test

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/cli/serve"
	"github.com/sluice-scan/sluice/internal/reachability"
	"github.com/sluice-scan/sluice/internal/testgit"
	"github.com/sluice-scan/sluice/internal/teststore"
)

// TestMain lets this test binary run as the program, with the wiring of main, for scripts and exec.Command("sluice").
func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"sluice": sluice})
}

// tests runs the tests if this process is not the program.
type tests struct{ *testing.M }

func (t tests) Run() int {
	testgit.ClearHookEnv()
	return teststore.Run(t.M)
}

func sluice() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	signal.Ignore(syscall.SIGPIPE)
	limitFiles()
	code := cli.Run(ctx, cli.Program{
		Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Server: serve.Commands, Calls: reachability.Mark,
	})
	stop()
	os.Exit(code)
}
