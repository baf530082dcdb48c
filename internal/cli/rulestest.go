package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/ruleset"
	"github.com/sluice-scan/sluice/scan/secret"
)

// errSamples marks failing samples, which are a result and not a usage error.
var errSamples = errors.New("rules do not match their samples")

func (r *run) rulesTestCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "test [FILE...|FOLDER]",
		Short: "Run the samples of rules: built-in, from files, or annotated in a folder",
		Long: "Runs the samples of every rule: it must match those under match, and must not match those under no_match. A built-in\n" +
			"rule needs both kinds. A file has the format of RULES. If a sample fails, it is listed, and the exit code is 1.\n\n" +
			"A folder has rules for code in semgrep's format. Each file of rules is tested on the files beside it that have its name,\n" +
			"by the comments \"ruleid: ID\" and \"ok: ID\" above a line (todoruleid and todook: not yet).",
		Example: "  sluice rules test\n  sluice rules test ci/rules.yml\n  sluice rules test .semgrep",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
					return r.testCode(cmd.Context(), args[0])
				}
			}
			set := &ruleset.Set{}
			for _, name := range args {
				data, err := os.ReadFile(name)
				if err == nil {
					err = set.Read(name, data)
				}
				if err != nil {
					return &variable.UsageError{Err: err}
				}
			}
			for _, note := range set.Notes {
				_, _ = fmt.Fprintln(r.Stderr, "note: "+display.Line(note.String()))
			}
			tested, err := secret.TestSamples(cmd.Context(), set.Options())
			if err != nil && tested.Rules == 0 {
				return &variable.UsageError{Err: err}
			}
			if err != nil {
				n := strings.Count(err.Error(), "\n") + 1
				return fmt.Errorf("%w\n%s: %w", err, scan.Plural(n, "failure", "failures"), errSamples)
			}
			without := ""
			if tested.Without > 0 {
				without = fmt.Sprintf("; %s without samples", scan.Plural(tested.Without, "rule", "rules"))
			}
			_, err = fmt.Fprintf(r.Stdout, "%s, %s: all passed%s\n",
				scan.Plural(tested.Rules, "rule", "rules"), scan.Plural(tested.Samples, "sample", "samples"), without)
			return err
		},
	}
}
