package settings

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/sluice-scan/sluice/internal/store/db"
)

// Kind is the kind of a setting's value.
type Kind int

// The kinds. The items of a list are separated by commas.
const (
	KindBool Kind = iota
	KindInt
	KindWord
	KindList
)

// Known is a setting that administrators can change.
type Known struct {
	Name    string
	Kind    Kind
	Default string
	// Meaning says in a sentence what the setting does.
	Meaning string
	// Min and Max limit a KindInt. Words are the values of a KindWord. Item checks an item of a KindList.
	Min, Max int
	Words    []string
	Item     func(text string) error
}

// The settings.
var (
	ParallelScans = &Known{
		Name: "parallelScans", Kind: KindInt, Default: "2", Max: 256, Meaning: "How many scans each node runs at once; 0 means the number of its processors.",
	}
	ClusterScans = &Known{
		Name: "clusterParallelScans", Kind: KindInt, Default: "0", Max: 10_000, Meaning: "How many scans all nodes together run at once; 0 means no limit.",
	}
	PlaintextInExports = &Known{
		Name: "includePlaintextInExports", Kind: KindBool, Default: "false", Meaning: "Whether exports contain the secrets in plaintext, for callers who may write to the repository.",
	}
	RepositoryRules = &Known{
		Name: "repositoryRules", Kind: KindBool, Default: "false", Meaning: "Whether a repository can change its rules with soteri-security.yml on its default branch.",
	}
	HookPosition = &Known{
		Name: "hookPosition", Kind: KindWord, Default: HookExplicitOnly, Words: []string{HookExplicitOnly, HookInheritedOrEnabled, HookAlways},
		Meaning: "Where the hook checks pushes: only where it is enabled, everywhere unless it is disabled, or everywhere.",
	}
	HookBypass = &Known{
		Name: "hookBypass", Kind: KindBool, Default: "true",
		Meaning: "Whether the hook skips a commit with **skip-sluice-check** in its message; the audit log records each one.",
	}
	HookWarn = &Known{
		Name: "hookWarnOnVulnerabilities", Kind: KindBool, Default: "false", Meaning: "Whether the hook warns instead of refusing a push, where neither project nor repository decides.",
	}
	RollupScope = &Known{
		Name: "rollupScope", Kind: KindWord, Default: RollupAll, Words: []string{RollupAll, RollupDefault, RollupPattern},
		Meaning: "Which branches count for the status of their repository: all, the default branch, or those in rollupBranches.",
	}
	RollupBranches = &Known{
		Name: "rollupBranches", Kind: KindList, Default: "main,master,develop,release/**", Item: checkGlob,
		Meaning: "The branches that count when rollupScope is PATTERN. In a name, * matches text without a slash and ** matches any text.",
	}
	DependencyFloor = &Known{
		Name: "dependencyFloor", Kind: KindWord, Default: "LOW", Words: floors, Meaning: "The lowest severity of a vulnerable dependency that makes a branch vulnerable.",
	}
	CodeFloor = &Known{
		Name: "codeFloor", Kind: KindWord, Default: "LOW", Words: floors, Meaning: "The lowest severity of a finding in code that makes a branch vulnerable. A secret always does.",
	}
	ScanOnPush = &Known{
		Name: "scanOnPush", Kind: KindBool, Default: "false", Meaning: "Whether to scan a branch when its head moves.",
	}
	ScanOnPullRequest = &Known{
		Name: "scanOnPullRequest", Kind: KindBool, Default: "false", Meaning: "Whether to scan the source branch when a pull request is opened or changed, so that its report compares with the destination. Needs a connection with webhooks.",
	}
	KeepResults = &Known{
		Name: "keepResults", Kind: KindInt, Default: "5", Min: 1, Max: 1000, Meaning: "How many results to keep for each branch, the newest included.",
	}
	KeepResultDays  = days("keepResultDays", "30", "How many days to keep the older results of a branch.")
	KeepRemovedDays = days("keepRemovedDays", "30", "How many days to keep deleted branches, repositories and projects with their results; one that returns gets them back.")
	KeepFindingDays = days("keepFindingDays", "400", "How many days to keep a finding and its triage after it is gone from every branch.")
	KeepScanDays    = days("keepScanDays", "400", "How many days to keep finished scans and batches.")
	KeepAuditDays   = days("keepAuditDays", "400", "How many days to keep entries of the audit log. Export them before.")
	KeepTrendDays   = days("keepTrendDays", "400", "How many days of trends to keep.")
	KeepMailDays    = days("keepMailDays", "30", "How many days to keep the record of sent mails.")
	SuspiciousShare = &Known{
		Name: "suspiciousShare", Kind: KindInt, Default: "10", Min: 0, Max: 100,
		Meaning: "What percentage of the repositories (at least three) may be missing from a listing before the server holds it back as suspicious; 100 holds back only an empty listing.",
	}
	SuspiciousMinutes = &Known{
		Name: "suspiciousMinutes", Kind: KindInt, Default: "60", Min: 0, Max: 100_000,
		Meaning: "After how many minutes a second listing without the same repositories confirms a suspicious one.",
	}
	MailDomains = &Known{
		Name: "mailDomains", Kind: KindList, Meaning: "The domains that mail may go to; empty allows administrators to use any domain.", Item: checkDomain,
	}
)

