package settings

import (
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// field is a setting as a form shows it.
type field struct {
	Name, Label, Meaning string
	// Kind is the kind of its control: switch, number, choice or list.
	Kind string
	// Value is what the control shows, and Was what was stored when the page was made: what differs was changed by this person.
	Value, Was string
	// Choices are the values of a choice.
	Choices  []page.Choice
	Min, Max int
	// Bounds says which values are possible; empty where the control says it.
	Bounds string
	// Default is the default value for people. Changed is true when another one is stored.
	Default string
	Changed bool
	// Problem is what is wrong with Value.
	Problem string
}

// On reports whether a switch is on.
func (f *field) On() bool { return f.Value == "true" }

// group is a part of a form.
type group struct {
	Title  string
	Fields []field
}

// labels name settings for people, in the order of the pages. A setting without a label has its own name.
var labels = map[*settings.Known]string{
	settings.ParallelScans: "Parallel scans per node", settings.ClusterScans: "Parallel scans of all nodes", settings.ScanOnPush: "Scan every push", settings.ScanOnPullRequest: "Scan every pull request",
	settings.RollupScope: "Branches that count", settings.RollupBranches: "Patterns of branches that count", settings.DependencyFloor: "Dependencies count from", settings.CodeFloor: "Code counts from",
	settings.RepositoryRules: "Rules in repositories", settings.PlaintextInExports: "Plaintext in exports",
	settings.HookPosition: "Where pushes are checked", settings.HookWarn: "Warn instead of refusing", settings.HookBypass: "Let commits skip the check",
	settings.KeepResults: "Results per branch", settings.KeepResultDays: "Older results", settings.KeepRemovedDays: "Deleted branches and repositories", settings.KeepFindingDays: "Closed findings",
	settings.KeepScanDays: "Finished scans", settings.KeepTrendDays: "Trends", settings.KeepAuditDays: "Audit log", settings.KeepMailDays: "Sent mails",
	settings.SuspiciousShare: "Suspicious share", settings.SuspiciousMinutes: "Time to confirm", settings.MailDomains: "Domains that mail may go to",
}

// valueWords say what the words of settings mean.
var valueWords = map[string]string{
	settings.RollupAll: "All branches", settings.RollupDefault: "The default branch", settings.RollupPattern: "Branches that match a pattern",
	settings.HookExplicitOnly: "Where it is enabled", settings.HookInheritedOrEnabled: "Everywhere, unless it is disabled", settings.HookAlways: "Everywhere",
	"LOW": "Low", "MEDIUM": "Medium", "HIGH": "High", "CRITICAL": "Critical",
}

// part is a part of a form, by its settings.
type part struct {
	title string
	known []*settings.Known
}

// The settings by page. What no part names is on the general page, at its end.
var (
	hookParts = []part{{"The whole instance", []*settings.Known{settings.HookPosition, settings.HookWarn, settings.HookBypass}}}
	mailParts = []part{{"Mails", []*settings.Known{settings.MailDomains, settings.KeepMailDays}}}

	generalParts = otherParts([]part{
		{"Scans", []*settings.Known{settings.ParallelScans, settings.ClusterScans, settings.ScanOnPush, settings.ScanOnPullRequest}},
		{"What makes a repository vulnerable", []*settings.Known{settings.RollupScope, settings.RollupBranches, settings.DependencyFloor, settings.CodeFloor}},
		{"Rules and exports", []*settings.Known{settings.RepositoryRules, settings.PlaintextInExports}},
		{"How long things are kept", []*settings.Known{settings.KeepResults, settings.KeepResultDays, settings.KeepRemovedDays, settings.KeepFindingDays, settings.KeepScanDays, settings.KeepTrendDays, settings.KeepAuditDays}},
		{"Repositories that vanish from a listing", []*settings.Known{settings.SuspiciousShare, settings.SuspiciousMinutes}},
	}, hookParts, mailParts)
)

// otherParts adds the settings that are on no page yet.
func otherParts(own []part, pages ...[]part) []part {
	seen := map[*settings.Known]bool{}
	for _, list := range append(pages, own) {
		for _, p := range list {
			for _, k := range p.known {
				seen[k] = true
			}
		}
	}
	var rest []*settings.Known
	for _, k := range settings.KnownSettings {
		if !seen[k] {
			rest = append(rest, k)
		}
	}
	if len(rest) > 0 {
		own = append(own, part{"Other", rest})
	}
	return own
}

// newField shows a setting with a stored text; "" when none is stored.
func newField(k *settings.Known, stored string) field {
	value := k.Of(stored)
	f := field{Name: k.Name, Label: labels[k], Meaning: k.Meaning, Value: value, Was: value, Min: k.Min, Max: k.Max, Default: k.Default, Changed: value != k.Default}
	if f.Label == "" {
		f.Label = k.Name
	}
	switch k.Kind {
	case settings.KindBool:
		f.Kind, f.Default = "switch", map[string]string{"true": "on"}[k.Default]
		if f.Default == "" {
			f.Default = "off"
		}
	case settings.KindInt:
		f.Kind, f.Bounds = "number", fmt.Sprintf("%s to %s", figure.Thousands(k.Min), figure.Thousands(k.Max))
	case settings.KindWord:
		f.Kind, f.Default = "choice", wordOf(k.Default)
		for _, word := range k.Words {
			f.Choices = append(f.Choices, page.Choice{Value: word, Word: wordOf(word), Chosen: word == value})
		}
	case settings.KindList:
		f.Kind, f.Bounds, f.Value = "list", "separated by commas", spaced(value)
		f.Was = f.Value
		if f.Default = spaced(k.Default); f.Default == "" {
			f.Default = "none"
		}
	}
	return f
}

func wordOf(value string) string {
	if word := valueWords[value]; word != "" {
		return word
	}
	return value
}

// spaced writes a list for people, as their forms show it.
func spaced(value string) string { return strings.Join(settings.ListOf(value), ", ") }

// set puts in what a person sent.
func (f *field) set(k *settings.Known, sent string) {
	f.Value = sent
	for i := range f.Choices {
		f.Choices[i].Chosen = f.Choices[i].Value == sent
	}
	if err := k.Check(sent); err != nil {
		f.Problem = err.Error()
	}
}
