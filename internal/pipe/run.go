package pipe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/sluice-scan/sluice/insights"
	"github.com/sluice-scan/sluice/internal/bitbucket"
	"github.com/sluice-scan/sluice/internal/comment"
	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/format"
)

// Environment has what a run needs from its process.
type Environment struct {
	Lookup  variable.Lookup
	Stdout  io.Writer
	Log     *slog.Logger
	Color   bool
	Version string
	Network Network
	// Calls is the call analysis for REACHABILITY. If it is nil, the variable is refused.
	Calls engine.CallAnalysis
}

// Run is the pipe: it scans the commit that the environment names and publishes the report. It returns the exit code. An
// error says why the code is 1 or 2; for 2 it is a [*variable.UsageError].
//
// Publishing does not affect the gate: if Bitbucket cannot be reached, the findings are still printed and written, and
// the gate decides, unless FAIL_ON_PUBLISH_ERROR says otherwise. If an output cannot be written, the report is still
// published. The error comes at the end and makes the exit code 1, as for a scan without a report.
func Run(ctx context.Context, env Environment) (int, error) {
	config, err := Load(env.Lookup)
	if err != nil {
		return scan.ExitUsage, &variable.UsageError{Err: err}
	}
	for _, text := range variable.Unexpanded(env.Lookup, Variables()) {
		env.Log.Warn(text)
	}
	outputs, err := config.Output.Outputs()
	if _, refErr := config.Ref(""); refErr != nil || err != nil {
		return scan.ExitUsage, &variable.UsageError{Err: errors.Join(err, refErr)}
	}
	p := &publisher{env: env, config: &config}
	if err := p.connect(ctx); err != nil {
		return scan.ExitUsage, &variable.UsageError{Err: err}
	}
	result, gate, writeErr, err := p.scan(ctx, outputs)
	if err != nil {
		p.abort(ctx, err)
		return exitCode(err), err
	}
	publishErr := p.publish(ctx, result, gate)
	code := gate.ExitCode(result)
	if writeErr != nil {
		return scan.ExitError, writeErr
	}
	if code == scan.ExitOK && publishErr != nil && bool(config.Report.FailOnPublishError) {
		return scan.ExitError, publishErr
	}
	return code, nil
}

func exitCode(err error) int {
	var usage *variable.UsageError
	if errors.As(err, &usage) {
		return scan.ExitUsage
	}
	return scan.ExitError
}

// publisher takes a report from its announcement to its final state.
type publisher struct {
	env        Environment
	config     *Config
	connection *Connection
	connectErr error
	ref        insights.Ref
	begin      sync.WaitGroup
	running    *insights.Publication
	// hurry ends the announcement of the scan. It is nil before the announcement.
	hurry context.CancelFunc
}

// connect chooses how to reach Bitbucket. Only an invalid configuration is an error. If nobody answers, the error is
// kept and reported at the end.
func (p *publisher) connect(ctx context.Context) error {
	network := p.env.Network
	if p.config.Shared.DryRun {
		network.Transport = NewDryRun(p.env.Stdout, p.config.Product())
	}
	c, err := Connect(ctx, p.config, network, p.env.Version, p.env.Log)
	if errors.Is(err, bitbucket.ErrUnreachable) {
		p.connectErr = err
		p.env.Log.Error("the report cannot be published", "reason", err)
		return nil
	}
	if err != nil {
		return err
	}
	p.connection = c
	p.env.Log.Info("reporting to "+c.Way, "workspace", p.config.Pipeline.Workspace, "repository", p.config.Pipeline.RepoSlug)
	return nil
}

// started publishes the PENDING report on the commit while the scan runs.
func (p *publisher) started(ctx context.Context, hash string) {
	ref, err := p.config.Ref(hash)
	if err != nil || p.connection == nil {
		return
	}
	p.ref = ref
	pending := insights.Build(&scan.Result{Commit: hash}, p.options(scan.Gate{}))
	ctx, p.hurry = context.WithTimeout(ctx, beginTime)
	p.begin.Go(func() {
		defer p.hurry()
		p.running = insights.Begin(ctx, p.connection.Reports, ref, &pending, p.env.Log)
	})
}

// beginTime limits the announcement of a scan. PUBLISH_TIMEOUT limits the report itself.
const beginTime = 20 * time.Second

func (p *publisher) options(gate scan.Gate) insights.Options {
	r := &p.config.Report
	return insights.Options{
		Product: p.config.Product(), ReportID: r.ReportID, Title: r.ReportTitle, Link: p.config.link(), LogoURL: r.LogoURL,
		RemoteLink: bool(r.RemoteLink), Gate: gate, MaxAnnotations: int(r.MaxAnnotations),
	}
}

// scan opens the commit, scans it, and prints and writes the findings. writeErr names the outputs that could not be
// written; the result is still valid.
func (p *publisher) scan(ctx context.Context, outputs []Output) (result *scan.Result, gate scan.Gate, writeErr, err error) {
	place := p.config.Place(cmp.Or(p.config.Pipeline.CloneDir, "."))
	place.Fetch, place.Found = p.fetch(), func(hash string) { p.started(ctx, hash) }
	checkout, plan, err := engine.Open(ctx, p.env.Lookup, place, engine.Means{
		Variables: Variables(), History: engine.HistoryAuto, Calls: p.env.Calls, Providers: p.env.Network.Providers, Advisories: p.env.Network.Advisories,
	}, p.env.Log)
	if err != nil {
		return nil, scan.Gate{}, nil, err
	}
	defer func() { _ = checkout.Close() }()
	if *p.config, err = p.config.behind(plan); err != nil {
		return nil, scan.Gate{}, nil, err
	}
	result, err = engine.Scan(ctx, checkout, plan, nil)
	if err != nil {
		return nil, scan.Gate{}, nil, err
	}
	options := format.Options{Gate: plan.Gate, Version: p.env.Version, Color: p.env.Color}
	writeErr = WriteAll(outputs, plan.Config.Scan.WriteBaseline, result, options, p.env.Stdout)
	if writeErr != nil {
		p.env.Log.Error("a report could not be written; publishing goes on", "reason", writeErr)
	}
	return result, plan.Gate, writeErr, nil
}

