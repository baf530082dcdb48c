package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/archive"
)

func (r *run) hookCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "hook",
		Short: "Check pushes on a git server of your own",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(r.preReceiveCommand())
	return group
}

// hookFlags are the flags of the hook. Decisions have no environment variables: part of a hook's environment can come from
// whoever pushes.
type hookFlags struct {
	settings, mode, failOn, audit, repository string
	rules                                     []string
	bypass                                    bool
	timeout                                   time.Duration
}

func (r *run) preReceiveCommand() *cobra.Command {
	var f hookFlags
	cmd := &cobra.Command{
		Use:   "pre-receive",
		Short: "Refuse pushes that bring secrets: git's pre-receive hook",
		Long: "Runs as the pre-receive hook of a bare repository: reads \"OLD NEW REF\" lines from standard input, and scans what the\n" +
			"new commits add or change, each commit by itself. Whoever pushes sees what was found and what to do.\n\n" +
			"A push that could not be checked (settings with mistakes, objects that cannot be read, the time is up) is refused in\n" +
			"the mode block, and accepted with a loud warning in the mode warn. A wrong flag always refuses.\n\n" +
			"Flags go before the file of --settings, whose keys are enabled, position (explicit, inherited, always), mode, fail-on,\n" +
			"bypass, rules, repository-rules, audit, and repositories with enabled, mode, fail-on and bypass for \"project/name\" or \"project/*\".\n\n" +
			"Exit codes: 0 the push is accepted, 1 it is refused, 2 bad usage.",
		Example: "  exec sluice hook pre-receive --settings /etc/sluice/hook.yml   # in hooks/pre-receive\n" +
			"  exec sluice hook pre-receive --mode warn --audit /var/log/sluice/audit.jsonl",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return r.preReceive(cmd, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.settings, "settings", "", "settings file (YAML)")
	flags.StringVar(&f.mode, "mode", string(hook.ModeBlock), "block: refuse pushes with secrets; warn: accept them and say so")
	flags.StringVar(&f.failOn, "fail-on", scan.SeverityHigh.String(), "lowest severity that blocks; what is below only warns")
	flags.StringArrayVar(&f.rules, "rules", nil, "file with rules of your own, in the place of those of the settings")
	flags.BoolVar(&f.bypass, "bypass", true, "let "+hook.BypassPhrase+" in a commit's message switch the check of that commit off")
	flags.StringVar(&f.audit, "audit", "", "file to which refusals, warnings and bypasses are appended, one JSON object a line")
	flags.StringVar(&f.repository, "repository", "", "project/name of the repository; found by itself on Bitbucket, GitLab and Gitea, else by the path")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "time limit of the check")
	flags.SortFlags = false
	return cmd
}

// preReceive checks one push. It returns an error for wrong usage only.
func (r *run) preReceive(cmd *cobra.Command, f *hookFlags) error {
	changed := cmd.Flags().Changed
	var mode hook.Mode
	var failOn scan.Severity
	var problems []error
	if err := mode.UnmarshalText([]byte(f.mode)); err != nil {
		problems = append(problems, fmt.Errorf("--mode: %w", err))
	}
	if err := failOn.UnmarshalText([]byte(f.failOn)); err != nil {
		problems = append(problems, fmt.Errorf("--fail-on: %w", err))
	}
	if f.timeout <= 0 {
		problems = append(problems, fmt.Errorf("--timeout: %s is no time limit", f.timeout))
	}
	if changed("settings") && f.settings == "" {
		problems = append(problems, errors.New("--settings: name a file"))
	}
	if len(problems) > 0 {
		return &pipe.UsageError{Err: errors.Join(problems...)}
	}
	if _, ok := terminal(r.Stdin); ok {
		return &pipe.UsageError{Err: hook.ErrNoUpdates}
	}

	dir := "."
	if value, _ := r.Getenv("GIT_DIR"); value != "" {
		dir = value
	}
	caller := hook.Caller{Repository: f.repository, Pusher: hook.Pusher(hook.Lookup(r.Getenv)), Time: time.Now()}
	if caller.Repository == "" {
		caller.Repository = hook.RepositoryName(hook.Lookup(r.Getenv), dir)
	}
	ctx, cancel := context.WithTimeoutCause(cmd.Context(), f.timeout, fmt.Errorf("the check took longer than --timeout (%s)", f.timeout))
	defer cancel()
	var source hook.Source = hook.Fixed(hook.DefaultSettings())
	if f.settings != "" {
		source = hook.File{Name: f.settings}
	}
	settings, err := source.Settings(ctx, caller.Repository)
	if changed("mode") {
		settings.Mode = mode
	}
	if changed("fail-on") {
		settings.FailOn = failOn
	}
	if changed("bypass") {
		settings.Bypass = f.bypass
	}
	if changed("audit") {
		settings.Audit = f.audit
	}
	if changed("rules") && err == nil {
		settings.Rules, err = hook.ReadRules("", f.rules)
	}
	if err != nil {
		r.hookFailed(settings, caller, err)
		return nil
	}
	if !settings.Enabled {
		// Whoever writes the lines, git or a script between, should not meet a closed pipe.
		_, _ = io.Copy(io.Discard, r.Stdin)
		return nil
	}
	r.checkPush(ctx, dir, settings, caller)
	return nil
}

func (r *run) checkPush(ctx context.Context, dir string, settings hook.Settings, caller hook.Caller) {
	updates, err := hook.ReadUpdates(r.Stdin)
	if err != nil {
		r.hookFailed(settings, caller, err)
		return
	}
	report, err := hook.Check(ctx, hook.Request{
		Dir: dir, Quarantine: r.quarantine(), Updates: updates, Settings: settings, Unpack: archive.New(archive.Options{}),
	})
	if err != nil {
		r.hookFailed(settings, caller, err)
		return
	}
	_, _ = io.WriteString(r.Stderr, hook.Message(report))
	if report.Refused() {
		r.code = scan.ExitError
	}
	if err := hook.AppendAudit(settings.Audit, hook.Entries(report, caller)); err != nil {
		settings.Audit = ""
		r.hookFailed(settings, caller, err)
	}
}

// hookFailed refuses a push that could not be checked, or accepts it where the hook only warns.
func (r *run) hookFailed(settings hook.Settings, caller hook.Caller, err error) {
	if auditErr := hook.AppendAudit(settings.Audit, []hook.Entry{hook.FailureEntry(settings.Mode, err, caller)}); auditErr != nil {
		err = errors.Join(err, auditErr)
	}
	_, _ = io.WriteString(r.Stderr, hook.FailureMessage(settings.Mode, err))
	if settings.Mode != hook.ModeWarn {
		r.code = scan.ExitError
	}
}

// quarantine is where git says that the objects of the push lie.
func (r *run) quarantine() scan.Quarantine {
	var q scan.Quarantine
	q.Incoming, _ = r.Getenv("GIT_QUARANTINE_PATH")
	if objects, _ := r.Getenv("GIT_OBJECT_DIRECTORY"); objects != "" {
		q.Others = append(q.Others, objects)
	}
	alternates, _ := r.Getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES")
	q.Others = append(q.Others, scan.ParseAlternates(alternates)...)
	return q
}
