package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/variable"
)

// ServerCommands are the names of the commands that [Program.Server] makes.
var ServerCommands = []string{"serve", "user", "token", "connection", "backup", "restore", "rotate-key"}

// missingCommands replace the commands of the server in a program without them. The help text does not list them. For
// any arguments they say which program has the command.
func missingCommands() []*cobra.Command {
	var list []*cobra.Command
	for _, name := range ServerCommands {
		list = append(list, &cobra.Command{
			Use: name, Hidden: true, DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error {
				return &variable.UsageError{Err: fmt.Errorf("%s: this program is for the pipe's image and does not contain the server or its database; use the image sluicescan/sluice-server, or the full program that `go build .` makes of the sources", name)}
			},
		})
	}
	return list
}