// publish publishes the result to Bitbucket. It has already logged the error.
func (p *publisher) publish(ctx context.Context, result *scan.Result, gate scan.Gate) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.config.Report.PublishTimeout))
	defer cancel()
	if p.hurry != nil {
		// An announcement that still hangs may use part of the time.
		timer := time.AfterFunc(time.Duration(p.config.Report.PublishTimeout)/4, p.hurry)
		defer timer.Stop()
	}
	p.begin.Wait()
	if p.connection == nil {
		p.loud(p.connectErr)
		return p.connectErr
	}
	if p.running == nil {
		err := errors.New("there is no commit to report on: the repository is empty")
		p.env.Log.Warn("nothing was published", "reason", err)
		return nil
	}
	report := insights.Build(result, p.options(gate))
	for _, note := range report.Notes {
		p.env.Log.Warn("report: " + note)
	}
	if report.Omitted > 0 {
		p.env.Log.Warn("not all findings have room on the report", "annotated", len(report.Annotations), "left out", report.Omitted)
	}
	receipt, err := p.running.Finish(ctx, &report)
	if err != nil {
		p.loud(err)
	} else {
		p.env.Log.Info("report published", "id", report.ID, "result", report.Result, "annotations", receipt.Published,
			"removed", receipt.Removed, "refused", len(receipt.Dropped), "left out", receipt.Omitted)
	}
	return errors.Join(err, p.extras(ctx, result, gate, &report))
}

// loud reports that publishing failed, and what to do.
func (p *publisher) loud(err error) {
	p.env.Log.Error("THE REPORT WAS NOT PUBLISHED; the findings above and the exit code are still correct", "reason", err)
	if hint := bitbucket.Hint(err); hint != "" {
		p.env.Log.Error(hint)
	}
	if bool(p.config.Report.FailOnPublishError) {
		return
	}
	p.env.Log.Info("set FAIL_ON_PUBLISH_ERROR=true to make this fail the step")
}

// abort gives an announced report its final state after a failed scan.
func (p *publisher) abort(ctx context.Context, err error) {
	p.begin.Wait()
	if p.running == nil {
		return
	}
	reason := abortReason(ctx, err)
	if abortErr := p.running.Abort(ctx, reason); abortErr != nil {
		p.env.Log.Error("the report stays PENDING, because it could not be marked as failed", "reason", abortErr)
		return
	}
	p.env.Log.Info("the report says that the scan did not finish", "reason", reason)
}

// abortReason is the text in the report that says why there is no result.
func abortReason(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "the step was stopped before the scan had ended."
	}
	return fmt.Sprintf("%v.", err)
}

// extras publishes the build status and the comment, which need more than the auth proxy.
func (p *publisher) extras(ctx context.Context, result *scan.Result, gate scan.Gate, report *insights.Report) error {
	r := &p.config.Report
	if !bool(r.BuildStatus) && !bool(r.PRComment) {
		return nil
	}
	if p.connection.Full == nil {
		p.env.Log.Warn("BUILD_STATUS and PR_COMMENT need credentials (BITBUCKET_ACCESS_TOKEN): the auth proxy covers reports only")
		return nil
	}
	var problems []error
	if bool(r.BuildStatus) {
		if err := p.buildStatus(ctx, result, gate, report); err != nil {
			problems = append(problems, fmt.Errorf("set the build status: %w", err))
		}
	}
	if bool(r.PRComment) && p.config.Pipeline.PullRequest() {
		text := comment.Text(result, gate, report)
		if err := p.connection.Full.UpsertComment(ctx, p.ref.Workspace, p.ref.Repository, p.config.Pipeline.PRID, comment.Marker(report), text); err != nil {
			problems = append(problems, fmt.Errorf("comment on the pull request: %w", err))
		}
	}
	for _, err := range problems {
		p.env.Log.Error(err.Error())
	}
	return errors.Join(problems...)
}

func (p *publisher) buildStatus(ctx context.Context, result *scan.Result, gate scan.Gate, report *insights.Report) error {
	status := insights.Status(result, gate, report, p.config.Pipeline.Branch, p.commitURL())
	return p.connection.Full.SetBuildStatus(ctx, p.ref.Workspace, p.ref.Repository, p.ref.Commit, status)
}

// commitURL is the page of the commit. Every status needs a link.
func (p *publisher) commitURL() string {
	if p.config.Product() == bitbucket.Cloud {
		return "https://bitbucket.org" + bitbucket.Path(p.ref.Workspace, p.ref.Repository, "commits", p.ref.Commit)
	}
	return p.config.Access.ServerURL + "/projects" + bitbucket.Path(p.ref.Workspace, "repos", p.ref.Repository, "commits", p.ref.Commit)
}