// KnownSettings lists all settings, by name.
var KnownSettings = []*Known{
	ClusterScans, CodeFloor, DependencyFloor, HookBypass, HookPosition, HookWarn, PlaintextInExports, KeepAuditDays, KeepFindingDays, KeepMailDays, KeepRemovedDays, KeepResultDays,
	KeepResults, KeepScanDays, KeepTrendDays, MailDomains, ParallelScans, RepositoryRules, RollupBranches, RollupScope, ScanOnPullRequest, ScanOnPush,
	SuspiciousMinutes, SuspiciousShare,
}

// days is a retention setting in days.
func days(name, value, meaning string) *Known {
	return &Known{Name: name, Kind: KindInt, Default: value, Min: 1, Max: 36_500, Meaning: meaning}
}

// floors are the possible values of a severity floor.
var floors = []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}

// The modes of the hook for the whole instance.
const (
	HookExplicitOnly       = "EXPLICIT_ONLY"
	HookInheritedOrEnabled = "INHERITED_OR_ENABLED"
	HookAlways             = "ALWAYS"
)

func checkDomain(text string) error {
	if len(text) > 253 || !strings.Contains(text, ".") || strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789-.") != "" || strings.Contains("."+text+".", "..") {
		return errors.New("it must be a list of domains such as example.com")
	}
	return nil
}

func checkGlob(text string) error {
	if len(text) > 250 || !doublestar.ValidatePattern(text) {
		return errors.New("it must be a list of branch names such as release/**")
	}
	return nil
}

// Check returns an error that says what is wrong with a value.
func (k *Known) Check(value string) error {
	switch k.Kind {
	case KindBool:
		if value != "true" && value != "false" {
			return errors.New("it must be true or false")
		}
	case KindInt:
		if n, err := strconv.Atoi(value); err != nil || n < k.Min || n > k.Max {
			return fmt.Errorf("it must be a whole number from %d to %d", k.Min, k.Max)
		}
	case KindWord:
		if !slices.Contains(k.Words, value) {
			return fmt.Errorf("it must be one of %s", strings.Join(k.Words, ", "))
		}
	case KindList:
		for _, item := range ListOf(value) {
			if err := k.Item(item); err != nil {
				return err
			}
		}
	}
	return nil
}

// ListOf splits the value of a KindList.
func ListOf(value string) []string {
	var list []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// Value returns the value of a setting, or its default.
func (s *Settings) Value(ctx context.Context, k *Known) (string, error) {
	return s.ValueIn(ctx, s.db.Read, k)
}

// ValueIn is Value within a transaction.
func (s *Settings) ValueIn(ctx context.Context, q db.Querier, k *Known) (string, error) {
	stored, err := s.SettingIn(ctx, q, k.Name)
	return k.Of(stored), err
}

// Of returns the value of the setting where this text is stored: its default for "" and for a text that is no longer valid.
func (k *Known) Of(stored string) string {
	if stored == "" || k.Check(stored) != nil {
		return k.Default
	}
	return stored
}

// Bool returns the value of a KindBool.
func (s *Settings) Bool(ctx context.Context, k *Known) (bool, error) {
	value, err := s.Value(ctx, k)
	return value == "true", err
}

// Int returns the value of a KindInt.
func (s *Settings) Int(ctx context.Context, k *Known) (int, error) {
	value, err := s.Value(ctx, k)
	n, _ := strconv.Atoi(value) // Value has checked it
	return n, err
}

// List returns the value of a KindList.
func (s *Settings) List(ctx context.Context, k *Known) ([]string, error) {
	value, err := s.Value(ctx, k)
	return ListOf(value), err
}

// Slots returns how many bulk scans this node runs at once: ParallelScans, with 0 replaced by the number of processors.
func (s *Settings) Slots(ctx context.Context) (int, error) {
	n, err := s.Int(ctx, ParallelScans)
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return n, err
}
