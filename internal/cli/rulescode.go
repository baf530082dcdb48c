package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/code/ruletest"
	"github.com/sluice-scan/sluice/scan/display"
)

// errNotRun marks rules that cannot be run, which is a result and not a usage error.
var errNotRun = errors.New("rules cannot be run")

func (r *run) rulesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Check files of rules for code",
		Long: "Reads rules for code in semgrep's format as a scan does, and names each rule that this version cannot run, with the line\n" +
			"and the reason. If there is one, the exit code is 1.",
		Example: "  sluice rules check .semgrep/*.yml",
		Args:    UsageArgs(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := codeRules(args)
			if err != nil {
				return err
			}
			var b strings.Builder
			for _, refused := range d.Refused() {
				fmt.Fprintln(&b, display.Line(refused.Error()))
			}
			for _, language := range d.Skipped() {
				fmt.Fprintln(&b, "rule skipped: language "+display.Line(language))
			}
			fmt.Fprintf(&b, "%s can be run\n", scan.Plural(len(d.Active()), "rule", "rules"))
			if _, err := io.WriteString(r.Stdout, b.String()); err != nil {
				return err
			}
			if len(d.Refused()) > 0 || len(d.Skipped()) > 0 {
				return errNotRun
			}
			return nil
		},
	}
}

// codeRules makes a detector with the rules of files.
func codeRules(names []string) (*code.Detector, error) {
	var options code.Options
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, &variable.UsageError{Err: err}
		}
		options.Files = append(options.Files, code.RuleFile{Name: name, Data: data})
	}
	return code.New(options), nil
}

// testCode runs the annotated tests of the rules for code in a folder.
func (r *run) testCode(ctx context.Context, folder string) error {
	result, err := ruletest.Test(ctx, os.DirFS(folder), code.Runner{})
	if err != nil {
		return err
	}
	if len(result.Files) == 0 {
		return &variable.UsageError{Err: fmt.Errorf("%s has no file of rules (.yml or .yaml)", folder)}
	}
	var b strings.Builder
	exact := result.Exact()
	for i := range result.Files {
		file := &result.Files[i]
		d, err := codeRules([]string{filepath.Join(folder, filepath.FromSlash(file.Rules))})
		if err != nil {
			return err
		}
		for _, refused := range d.Refused() {
			exact = false
			fmt.Fprintln(&b, display.Line(refused.Error()))
		}
		for _, p := range file.Problems {
			fmt.Fprintf(&b, "%s:%d: %s\n", display.Line(p.Path), p.Line, display.Line(p.Text))
		}
		for j := range file.Outcomes {
			o := &file.Outcomes[j]
			for _, line := range o.Missed {
				fmt.Fprintf(&b, "%s:%d: %s does not find this line\n", display.Line(o.Target), line, display.Line(o.RuleID))
			}
			for _, line := range o.Wrong {
				fmt.Fprintf(&b, "%s:%d: %s finds this line\n", display.Line(o.Target), line, display.Line(o.RuleID))
			}
		}
		if len(file.Untested) > 0 {
			fmt.Fprintf(&b, "%s: without a test: %s\n", display.Line(file.Rules), display.Line(strings.Join(slices.Sorted(slices.Values(file.Untested)), ", ")))
		}
	}
	t := result.Total
	fmt.Fprintf(&b, "%s: %d found, %d clean, %d missed, %d wrong, %d to do\n", scan.Plural(len(result.Files), "file of rules", "files of rules"),
		t.TruePositives, t.TrueNegatives, t.FalseNegatives, t.FalsePositives, t.Todo)
	if _, err := io.WriteString(r.Stdout, b.String()); err != nil {
		return err
	}
	if !exact {
		return errSamples
	}
	return nil
}
