package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
)

func (r *run) pipeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "pipe",
		Short: "Scan the pipeline's commit and publish the report (the default inside a pipeline)",
		Long: "Scans the commit that Bitbucket Pipelines names, and publishes a Code Insights report: through the auth proxy, or\n" +
			"with credentials. Only the environment configures it; the README lists the variables.",
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return r.pipe(cmd.Context(), r.Getenv) },
	}
}

func (r *run) pipe(ctx context.Context, lookup variable.Lookup) error {
	config, err := pipe.Load(lookup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	// A pipeline's log shows colours although it is not a terminal.
	color := !bool(config.Output.NoColor)
	code, err := pipe.Run(ctx, pipe.Environment{
		Lookup: lookup, Stdout: r.Stdout, Log: r.logger(bool(config.Output.Debug), color), Color: color, Version: Version(), Network: r.Network, Calls: r.Calls,
	})
	r.code = code
	return err
}
