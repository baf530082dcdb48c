package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/git"
)

func (r *run) publishCommand() *cobra.Command {
	merge := false
	cmd := &cobra.Command{
		Use:   "publish [FILE...]",
		Short: "Publish SARIF files of any tool as Code Insights reports",
		Long: "Reads SARIF 2.1.0 from the files (or --sarif FILE, or standard input), and publishes one report for each tool, or\n" +
			"with --merge one for all, on the commit BITBUCKET_COMMIT (--commit) or HEAD. In a pull request, or with --base, it\n" +
			"compares findings with the base by their lines; --fail-scope says whether existing ones block.",
		Example: "  trivy fs --format sarif . | sluice publish\n  sluice publish --sarif semgrep.sarif --sarif 'reports/*.sarif' --merge",
		RunE: func(cmd *cobra.Command, args []string) error {
			flags := flagLookup(cmd)
			if len(args) > 0 {
				named := flags
				flags = func(name string) (string, bool) {
					value, ok := named(name)
					if name == "SARIF" {
						return value + variable.Items(args), true
					}
					return value, ok
				}
			}
			return r.publish(cmd.Context(), variable.Chain(flags, r.Getenv), merge)
		},
	}
	cmd.Flags().BoolVar(&merge, "merge", false, "one report for all tools")
	addFlags(cmd, []string{"Report"}, "REMOTE_LINK", "BUILD_STATUS", "PR_COMMENT")
	addFlags(cmd, []string{"Access"})
	addFlags(cmd, []string{"Pipeline"}, notPublished...)
	addFlags(cmd, []string{"Scan"}, "ENGINES", "HISTORY", "CONFIG", "BASELINE", "WRITE_BASELINE", "MAX_FILE_SIZE", "SCAN_TIMEOUT", "JOBS")
	addFlags(cmd, []string{"Output"}, "FORMAT", "OUTPUT")
	return cmd
}

// notPublished are variables of a pipeline that do not affect where to publish.
var notPublished = []string{
	"BITBUCKET_CLONE_DIR", "BITBUCKET_REPO_OWNER", "BITBUCKET_REPO_FULL_NAME", "BITBUCKET_BRANCH", "BITBUCKET_TAG", "BITBUCKET_PR_DESTINATION_BRANCH",
	"BITBUCKET_PR_DESTINATION_COMMIT", "BITBUCKET_BUILD_NUMBER", "BITBUCKET_PIPELINE_UUID", "BITBUCKET_STEP_UUID", "BITBUCKET_GIT_HTTP_ORIGIN",
	"BITBUCKET_PIPE_STORAGE_DIR", "BITBUCKET_PIPE_SHARED_STORAGE_DIR", "DOCKER_HOST", "BITBUCKET_DOCKER_HOST_INTERNAL", "BITBUCKET_PR_ID",
}

func (r *run) publish(ctx context.Context, lookup variable.Lookup, merge bool) error {
	config, err := pipe.Load(lookup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	log := r.logger(bool(config.Output.Debug), false)
	for _, text := range variable.Unexpanded(lookup, pipe.Variables()) {
		log.Warn(text)
	}
	ref, err := r.publishRef(&config)
	if err != nil {
		return err
	}
	network := r.Network
	if config.Shared.DryRun {
		network.Transport = pipe.NewDryRun(r.Stdout, config.Product())
	}
	connect := sync.OnceValues(func() (*pipe.Connection, error) { return pipe.Connect(ctx, &config, network, Version(), log) })
	scanned := config.Engine()
	gate := scanned.Gate()
	place := config.Place(cmp.Or(config.Pipeline.CloneDir, "."))
	place.Revision, place.Fetch = ref.Commit, pipe.Fetcher(&config, connect)
	checkout, err := engine.OpenImported(ctx, &scanned, &place, log)
	if err != nil {
		return err
	}
	defer func() { _ = checkout.Close() }()
	patterns := config.Shared.Sarif
	if len(patterns) == 0 {
		if _, person := terminal(r.Stdin); person {
			return &variable.UsageError{Err: errors.New("SARIF: nothing to publish: name a file, or let a tool write into this one (trivy fs --format sarif . | sluice publish)")}
		}
		patterns = []string{"-"}
	}
	runs, err := checkout.Imports(ctx, &scanned, patterns, r.Stdin)
	if err != nil {
		return err
	}
	notes := slices.Concat(engine.Unexpanded(lookup, pipe.Variables()), checkout.Notes)
	reports, err := toolReports(runs, &config, checkout.Base, notes, named(lookup, &config), merge)
	if err != nil {
		return err
	}
	connection, err := connect()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(config.Report.PublishTimeout))
	defer cancel()
	var problems []error
	for _, one := range reports {
		if ctx.Err() != nil {
			problems = append(problems, fmt.Errorf("publish %s: skipped after the earlier failure: %w", one.title, context.Cause(ctx)))
			continue
		}
		one.result.Commit = ref.Commit
		report := insights.Build(one.result, insights.Options{
			Product: config.Product(), ReportID: one.id, Title: one.title, Reporter: one.reporter, Link: config.Report.ReportLink,
			LogoURL: config.Report.LogoURL, Gate: gate, Type: one.kind, MaxAnnotations: int(config.Report.MaxAnnotations),
		})
		receipt, err := insights.Publish(ctx, connection.Reports, ref, &report, log)
		if err != nil {
			problems = append(problems, fmt.Errorf("publish %s: %w", one.title, err))
			continue
		}
		_, _ = fmt.Fprintf(r.Stdout, "%s: report %s, %s, %d annotations, %d left out, %d refused. %s\n",
			one.title, report.ID, report.Result, receipt.Published, receipt.Omitted, len(receipt.Dropped), gate.Verdict(one.result))
		for _, note := range one.result.Notes {
			_, _ = fmt.Fprintf(r.Stdout, "%s: note: %s\n", one.title, note.Text)
		}
		r.code = max(r.code, gate.ExitCode(one.result))
	}
	return errors.Join(problems...)
}

// publishRef returns the commit: BITBUCKET_COMMIT, or HEAD of the clone. It expands a short hash if the repository
// around the working directory contains it.
func (r *run) publishRef(config *pipe.Config) (insights.Ref, error) {
	hash := config.Pipeline.Commit
	full, reason := resolve(cmp.Or(config.Pipeline.CloneDir, "."), cmp.Or(hash, "HEAD"))
	ref, err := config.Ref(cmp.Or(full, hash))
	if ref.Commit == "" {
		err = errors.Join(err, fmt.Errorf("BITBUCKET_COMMIT (--commit) is not set, and there is no HEAD here to report on: %w", reason))
	}
	if err != nil {
		return ref, &variable.UsageError{Err: err}
	}
	if config.Product() == bitbucket.DataCenter && len(ref.Commit) != 40 {
		return ref, &variable.UsageError{Err: fmt.Errorf("BITBUCKET_COMMIT: %s is not a full hash, which Data Center needs, and no repository here contains it", hash)}
	}
	return ref, nil
}

// resolve returns the full hash of a revision in the repository around a folder.
func resolve(dir, revision string) (string, error) {
	repo, err := git.Open(dir)
	if err != nil {
		return "", err
	}
	defer func() { _ = repo.Close() }()
	return repo.Resolve(revision)
}
