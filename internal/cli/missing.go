package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/variable"
)

// ServerCommands are the names of the commands that [Program.Server] makes.
var ServerCommands = []string{"serve", "user", "token", "backup", "restore", "rotate-key"}

// missingCommands stand in for the commands of the server in a program that is linked without them. They are not in the help
// text, and say where the command is, whatever its arguments are.
func missingCommands() []*cobra.Command {
	var list []*cobra.Command
	for _, name := range ServerCommands {
		list = append(list, &cobra.Command{
			Use: name, Hidden: true, DisableFlagParsing: true,
			RunE: func(*cobra.Command, []string) error {
				return &variable.UsageError{Err: fmt.Errorf("%s: this program is the one of the pipe's image, which leaves out the server and its database; use the image sluicescan/sluice-server, or the full program that `go build .` makes of the sources", name)}
			},
		})
	}
	return list
}
