package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
	"github.com/sluice-scan/sluice/scan/git"
)

// push is one run of the hook.
type push struct {
	run      *run
	dir      string
	settings hook.Settings
	caller   hook.Caller
	// server receives reports of what happened; it may be nil. After a failure it is not called again.
	server *hook.Server
	away   bool
	// untold is true after the warning that the server does not know what happened.
	untold bool
}

// preReceive checks one push. It returns an error only for wrong usage.
func (r *run) preReceive(cmd *cobra.Command, f *hookFlags) error {
	dir := "."
	if value, _ := r.Getenv("GIT_DIR"); value != "" {
		dir = value
	}
	changed := cmd.Flags().Changed
	plan, err := r.plan(f, changed, dir)
	if err != nil {
		return &variable.UsageError{Err: err}
	}
	if _, ok := terminal(r.Stdin); ok {
		return &variable.UsageError{Err: hook.ErrNoUpdates}
	}
	p := &push{run: r, dir: dir, server: plan.server}
	p.caller = hook.Caller{Repository: f.repository, Pusher: hook.Pusher(hook.Lookup(r.Getenv)), Time: time.Now()}
	if p.caller.Repository == "" {
		p.caller.Repository = hook.RepositoryName(hook.Lookup(r.Getenv), dir)
	}
	ctx, cancel := context.WithTimeoutCause(cmd.Context(), f.timeout, fmt.Errorf("the check took longer than --timeout (%s)", f.timeout))
	defer cancel()
	p.settings, err = plan.source.Settings(ctx, p.caller.Repository)
	p.away = err != nil || p.settings.Stale != ""
	if changed("mode") {
		p.settings.Mode = plan.mode
	}
	if changed("fail-on") {
		p.settings.FailOn = plan.failOn
	}
	if changed("bypass") {
		p.settings.Bypass = f.bypass
	}
	if changed("audit") {
		p.settings.Audit = f.audit
	}
	if changed("rules") && err == nil {
		p.settings.Rules, err = hook.ReadRules("", f.rules)
	}
	if err != nil {
		p.failed(ctx, err)
		return nil
	}
	if p.settings.Stale != "" {
		p.say(p.settings.Stale)
	}
	for _, note := range p.settings.Notes {
		p.say(note)
	}
	if !p.settings.Enabled {
		// Read all input, so that git or a script does not write to a closed pipe.
		_, _ = io.Copy(io.Discard, r.Stdin)
		return nil
	}
	p.check(ctx)
	return nil
}

func (p *push) check(ctx context.Context) {
	updates, err := hook.ReadUpdates(p.run.Stdin)
	if err != nil {
		p.failed(ctx, err)
		return
	}
	report, err := hook.Check(ctx, hook.Request{
		Dir: p.dir, Quarantine: p.run.quarantine(), Updates: updates, Settings: p.settings, Unpack: archive.New(archive.Options{}), Reviewed: p.reviewed(),
	})
	if err != nil {
		p.failed(ctx, err)
		return
	}
	_, _ = io.WriteString(p.run.Stderr, hook.Message(report))
	if report.Refused() {
		p.run.code = scan.ExitError
	}
	if err := p.record(ctx, hook.Entries(report, p.caller)); err != nil {
		p.settings.Audit = ""
		p.failed(ctx, err)
	}
}

// reviewed asks the server which texts are reviewed.
func (p *push) reviewed() func(ctx context.Context, findings []scan.Finding) ([]bool, error) {
	switch {
	case p.server == nil:
		return nil
	case p.away:
		return func(context.Context, []scan.Finding) ([]bool, error) { return nil, errors.New("the server is away") }
	}
	return func(ctx context.Context, findings []scan.Finding) ([]bool, error) {
		return p.server.Reviewed(ctx, p.caller.Repository, findings)
	}
}

// failed refuses a push that could not be checked. In warn mode it accepts the push.
func (p *push) failed(ctx context.Context, err error) {
	_, _ = io.WriteString(p.run.Stderr, hook.FailureMessage(p.settings.Mode, err))
	if auditErr := p.record(ctx, []hook.Entry{hook.FailureEntry(p.settings.Mode, err, p.caller)}); auditErr != nil {
		p.say(auditErr.Error())
	}
	if p.settings.Mode != hook.ModeWarn {
		p.run.code = scan.ExitError
	}
}

// record reports to the server and writes the audit file. The push does not fail if the server does not take the report.
func (p *push) record(ctx context.Context, entries []hook.Entry) error {
	if p.server != nil && len(entries) > 0 {
		reported, err := 0, errors.New("it is away")
		if !p.away {
			reported, err = p.server.Report(ctx, p.caller.Repository, entries)
		}
		if err != nil {
			for i := range entries[reported:] {
				entries[reported+i].Unreported = err.Error()
			}
			if p.untold {
				return hook.AppendAudit(p.settings.Audit, entries)
			}
			p.untold = true
			where := "it is only in the audit file of this git server"
			if p.settings.Audit == "" {
				where = "and there is no --audit file to keep it"
			}
			p.say(fmt.Sprintf("what the hook did is not in the server's audit log, %s: %v", where, err))
		}
	}
	return hook.AppendAudit(p.settings.Audit, entries)
}

// say shows the pusher a sentence about the hook itself.
func (p *push) say(text string) { _, _ = io.WriteString(p.run.Stderr, hook.Notice(text)) }

// quarantine returns the folders in which git stores the objects of the push.
func (r *run) quarantine() git.Quarantine {
	var q git.Quarantine
	q.Incoming, _ = r.Getenv("GIT_QUARANTINE_PATH")
	if objects, _ := r.Getenv("GIT_OBJECT_DIRECTORY"); objects != "" {
		q.Others = append(q.Others, objects)
	}
	alternates, _ := r.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")
	q.Others = append(q.Others, git.ParseAlternates(alternates)...)
	return q
}
