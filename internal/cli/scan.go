package cli

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

func (r *run) scanCommand() *cobra.Command {
	worktree, suppressed := false, false
	cmd := &cobra.Command{
		Use:   "scan [PATH]",
		Short: "Scan the commit checked out at PATH, or the files of a folder",
		Long: "Scans the commit that is checked out at PATH (the working directory without it), or with --worktree the current\n" +
			"files. Outside a repository it scans the current files of the folder. It sends nothing of them anywhere,\n" +
			"unless you set --verify or --osv-api. It downloads advisories for dependencies, unless --db-update=off.\n\n" +
			"Every flag is the variable of the same name: --fail-on is FAIL_ON.",
		Example: "  sluice scan\n  sluice scan --base main --fail-scope new\n  sluice scan --format sarif=out.sarif --format html=report.html",
		Args:    UsageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			lookup := variable.Chain(flagLookup(cmd), r.environment(dir), r.cacheDir())
			return r.scan(cmd.Context(), lookup, dir, worktree, suppressed)
		},
	}
	addFlags(cmd, []string{"Scan", "Output"}, "DEEPEN")
	addFlags(cmd, []string{"Report"}, reportOnly...)
	addFlags(cmd, []string{"Pipeline"}, pipelineOnly...)
	cmd.Flags().BoolVar(&worktree, "worktree", false, "scan the current files of the work tree, committed or not")
	cmd.Flags().BoolVar(&suppressed, "show-suppressed", false, "also list suppressed findings")
	return cmd
}

// reportOnly and pipelineOnly are variables that do not affect a local scan.
var (
	reportOnly = []string{
		"REPORT_ID", "REPORT_TITLE", "REPORT_LINK", "LOGO_URL", "REMOTE_LINK", "MAX_ANNOTATIONS", "PUBLISH_TIMEOUT",
		"FAIL_ON_PUBLISH_ERROR", "BUILD_STATUS", "PR_COMMENT", "DRY_RUN",
	}
	pipelineOnly = []string{
		"BITBUCKET_CLONE_DIR", "BITBUCKET_WORKSPACE", "BITBUCKET_REPO_SLUG", "BITBUCKET_REPO_OWNER", "BITBUCKET_REPO_FULL_NAME",
		"BITBUCKET_PROJECT_KEY", "BITBUCKET_BRANCH", "BITBUCKET_TAG", "BITBUCKET_PR_ID", "BITBUCKET_PR_DESTINATION_BRANCH", "BITBUCKET_PR_DESTINATION_COMMIT",
		"BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID", "BITBUCKET_STEP_UUID", "BITBUCKET_GIT_HTTP_ORIGIN",
		"BITBUCKET_PIPE_STORAGE_DIR", "BITBUCKET_PIPE_SHARED_STORAGE_DIR", "DOCKER_HOST", "BITBUCKET_DOCKER_HOST_INTERNAL",
	}
)

// environment is the environment of the process. If another folder is scanned, it hides the variables of a pipeline
// about its own clone.
func (r *run) environment(dir string) variable.Lookup {
	config, _ := pipe.Load(r.Getenv)
	clone := config.Pipeline.CloneDir
	abs, err := filepath.Abs(dir)
	if clone == "" || err == nil && abs == filepath.Clean(clone) {
		return r.Getenv
	}
	return func(name string) (string, bool) {
		for _, v := range pipe.Variables() {
			if v.Name == name && v.Group == "Pipeline" {
				return "", false
			}
		}
		return r.Getenv(name)
	}
}

func (r *run) scan(ctx context.Context, lookup variable.Lookup, dir string, worktree, suppressed bool) error {
	config, err := pipe.Load(lookup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	outputs, err := config.Output.Outputs()
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	_, onTerminal := terminal(r.Stderr)
	log := r.logger(bool(config.Output.Debug), onTerminal && !bool(config.Output.NoColor))
	place := config.Place(dir)
	place.Worktree, place.Fallback, place.Subtree = worktree, true, true
	checkout, plan, err := engine.Open(ctx, lookup, place, engine.Means{
		Variables: pipe.Variables(), History: engine.HistoryOff, Calls: r.Calls, Providers: r.Network.Providers, Advisories: r.Network.Advisories,
	}, log)
	if err != nil {
		return err
	}
	defer func() { _ = checkout.Close() }()
	result, err := r.scanCheckout(ctx, checkout, plan, onTerminal)
	if err != nil {
		return err
	}
	options := r.formatOptions(plan.Gate, bool(config.Output.NoColor))
	options.ShowSuppressed = suppressed
	r.code = plan.Gate.ExitCode(result)
	baseline := config.Scan.WriteBaseline
	if err := pipe.WriteAll(outputs, baseline, result, options, r.Stdout); err != nil {
		return err
	}
	if baseline != "" {
		_, _ = fmt.Fprintf(r.Stderr, "baseline written: %s\n", baseline)
	}
	return nil
}

func (r *run) scanCheckout(ctx context.Context, checkout *engine.Checkout, plan *engine.Plan, onTerminal bool) (*scan.Result, error) {
	if !onTerminal {
		return engine.Scan(ctx, checkout, plan, nil)
	}
	bar := newProgress(r.Stderr)
	defer bar.end()
	return engine.Scan(ctx, checkout, plan, bar.step)
}

func (r *run) formatOptions(gate scan.Gate, noColor bool) format.Options {
	width, onTerminal := terminal(r.Stdout)
	return format.Options{
		Gate: gate, Version: Version(), Color: onTerminal && !noColor, Width: min(width, 120),
	}
}
