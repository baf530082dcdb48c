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

// defaultListen is where the preview is served: on this machine only.
const defaultListen = "127.0.0.1:8329"

func (r *run) previewCommand() *cobra.Command {
	listen := defaultListen
	cmd := &cobra.Command{
		Use:   "preview [PATH]",
		Short: "Show the report and its annotations as the pull request would",
		Long: "Scans the commit at PATH, publishes the report to a Bitbucket in memory, and shows what came out in the diff, on a\n" +
			"page of this machine; with --output DIR it writes the page instead. Nothing is sent to Bitbucket. Each reload\n" +
			"scans again. Without --base the commit is compared with the merge base of the main branch.",
		Args: UsageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return r.preview(cmd.Context(), variable.Chain(flagLookup(cmd), r.environment(dir)), dir, listen)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", defaultListen, "address to serve the page at")
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
	// The first page is made at once, so that a mistake shows here and not in the browser.
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

// serveTimes bound a request of the page, which may scan.
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
