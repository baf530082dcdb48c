// Package serve holds the commands of the server: serve, and those beside its data (user, token, backup, restore, rotate-key).
// They bring the database drivers along, so the program of the pipe's image is linked without this package.
package serve

import (
	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/cli"
)

// commands makes the commands of one run of the program.
type commands struct{ cli.Program }

// Commands gives the commands of the server for [cli.Program.Server], in the order of the help text.
func Commands(p cli.Program) []*cobra.Command {
	r := &commands{p}
	return []*cobra.Command{r.serveCommand(), r.userCommand(), r.tokenCommand(), r.backupCommand(), r.restoreCommand(), r.rotateKeyCommand()}
}
