package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/sarif"
)

func (r *run) publishCommand() *cobra.Command {
	merge := false
	cmd := &cobra.Command{
		Use:   "publish [FILE...]",
		Short: "Publish SARIF files of any tool as Code Insights reports",
		Long: "Reads SARIF 2.1.0 from the files (or --sarif FILE, or standard input), and publishes one report for each tool, or\n" +
			"with --merge one for all, on the commit that BITBUCKET_COMMIT (--commit) names.",
		Example: "  trivy fs --format sarif . | sluice publish\n  sluice publish --sarif semgrep.sarif --sarif 'reports/*.sarif' --merge",
		RunE: func(cmd *cobra.Command, args []string) error {
			flags := flagLookup(cmd)
			if len(args) > 0 {
				named := flags
				flags = func(name string) (string, bool) {
					value, ok := named(name)
					if name == "SARIF" {
						return value + strings.Join(args, "\n") + "\n", true
					}
					return value, ok
				}
			}
			return r.publish(cmd.Context(), pipe.Chain(flags, r.Getenv), merge)
		},
	}
	cmd.Flags().BoolVar(&merge, "merge", false, "one report for all tools")
	addFlags(cmd, []string{"Report"}, "REMOTE_LINK", "BUILD_STATUS", "PR_COMMENT")
	addFlags(cmd, []string{"Access"})
	addFlags(cmd, []string{"Pipeline"}, notPublished...)
	addFlags(cmd, []string{"Scan"}, "FAIL_SCOPE", "ENGINES", "HISTORY", "CONFIG", "BASELINE", "WRITE_BASELINE", "BASE_COMMIT", "DEEPEN", "MAX_FILE_SIZE", "SCAN_TIMEOUT", "JOBS")
	addFlags(cmd, []string{"Output"}, "FORMAT", "OUTPUT")
	return cmd
}

// notPublished are variables of a pipeline that do not name a place to publish to.
var notPublished = []string{
	"BITBUCKET_CLONE_DIR", "BITBUCKET_REPO_OWNER", "BITBUCKET_REPO_FULL_NAME", "BITBUCKET_BRANCH", "BITBUCKET_TAG", "BITBUCKET_PR_DESTINATION_BRANCH",
	"BITBUCKET_PR_DESTINATION_COMMIT", "BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID", "BITBUCKET_STEP_UUID", "BITBUCKET_GIT_HTTP_ORIGIN",
	"BITBUCKET_PIPE_STORAGE_DIR", "BITBUCKET_PIPE_SHARED_STORAGE_DIR", "DOCKER_HOST", "BITBUCKET_DOCKER_HOST_INTERNAL", "BITBUCKET_PR_ID",
}

func (r *run) publish(ctx context.Context, lookup pipe.Lookup, merge bool) error {
	config, err := pipe.Load(lookup)
	if err != nil {
		return &pipe.UsageError{Err: err}
	}
	log := r.logger(bool(config.Output.Debug), false)
	ref, err := r.publishRef(&config)
	if err != nil {
		return err
	}
	runs, err := r.sarifRuns(&config)
	if err != nil {
		return err
	}
	reports, err := toolReports(runs, &config, named(lookup), merge)
	if err != nil {
		return err
	}
	network := r.Network
	if config.Report.DryRun {
		network.Transport = pipe.NewDryRun(r.Stdout, config.Product())
	}
	connection, err := pipe.Connect(ctx, &config, network, Version(), log)
	if err != nil {
		return err
	}
	gate := scan.Gate{FailOn: config.Scan.FailOn, Scope: scan.ScopeAll}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(config.Report.PublishTimeout))
	defer cancel()
	var problems []error
	for _, one := range reports {
		one.result.Commit = ref.Commit
		report := insights.Build(one.result, insights.Options{
			Product: config.Product(), ReportID: one.id, Title: one.title, Reporter: one.reporter, Link: config.Report.ReportLink,
			LogoURL: config.Report.LogoURL, Gate: gate, MaxAnnotations: int(config.Report.MaxAnnotations),
		})
		receipt, err := insights.Publish(ctx, connection.Reports, ref, &report, log)
		if err != nil {
			problems = append(problems, fmt.Errorf("publish %s: %w", one.title, err))
			continue
		}
		_, _ = fmt.Fprintf(r.Stdout, "%s: report %s, %s, %d annotations, %d left out, %d refused. %s\n",
			one.title, report.ID, report.Result, receipt.Published, receipt.Omitted, len(receipt.Dropped), gate.Verdict(one.result))
		r.code = max(r.code, gate.ExitCode(one.result))
	}
	return errors.Join(problems...)
}

// publishRef names the commit. A short hash is expanded by the repository around the working directory, if there is one
// that knows it.
func (r *run) publishRef(config *pipe.Config) (insights.Ref, error) {
	hash := config.Pipeline.Commit
	ref, err := config.Ref(hash)
	if hash == "" {
		err = errors.Join(err, errors.New("BITBUCKET_COMMIT (--commit) is not set: it names the commit to report on"))
	}
	if err != nil {
		return ref, &pipe.UsageError{Err: err}
	}
	dir := cmp.Or(config.Pipeline.CloneDir, ".")
	if repo, err := scan.OpenRepository(dir); err == nil {
		if full, err := repo.Resolve(hash); err == nil {
			ref.Commit = full
		}
		_ = repo.Close()
	}
	if config.Product() == bitbucket.DataCenter && len(ref.Commit) != 40 {
		return ref, &pipe.UsageError{Err: fmt.Errorf("BITBUCKET_COMMIT: %s is not a full hash, which Data Center wants, and no repository here knows it", hash)}
	}
	return ref, nil
}

func (r *run) sarifRuns(config *pipe.Config) ([]sarif.Run, error) {
	root := cmp.Or(config.Pipeline.CloneDir, ".")
	patterns := config.Report.Sarif
	if len(patterns) == 0 {
		patterns = []string{"-"}
	}
	var runs []sarif.Run
	for _, pattern := range patterns {
		var more []sarif.Run
		var err error
		if pattern == "-" {
			more, err = pipe.ReadSARIF(r.Stdin, "standard input", root)
		} else {
			more, err = pipe.ReadSARIFFiles(pattern, root)
		}
		if err != nil {
			return nil, err
		}
		runs = append(runs, more...)
	}
	return runs, nil
}
