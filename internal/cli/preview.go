package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/preview"
	"github.com/sluice-scan/sluice/internal/variable"
)

// defaultListen is the address of the preview: only this machine can reach it.
const defaultListen = "127.0.0.1:8329"

func (r *run) previewCommand() *cobra.Command {
	listen := defaultListen
	cmd := &cobra.Command{
		Use:   "preview [PATH]",
		Short: "Show the report and its annotations as in a pull request",
		Long: "Scans the commit at PATH, publishes the report to an in-memory Bitbucket, and shows the result in the diff, on a local\n" +
			"web page; with --output DIR it writes the page instead. It sends nothing to Bitbucket. Each reload scans again.\n" +
			"Without --base, it compares the commit with the merge base of the main branch.",
		Args: UsageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return r.preview(cmd.Context(), variable.Chain(flagLookup(cmd), r.environment(dir)), dir, listen)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "address at which to serve the page")
	addFlags(cmd, []string{"Scan"}, "DEEPEN", "WRITE_BASELINE")
	addFlags(cmd, []string{"Output"}, "FORMAT", "NO_COLOR")
	addFlags(cmd, []string{"Report"}, "REMOTE_LINK", "PUBLISH_TIMEOUT", "FAIL_ON_PUBLISH_ERROR", "BUILD_STATUS", "PR_COMMENT", "DRY_RUN")
	addFlags(cmd, []string{"Pipeline"}, pipelineOnly...)
	return cmd
}

func (r *run) preview(ctx context.Context, lookup variable.Lookup, dir, listen string) error {
	config, err := pipe.Load(lookup)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	log := r.logger(bool(config.Output.Debug), false)
	load := func(ctx context.Context) (*preview.Page, error) {
		page, result, gate, err := pipe.Preview(ctx, lookup, dir, engine.Means{Variables: pipe.Variables(), History: engine.HistoryAuto, Calls: r.Calls}, Version(), log)
		if err == nil {
			_, _ = fmt.Fprintln(r.Stdout, gate.Verdict(result))
		}
		return page, err
	}
	// Load the first page now, so that an error appears here and not in the browser.
	page, err := load(ctx)
	if err != nil {
		return err
	}
	if config.Output.Output != "" {
		if err := preview.WriteDir(page, config.Output.Output); err != nil {
			return err
		}
		_, err := fmt.Fprintf(r.Stdout, "written: %s/index.html\n", config.Output.Output)
		return err
	}
	return r.servePreview(ctx, listen, load)
}

// The time limits of a request for the page, which may run a scan.
const (
	serveRead  = 10 * time.Second
	serveWrite = 10 * time.Minute
)

func (r *run) servePreview(ctx context.Context, listen string, load func(context.Context) (*preview.Page, error)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", listen)
	if err != nil {
		return &variable.UsageError{Err: fmt.Errorf("serve the preview: %w; name another address with --listen", err)}
	}
	server := &http.Server{Handler: preview.Handler(load), ReadTimeout: serveRead, WriteTimeout: serveWrite, IdleTimeout: time.Minute}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		stopped <- server.Shutdown(ctx)
	}()
	_, _ = fmt.Fprintf(r.Stdout, "The preview is at http://%s (stop with Ctrl-C)\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
