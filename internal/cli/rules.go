package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/jsonstream"
	"github.com/sluice-scan/sluice/scan/secret"
)

func (r *run) rulesCommand() *cobra.Command {
	rules := &cobra.Command{
		Use:   "rules",
		Short: "Show, test and explain the rules for secrets",
		Long: "Shows the rules for secrets: the built-in ones, and those from the folder's .sluice.yml, from RULES (--rules) and from the\n" +
			"configurations of other scanners.",
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	rules.AddCommand(r.rulesListCommand(), r.rulesShowCommand(), r.rulesTestCommand(), r.rulesCheckCommand(), r.rulesExplainCommand())
	return rules
}

// rulesOnly are the variables of a scan that affect rules.
var rulesOnly = []string{"CONFIG", "RULES", "BASELINE"}

// addRuleFlags adds the flags of those variables to a command.
func addRuleFlags(cmd *cobra.Command, names ...string) {
	var without []string
	for _, v := range pipe.Variables() {
		if !slices.Contains(names, v.Name) {
			without = append(without, v.Name)
		}
	}
	addFlags(cmd, []string{"Scan"}, without...)
}

// rulePlan opens the current files of the repository, or the folder, around the working directory.
func (r *run) rulePlan(cmd *cobra.Command) (*engine.Checkout, *engine.Plan, error) {
	dir := "."
	if repo, err := git.Open(dir); err == nil {
		if repo.Root() != "" {
			dir = repo.Root()
		}
		_ = repo.Close()
	}
	// A pipeline's variables about its commits do not apply to the current files of a folder.
	environment := func(name string) (string, bool) {
		if !slices.Contains(rulesOnly, name) {
			return "", false
		}
		return r.Getenv(name)
	}
	return engine.Open(cmd.Context(), variable.Chain(flagLookup(cmd), environment), engine.Place{Dir: dir, Worktree: true}, engine.Means{Calls: r.Calls}, r.logger(false, false))
}

// withRules calls do with the active rules and shows the notes about them.
func (r *run) withRules(cmd *cobra.Command, do func(ctx context.Context, c *engine.Checkout, p *engine.Plan, d *secret.Detector) error) error {
	checkout, plan, err := r.rulePlan(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = checkout.Close() }()
	d, err := plan.SecretDetector()
	if err != nil {
		return err
	}
	for _, note := range plan.Notes {
		_, _ = fmt.Fprintln(r.Stderr, "note: "+display.Line(note.Text))
	}
	return do(cmd.Context(), checkout, plan, d)
}

func (r *run) rulesListCommand() *cobra.Command {
	methods, asJSON := false, false
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the active rules",
		Example: "  sluice rules list --engine\n  sluice rules list --json | jq '.[].id'",
		Args:    UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withRules(cmd, func(_ context.Context, _ *engine.Checkout, _ *engine.Plan, d *secret.Detector) error {
				if asJSON {
					return writeRulesJSON(r.Stdout, d.Active())
				}
				return writeRules(r.Stdout, d.Active(), methods)
			})
		},
	}
	addRuleFlags(cmd, "CONFIG", "RULES")
	cmd.Flags().BoolVar(&methods, "engine", false, "show how each rule is evaluated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return cmd
}

func writeRules(w io.Writer, rules []secret.Rule, methods bool) error {
	width := 0
	for i := range rules {
		width = max(width, len(rules[i].ID))
	}
	var b strings.Builder
	for i := range rules {
		rule := &rules[i]
		fmt.Fprintf(&b, "%-8s  %-*s  ", rule.Severity, width, rule.ID)
		if methods {
			fmt.Fprintf(&b, "%-18s  ", rule.Method())
		}
		b.WriteString(display.Line(rule.Title))
		if rule.Custom != nil {
			fmt.Fprintf(&b, " (%s)", display.Line(rule.Custom.Origin))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleRecord is a rule in JSON. Method says how it is evaluated. Origin is the place of a user's rule.
type ruleRecord struct {
	ID         string `json:"id"`
	Title      string `json:"title"`
	Provider   string `json:"provider,omitempty"`
	Severity   string `json:"severity"`
	Confidence string `json:"confidence"`
	Method     string `json:"method"`
	Origin     string `json:"origin,omitempty"`
	Link       string `json:"link,omitempty"`
}

func writeRulesJSON(w io.Writer, rules []secret.Rule) error {
	records := make([]ruleRecord, len(rules))
	for i := range rules {
		rule := &rules[i]
		records[i] = ruleRecord{
			ID: rule.ID, Title: rule.Title, Provider: rule.Provider, Severity: rule.Severity.String(), Confidence: rule.Confidence.String(),
			Method: rule.Method(), Link: rule.Link,
		}
		if rule.Custom != nil {
			records[i].Origin = rule.Custom.Origin
		}
	}
	text, err := jsonstream.Indented(records)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func (r *run) rulesShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show one rule in full",
		Example: "  sluice rules show GITHUB_CLASSIC_PAT",
		Args:    UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withRules(cmd, func(_ context.Context, _ *engine.Checkout, _ *engine.Plan, d *secret.Detector) error {
				rules := d.Active()
				id := strings.ToUpper(strings.ReplaceAll(args[0], "-", "_"))
				i := slices.IndexFunc(rules, func(rule secret.Rule) bool { return rule.ID == id })
				if i < 0 {
					return &variable.UsageError{Err: fmt.Errorf("there is no rule %q, or it is switched off: `sluice rules list` shows them all", args[0])}
				}
				return writeRule(r.Stdout, &rules[i])
			})
		},
	}
	addRuleFlags(cmd, "CONFIG", "RULES")
	return cmd
}

func writeRule(w io.Writer, rule *secret.Rule) error {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%-11s %s\n", name, display.Line(value))
		}
	}
	line("id", rule.ID)
	line("title", rule.Title)
	line("provider", rule.Provider)
	line("severity", rule.Severity.String())
	line("confidence", rule.Confidence.String())
	line("revoke", rule.Revoke)
	line("link", rule.Link)
	line("source", rule.Source)
	line("engine", rule.Method())
	line("literals", strings.Join(rule.Literals, ", "))
	line("expression", rule.Expression)
	if rule.Longest > 0 {
		line("longest", scan.Plural(rule.Longest, "byte", "bytes"))
	}
	if rule.Expression != "" && len(rule.Context) == 0 {
		line("boundary", rule.Boundary.String())
	}
	line("check", rule.Check)
	line("context", strings.Join(rule.Context, ", "))
	line("file", strings.Join(rule.File, ", "))
	if c := rule.Custom; c != nil {
		line("origin", c.Origin)
		line("keywords", strings.Join(c.Keywords, ", "))
		line("path", c.Path)
		if c.Entropy > 0 {
			line("entropy", fmt.Sprintf("%.2f bits a byte", c.Entropy))
		}
		if c.WarnOnly {
			line("blocking", "false: it never refuses a push")
		}
	}
	for _, sample := range rule.Match {
		line("match", string(sample))
	}
	for _, sample := range rule.NoMatch {
		line("no match", string(sample))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
