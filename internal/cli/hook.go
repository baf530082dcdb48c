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
		Short: "Check pushes on a git server of your own",
		Args:  UsageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	group.AddCommand(r.preReceiveCommand())
	return group
}

// hookFlags are the flags of the hook. Decisions have no environment variables: part of a hook's environment can come from
// whoever pushes.
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
		Short: "Refuse pushes that bring secrets: git's pre-receive hook",
		Long: "Runs as the pre-receive hook of a bare repository: reads \"OLD NEW REF\" lines from standard input, and scans what the\n" +
			"new commits add or change, each commit by itself. Whoever pushes sees what was found and what to do.\n\n" +
			"A push that could not be checked (settings with mistakes, objects that cannot be read, the time is up) is refused in\n" +
			"the mode block, and accepted with a loud warning in the mode warn. A wrong flag always refuses.\n\n" +
			"With --server the settings are those of a Sluice server: where the hook is on, its mode, the bypass, and the rules. It needs an\n" +
			"API token with the scope scan, of an account that may read the repositories, and is told of every refusal, warning and\n" +
			"bypass. While it is away, the settings that it gave last hold.\n\n" +
			"Flags go before the file of --settings, whose keys are enabled, position (explicit, inherited, always), mode, fail-on,\n" +
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
	flags.StringVar(&f.server, "server", "", "address of a Sluice server whose settings hold, in the place of --settings")
	flags.StringVar(&f.tokenFile, "token-file", "", "file with the API token for the server; without it the variable SLUICE_TOKEN")
	flags.StringVar(&f.cache, "cache", "", "folder in which the server's last settings are kept; the repository's own git folder when empty")
	flags.StringVar(&f.whenUnreachable, "when-unreachable", string(hook.ModeBlock), "what happens to a push when the server is away and no settings of it are known: block or warn")
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

// hookPlan is what the flags say, once they are known to be right.
type hookPlan struct {
	// source is where the settings come from; server is the same when it is a server, else nil.
	source hook.Source
	server *hook.Server
	mode   hook.Mode
	failOn scan.Severity
}

// plan reads the flags. All problems come back at once, each with its flag.
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
		problem("timeout", fmt.Errorf("%s is no time limit", f.timeout))
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
				problem(flag, errors.New("it has a meaning with --server only"))
			}
		}
		return p, errors.Join(problems...)
	}
	// What the server says is said there alone: of two answers nobody could tell which one holds.
	for _, flag := range []string{"settings", "mode", "bypass", "rules"} {
		if changed(flag) {
			problem(flag, errors.New("the server of --server says this; leave one of the two out"))
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
	// tokenVariable holds the token when no file does.
	tokenVariable = "SLUICE_TOKEN"
	// maxToken bounds it, in bytes.
	maxToken = 4 << 10
)

// hookToken reads the token when it is needed. A file that is not there is no wrong flag: it fails as a server does that is away.
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
			return "", fmt.Errorf("%s: there must be one API token in it, and nothing else", from)
		}
		return text, nil
	}
}
