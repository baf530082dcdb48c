package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/hook"
	"github.com/sluice-scan/sluice/scan"
)

func (r *run) hookCommand() *cobra.Command {
	group := &cobra.Command{
		Use:   "hook",
		Short: "Check pushes on your own git server",
		Args:  UsageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(r.preReceiveCommand())
	return group
}

// hookFlags are the flags of the hook. Decisions have no environment variables, because the pusher can control part of a
// hook's environment.
type hookFlags struct {
	settings, mode, failOn, audit, repository string
	server, tokenFile, cache, whenUnreachable string
	rules                                     []string
	bypass                                    bool
	timeout                                   time.Duration
}

func (r *run) preReceiveCommand() *cobra.Command {
	var f hookFlags
	cmd := &cobra.Command{
		Use:   "pre-receive",
		Short: "Refuse pushes that add secrets: git's pre-receive hook",
		Long: "Runs as the pre-receive hook of a bare repository. Reads \"OLD NEW REF\" lines from standard input, and scans what each\n" +
			"new commit adds or changes. The pusher sees what was found and what to do.\n\n" +
			"If a push cannot be checked (wrong settings, unreadable objects, timeout), the mode block refuses it, and the mode warn\n" +
			"accepts it with a clear warning. A wrong flag always refuses the push.\n\n" +
			"With --server, a Sluice server has the settings: where the hook is on, its mode, the bypass, and the rules. The hook needs an\n" +
			"API token with the scope scan, of an account that may read the repositories. It reports every refusal, warning and bypass to\n" +
			"the server. If the server does not answer, its last settings apply.\n\n" +
			"Flags override the file of --settings, whose keys are enabled, position (explicit, inherited, always), mode, fail-on,\n" +
			"bypass, rules, repository-rules, audit, and repositories with enabled, mode, fail-on and bypass for \"project/name\" or \"project/*\".\n\n" +
			"Exit codes: 0 the push is accepted, 1 it is refused, 2 bad usage.",
		Example: "  exec sluice hook pre-receive --settings /etc/sluice/hook.yml   # in hooks/pre-receive\n" +
			"  exec sluice hook pre-receive --server https://sluice.example.com --token-file /etc/sluice/token --audit /var/log/sluice/audit.jsonl\n" +
			"  exec sluice hook pre-receive --mode warn --audit /var/log/sluice/audit.jsonl",
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return r.preReceive(cmd, &f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.settings, "settings", "", "settings file (YAML)")
	flags.StringVar(&f.server, "server", "", "address of a Sluice server that has the settings, instead of --settings")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with the API token for the server; when empty, the variable SLUICE_TOKEN")
	flags.StringVar(&f.cache, "cache", "", "folder for the server's last settings; when empty, the repository's own git folder")
	flags.StringVar(&f.whenUnreachable, "when-unreachable", string(hook.ModeBlock), "what to do with a push if the server does not answer and none of its settings are known: block or warn")
	flags.StringVar(&f.mode, "mode", string(hook.ModeBlock), "block: refuse pushes with secrets; warn: accept them with a warning")
	flags.StringVar(&f.failOn, "fail-on", scan.SeverityHigh.String(), "lowest severity that blocks; lower ones only warn")
	flags.StringArrayVar(&f.rules, "rules", nil, "file with your own rules, instead of those in the settings")
	flags.BoolVar(&f.bypass, "bypass", true, "let "+hook.BypassPhrase+" in a commit's message switch off the check of that commit")
	flags.StringVar(&f.audit, "audit", "", "file to which refusals, warnings and bypasses are appended, one JSON object on each line")
	flags.StringVar(&f.repository, "repository", "", "project/name of the repository; when empty, found automatically on Bitbucket, GitLab and Gitea, or from the path")
	flags.DurationVar(&f.timeout, "timeout", 5*time.Minute, "time limit of the check")
	flags.SortFlags = false
	return cmd
}

// hookPlan has the valid values of the flags.
type hookPlan struct {
	// source has the settings. server is the same value if it is a server, else nil.
	source hook.Source
	server *hook.Server
	mode   hook.Mode
	failOn scan.Severity
}

// plan parses the flags. The error joins all problems, each with its flag.
func (r *run) plan(f *hookFlags, changed func(flag string) bool, dir string) (*hookPlan, error) {
	p := &hookPlan{source: hook.Fixed(hook.DefaultSettings())}
	var problems []error
	problem := func(flag string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	problem("mode", p.mode.UnmarshalText([]byte(f.mode)))
	problem("fail-on", p.failOn.UnmarshalText([]byte(f.failOn)))
	if f.timeout <= 0 {
		problem("timeout", fmt.Errorf("%s is not a time limit", f.timeout))
	}
	if changed("settings") && f.settings == "" {
		problem("settings", errors.New("name a file"))
	}
	if f.settings != "" {
		p.source = hook.File{Name: f.settings}
	}
	if !changed("server") {
		for _, flag := range []string{"token-file", "cache", "when-unreachable"} {
			if changed(flag) {
				problem(flag, errors.New("it needs --server"))
			}
		}
		return p, errors.Join(problems...)
	}
	// The server alone decides about these. With two answers nobody could tell which one applies.
	for _, flag := range []string{"settings", "mode", "bypass", "rules"} {
		if changed(flag) {
			problem(flag, errors.New("the server of --server decides this; use only one of the two"))
		}
	}
	p.server = &hook.Server{Cache: f.cache, Agent: "sluice/" + Version() + " hook", Token: r.hookToken(f)}
	if p.server.Cache == "" {
		p.server.Cache = dir
	}
	var err error
	p.server.URL, err = hook.ParseServer(f.server)
	problem("server", err)
	problem("when-unreachable", p.server.Unreachable.UnmarshalText([]byte(f.whenUnreachable)))
	if value, _ := r.Getenv(tokenVariable); value == "" && f.tokenFile == "" {
		problem("server", errors.New("it needs an API token: name a file with --token-file, or set "+tokenVariable))
	}
	p.source = p.server
	return p, errors.Join(problems...)
}

const (
	// tokenVariable contains the token if no file does.
	tokenVariable = "SLUICE_TOKEN"
	// maxToken limits the token, in bytes.
	maxToken = 4 << 10
)

// hookToken returns a function that reads the token when it is needed. A missing file is not a usage error: it fails
// like an unreachable server.
func (r *run) hookToken(f *hookFlags) func() (string, error) {
	return func() (string, error) {
		text, _ := r.Getenv(tokenVariable)
		from := tokenVariable
		if f.tokenFile != "" {
			data, err := os.ReadFile(f.tokenFile)
			if err != nil {
				return "", fmt.Errorf("--token-file: %w", err)
			}
			text, from = string(data), "--token-file"
		}
		text = strings.TrimSpace(text)
		if text == "" || len(text) > maxToken || strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' || c > '~' }) {
			return "", fmt.Errorf("%s: it must contain one API token and nothing else", from)
		}
		return text, nil
	}
}
