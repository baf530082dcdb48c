package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-scan/sluice/internal/engine"
	"github.com/sluice-scan/sluice/internal/pipe"
	"github.com/sluice-scan/sluice/internal/variable"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/code"
	"github.com/sluice-scan/sluice/scan/display"
	"github.com/sluice-scan/sluice/scan/git"
	"github.com/sluice-scan/sluice/scan/jsonstream"
	"github.com/sluice-scan/sluice/scan/secret"
)

func (r *run) rulesCommand() *cobra.Command {
	rules := &cobra.Command{
		Use:   "rules",
		Short: "Show, test and explain the rules for secrets and for code",
		Long: "Shows the rules for secrets: the built-in ones, and those from the folder's .sluice.yml, from RULES (--rules) and from the\n" +
			"configurations of other scanners. Shows the rules for code: the built-in ones, and those from CODE_RULES (--code-rules) and,\n" +
			"with CODE_REPOSITORY_RULES, from the repository.",
		Args: UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	rules.AddCommand(r.rulesListCommand(), r.rulesShowCommand(), r.rulesTestCommand(), r.rulesCheckCommand(), r.rulesExplainCommand())
	return rules
}

// ruleVariables are the variables of a scan that say which rules run, rulesOnly those that affect rules at all.
var (
	ruleVariables = []string{"CONFIG", "RULES", "CODE_RULES", "CODE_PACK", "CODE_DISABLE", "CODE_REPOSITORY_RULES", "CODE_INCLUDE_GENERATED"}
	rulesOnly     = append([]string{"BASELINE"}, ruleVariables...)
)

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

// activeRules are the rules of both engines, and what they were made from. An engine that was not asked for is nil.
type activeRules struct {
	checkout *engine.Checkout
	plan     *engine.Plan
	secrets  *secret.Detector
	code     *code.Detector
}

// withRules calls do with the active rules of an engine, or of both for "", and shows the notes about them.
func (r *run) withRules(cmd *cobra.Command, of string, do func(ctx context.Context, a *activeRules) error) error {
	if of != "" && of != "secrets" && of != "code" {
		return &variable.UsageError{Err: fmt.Errorf("there are no rules for %q: use secrets or code", of)}
	}
	checkout, plan, err := r.rulePlan(cmd)
	if err != nil {
		return err
	}
	defer func() { _ = checkout.Close() }()
	a := &activeRules{checkout: checkout, plan: plan}
	notes := plan.Notes
	if of != "code" {
		if a.secrets, err = plan.SecretDetector(); err != nil {
			return err
		}
	}
	if of != "secrets" {
		var more []scan.Note
		if a.code, more, err = plan.CodeDetector(cmd.Context(), checkout); err != nil {
			return err
		}
		notes = append(slices.Clone(notes), more...)
	}
	for _, note := range notes {
		_, _ = fmt.Fprintln(r.Stderr, "note: "+display.Line(note.Text))
	}
	return do(cmd.Context(), a)
}

// addEngineFlag adds the flag that asks for the rules of one engine.
func addEngineFlag(cmd *cobra.Command, of *string) {
	cmd.Flags().StringVar(of, "engine", "", "only the rules for secrets, or only those for code")
}

func (r *run) rulesListCommand() *cobra.Command {
	methods, asJSON, of := false, false, ""
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the active rules",
		Example: "  sluice rules list --engine code\n  sluice rules list --method\n  sluice rules list --json | jq '.[].id'",
		Args:    UsageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.withRules(cmd, of, func(_ context.Context, a *activeRules) error {
				records := a.records()
				if asJSON {
					return writeRulesJSON(r.Stdout, records)
				}
				return writeRules(r.Stdout, records, methods)
			})
		},
	}
	addRuleFlags(cmd, ruleVariables...)
	addEngineFlag(cmd, &of)
	cmd.Flags().BoolVar(&methods, "method", false, "show how each rule is evaluated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return cmd
}

