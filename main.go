// Command sluice is the security gate in a Bitbucket pipeline, and the server. Package internal/cli holds the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/cli/serve"
	"github.com/sluice-scan/sluice/internal/process"
	"github.com/sluice-scan/sluice/internal/reachability"
)

func main() {
	process.Prepare()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, cli.Program{
		Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Server: serve.Commands, Calls: reachability.Mark,
	})
	stop()
	os.Exit(code)
}
