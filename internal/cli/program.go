package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// Program is one run of the command line.
type Program struct {
	// Args are the arguments without the program's name.
	Args []string
	// Getenv reads an environment variable.
	Getenv variable.Lookup
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Network says how to reach Bitbucket. The zero value is the real network.
	Network pipe.Network
	// Server makes the commands of the server. It is nil in the program of the pipe's image, whose replacements say which
	// program has them.
	Server func(Program) []*cobra.Command
	// Calls is the call analysis for REACHABILITY. It is nil in the program of the pipe's image, which refuses the
	// variable.
	Calls engine.CallAnalysis
}

// version is set by the linker. Without that, Version uses the version of the module.
var version string

// Version is the program's version, or "dev".
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return strings.TrimPrefix(info.Main.Version, "v")
	}
	return "dev"
}

// Run runs the command in the arguments and returns the exit code: 0 clean or below the gate, 1 could not scan or
// publish, 2 bad usage or configuration, 3 findings at or above the gate.
func Run(ctx context.Context, p Program) int {
	run := &run{Program: p}
	root := run.root()
	// For cobra, nil means the arguments of the process.
	root.SetArgs(append([]string{}, p.Args...))
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		run.report(ctx, err)
		return exitCode(err)
	}
	return run.code
}

// run is the state of one Program.
type run struct {
	Program
	// code is the exit code of a command that ended without an error.
	code int
}

// errUsage marks errors that cobra finds in the arguments.
var errUsage = errors.New("usage")

func exitCode(err error) int {
	var usage *variable.UsageError
	if errors.As(err, &usage) || errors.Is(err, errUsage) {
		return scan.ExitUsage
	}
	return scan.ExitError
}

// report tells the user what happened and what to do. Each problem of a joined error gets its own line.
func (r *run) report(ctx context.Context, err error) {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		_, _ = fmt.Fprintln(r.Stderr, "sluice: stopped")
		return
	}
	for line := range strings.SplitSeq(strings.TrimPrefix(err.Error(), errUsage.Error()+": "), "\n") {
		_, _ = fmt.Fprintln(r.Stderr, "sluice: "+display.Line(line))
	}
	if hint := bitbucket.Hint(err); hint != "" {
		_, _ = fmt.Fprintln(r.Stderr, hint)
	}
}

func (r *run) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sluice",
		Short: "The security gate in a Bitbucket pipeline",
		Long: "Sluice scans a commit for leaked secrets, publishes a Code Insights report with annotations on the pull\n" +
			"request's own lines, and blocks the merge if something new is wrong.\n\n" +
			"Inside a pipeline, without a command, it runs as the pipe and is configured only by the environment.\n\n" +
			"Exit codes: 0 clean or below the gate, 1 could not scan or publish, 2 bad usage or configuration,\n" +
			"3 findings at or above the gate.",
		SilenceUsage: true, SilenceErrors: true,
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.inPipeline() {
				return r.pipe(cmd.Context(), r.Getenv)
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	root.CompletionOptions.HiddenDefaultCmd = false
	root.AddCommand(r.scanCommand(), r.pipeCommand(), r.publishCommand(), r.reportCommand(), r.previewCommand(), r.rulesCommand(), r.dbCommand(), r.hookCommand())
	if r.Server != nil {
		root.AddCommand(r.Server(r.Program)...)
	} else {
		root.AddCommand(missingCommands()...)
	}
	root.AddCommand(r.versionCommand())
	return root
}

// UsageArgs marks the errors of an argument check as usage errors, for the exit code.
func UsageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fmt.Errorf("%w: %w; see %s --help", errUsage, err, cmd.CommandPath())
		}
		return nil
	}
}

func (r *run) inPipeline() bool {
	config, _ := pipe.Load(r.Getenv)
	return config.Pipeline.InPipeline()
}

// terminal reports whether w (an *os.File) is a terminal, and its width.
func terminal(w any) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return width, true
}

func (r *run) logger(debug, color bool) *slog.Logger {
	level := slog.LevelInfo
	if debug {
		level = slog.LevelDebug
	}
	return slog.New(newLogHandler(r.Stderr, level, color))
}
