package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan/display"
)

// reportTime limits a request about reports.
const reportTime = time.Minute

func (r *run) reportCommand() *cobra.Command {
	report := &cobra.Command{
		Use:   "report",
		Short: "Show what is published for a commit",
		Args:  UsageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, c := range []struct {
		use, short string
		run        func(context.Context, *insights.Client, insights.Ref, string, io.Writer) error
	}{
		{"list COMMIT", "List the reports of a commit", listReports},
		{"show COMMIT", "Show one report (--report-id) with its annotations", showReport},
		{"delete COMMIT", "Delete one report (--report-id) and its annotations", deleteReport},
	} {
		cmd := &cobra.Command{
			Use: c.use, Short: c.short, Args: UsageArgs(cobra.ExactArgs(1)),
			RunE: func(cmd *cobra.Command, args []string) error {
				return r.askReports(cmd, args[0], c.run)
			},
		}
		without := append([]string{"BITBUCKET_COMMIT"}, notPublished...)
		addFlags(cmd, []string{"Access"})
		addFlags(cmd, []string{"Pipeline"}, without...)
		if !strings.HasPrefix(c.use, "list") {
			addFlags(cmd, []string{"Report"}, append([]string{"SARIF"}, reportOnly[1:]...)...)
		}
		addFlags(cmd, []string{"Output"}, "FORMAT", "OUTPUT", "NO_COLOR")
		report.AddCommand(cmd)
	}
	return report
}

func (r *run) askReports(cmd *cobra.Command, hash string, ask func(context.Context, *insights.Client, insights.Ref, string, io.Writer) error) error {
	flags := flagLookup(cmd)
	lookup := variable.Chain(func(name string) (string, bool) {
		if name == "BITBUCKET_COMMIT" {
			return hash, true
		}
		return flags(name)
	}, r.Getenv)
	config, err := pipe.Load(lookup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	ref, err := r.publishRef(&config)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), reportTime)
	defer cancel()
	connection, err := pipe.Connect(ctx, &config, r.Network, Version(), r.logger(bool(config.Output.Debug), false))
	if err != nil {
		return err
	}
	return explain(ask(ctx, connection.Reports, ref, config.Report.ReportID, r.Stdout))
}

// explain puts the class of an error first, because "not found" and "could not ask" must not look the same.
func explain(err error) error {
	for _, class := range []struct {
		kind error
		word string
	}{
		{bitbucket.ErrNotFound, "not found"}, {bitbucket.ErrUnauthorized, "not authenticated"}, {bitbucket.ErrForbidden, "forbidden"},
		{bitbucket.ErrRateLimited, "rate limited"}, {bitbucket.ErrUnreachable, "unreachable"}, {bitbucket.ErrServer, "server error"},
	} {
		if errors.Is(err, class.kind) {
			return fmt.Errorf("%s: %w", class.word, err)
		}
	}
	return err
}

func listReports(ctx context.Context, c *insights.Client, ref insights.Ref, _ string, out io.Writer) error {
	reports, err := c.Reports(ctx, ref)
	if err != nil {
		return err
	}
	if len(reports) == 0 {
		_, err = fmt.Fprintf(out, "none: no report on commit %s of %s/%s\n", ref.Commit, ref.Workspace, ref.Repository)
		return err
	}
	for i := range reports {
		one := &reports[i]
		if _, err := fmt.Fprintf(out, "%-8s %-32s %s\n", display.Line(string(one.Result)), display.Line(one.ID), display.Line(one.Title)); err != nil {
			return err
		}
	}
	return nil
}

func showReport(ctx context.Context, c *insights.Client, ref insights.Ref, id string, out io.Writer) error {
	report, err := c.Report(ctx, ref, id)
	if err != nil {
		return err
	}
	annotations, err := c.Annotations(ctx, ref, id)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  (%s by %s)\n", report.Result, display.Line(report.Title), display.Line(report.ID), display.Line(report.Reporter))
	for line := range strings.SplitSeq(report.Details, "\n") {
		fmt.Fprintf(&b, "  %s\n", display.Line(line))
	}
	for _, d := range report.Data {
		value := fmt.Sprint(d.Value)
		if link, ok := d.Value.(insights.Link); ok {
			value = link.Href
		}
		fmt.Fprintf(&b, "  %-26s %s\n", display.Line(d.Title), display.Line(value))
	}
	fmt.Fprintf(&b, "%d annotations\n", len(annotations))
	for i := range annotations {
		a := &annotations[i]
		place := a.Path
		if a.Line > 0 {
			place = fmt.Sprintf("%s:%d", a.Path, a.Line)
		}
		fmt.Fprintf(&b, "  %-8s %s  %s\n", a.Severity, display.Line(place), display.Line(a.Summary))
	}
	_, err = io.WriteString(out, b.String())
	return err
}

func deleteReport(ctx context.Context, c *insights.Client, ref insights.Ref, id string, out io.Writer) error {
	// The API returns no error when it deletes a report that does not exist. The user should still learn that there was
	// none.
	if _, err := c.Report(ctx, ref, id); err != nil {
		return err
	}
	if err := c.DeleteReport(ctx, ref, id); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "deleted: report %s of commit %s\n", id, ref.Commit)
	return err
}
