// Command sluice is the security gate in a Bitbucket pipeline. Package internal/cli holds the commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/sluice-scan/sluice/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A closed standard output ("| head") must not kill the process in the middle of a publication.
	signal.Ignore(syscall.SIGPIPE)
	ignoreFileLimit()
	code := cli.Run(ctx, cli.Program{Args: os.Args[1:], Getenv: os.LookupEnv, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
