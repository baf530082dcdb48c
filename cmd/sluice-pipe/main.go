// Command sluice-pipe is the program of the pipe's image: sluice without the server, its database, and the call analysis
// for REACHABILITY, which needs the go command.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sluice-scan/sluice/internal/cli"
	"github.com/sluice-scan/sluice/internal/process"
)

func main() {
	process.Prepare()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, cli.Program{Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