func writeRules(w io.Writer, records []ruleRecord, methods bool) error {
	width := 0
	for i := range records {
		width = max(width, len(records[i].ID))
	}
	var b strings.Builder
	for i := range records {
		rule := &records[i]
		fmt.Fprintf(&b, "%-8s  %-*s  ", rule.Severity, width, display.Line(rule.ID))
		if methods {
			fmt.Fprintf(&b, "%-18s  ", rule.Method)
		}
		b.WriteString(display.Line(rule.Title))
		if rule.Origin != "" {
			fmt.Fprintf(&b, " (%s)", display.Line(rule.Origin))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// ruleRecord is a rule in JSON. Method says how it is evaluated. Origin is the place of a user's rule.
type ruleRecord struct {
	Engine     string   `json:"engine"`
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Provider   string   `json:"provider,omitempty"`
	Severity   string   `json:"severity"`
	Confidence string   `json:"confidence"`
	Method     string   `json:"method"`
	Languages  []string `json:"languages,omitempty"`
	Weaknesses []string `json:"weaknesses,omitempty"`
	Origin     string   `json:"origin,omitempty"`
	Link       string   `json:"link,omitempty"`
}

// records are the rules of both engines: those for secrets first.
func (a *activeRules) records() []ruleRecord {
	var records []ruleRecord
	if a.secrets != nil {
		rules := a.secrets.Active()
		for i := range rules {
			rule := &rules[i]
			record := ruleRecord{
				Engine: "secrets", ID: rule.ID, Title: rule.Title, Provider: rule.Provider, Severity: rule.Severity.String(), Confidence: rule.Confidence.String(),
				Method: rule.Method(), Link: rule.Link,
			}
			if rule.Custom != nil {
				record.Origin = rule.Custom.Origin
			}
			records = append(records, record)
		}
	}
	if a.code != nil {
		records = append(records, codeRecords(a.code)...)
	}
	return records
}

func writeRulesJSON(w io.Writer, records []ruleRecord) error {
	text, err := jsonstream.Indented(records)
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

func (r *run) rulesShowCommand() *cobra.Command {
	of := ""
	cmd := &cobra.Command{
		Use:     "show ID",
		Short:   "Show one rule in full",
		Example: "  sluice rules show GITHUB_CLASSIC_PAT\n  sluice rules show python-sql-injection",
		Args:    UsageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.withRules(cmd, of, func(_ context.Context, a *activeRules) error { return a.show(r.Stdout, args[0]) })
		},
	}
	addRuleFlags(cmd, ruleVariables...)
	addEngineFlag(cmd, &of)
	return cmd
}

// has reports whether a rule with an id runs, or is refused for a reason that is told.
func (a *activeRules) has(id string) bool {
	upper := strings.ToUpper(strings.ReplaceAll(id, "-", "_"))
	return slices.ContainsFunc(a.records(), func(r ruleRecord) bool { return r.ID == id || r.Engine == "secrets" && r.ID == upper }) ||
		a.code != nil && refusedCode(a.code, id) != ""
}

// show writes the rules with an id: one for secrets, or all for code, of which several may share an id.
func (a *activeRules) show(w io.Writer, id string) error {
	if a.secrets != nil {
		rules := a.secrets.Active()
		upper := strings.ToUpper(strings.ReplaceAll(id, "-", "_"))
		if i := slices.IndexFunc(rules, func(rule secret.Rule) bool { return rule.ID == upper }); i >= 0 {
			return writeRule(w, &rules[i])
		}
	}
	if a.code != nil {
		if text := shownCode(a.code, id); text != "" {
			_, err := io.WriteString(w, text)
			return err
		}
		if text := refusedCode(a.code, id); text != "" {
			return &variable.UsageError{Err: errors.New(text)}
		}
	}
	return &variable.UsageError{Err: fmt.Errorf("there is no rule %q, or it is switched off: `sluice rules list` shows them all", id)}
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
