// Package serve has the commands of the server: serve, and those that work on its data (user, token, connection, backup,
// restore, rotate-key). It links the database drivers, so the program of the pipe's image does not link this package.
package serve

import (
	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
)

// commands makes the commands for one run of the program.
type commands struct{ cli.Program }

// Commands returns the commands of the server for [cli.Program.Server], in the order of the help text.
func Commands(p cli.Program) []*cobra.Command {
	r := &commands{p}
	return []*cobra.Command{r.serveCommand(), r.userCommand(), r.tokenCommand(), r.connectionCommand(), r.backupCommand(), r.restoreCommand(), r.rotateKeyCommand()}
}
