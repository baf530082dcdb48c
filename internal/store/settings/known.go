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

// Kind is what a setting's value is.
type Kind int

// The kinds. Lists are written with commas between their items.
const (
	KindBool Kind = iota
	KindInt
	KindWord
	KindList
)

// Known is a setting that administrators set.
type Known struct {
	Name    string
	Kind    Kind
	Default string
	// Meaning says in a sentence what it does.
	Meaning string
	// Min and Max bound a KindInt; Words are what a KindWord may be; Item checks an item of a KindList.
	Min, Max int
	Words    []string
	Item     func(text string) error
}

// The settings.
var (
	ParallelScans = &Known{
		Name: "parallelScans", Kind: KindInt, Default: "2", Max: 256, Meaning: "How many scans of many repositories each node runs at once; 0 is the number of its processors.",
	}
	ClusterScans = &Known{
		Name: "clusterParallelScans", Kind: KindInt, Default: "0", Max: 10_000, Meaning: "How many scans all nodes run at once together; 0 is no bound.",
	}
	PlaintextInExports = &Known{
		Name: "includePlaintextInExports", Kind: KindBool, Default: "false", Meaning: "Whether exports of findings hold the secrets themselves, for callers who may write to the repository.",
	}
	RepositoryRules = &Known{
		Name: "repositoryRules", Kind: KindBool, Default: "false", Meaning: "Whether soteri-security.yml on the default branch of a repository changes the rules for it.",
	}
	HookPosition = &Known{
		Name: "hookPosition", Kind: KindWord, Default: HookExplicitOnly, Words: []string{HookExplicitOnly, HookInheritedOrEnabled, HookAlways},
		Meaning: "Where the hook checks pushes: only where it is enabled, also where nothing is said, or everywhere.",
	}
	HookBypass = &Known{
		Name: "hookBypass", Kind: KindBool, Default: "true",
		Meaning: "Whether **skip-sluice-check** in the message of a commit lets the hook pass it unchecked; each such commit gets an entry of the audit log.",
	}
	HookWarn = &Known{
		Name: "hookWarnOnVulnerabilities", Kind: KindBool, Default: "false", Meaning: "Whether the hook only warns where the instance's own setting decides, instead of refusing the push.",
	}
	RollupScope = &Known{
		Name: "rollupScope", Kind: KindWord, Default: RollupAll, Words: []string{RollupAll, RollupDefault, RollupPattern},
		Meaning: "Which branches count for the status of their repository: all, the default one, or those that rollupBranches names.",
	}
	RollupBranches = &Known{
		Name: "rollupBranches", Kind: KindList, Default: "main,master,develop,release/**", Item: checkGlob,
		Meaning: "The branches that count when rollupScope is PATTERN: names, in which * stands for a part without a slash and ** for any.",
	}
	DependencyFloor = &Known{
		Name: "dependencyFloor", Kind: KindWord, Default: "LOW", Words: floors, Meaning: "The lowest severity of a vulnerable dependency that makes a branch vulnerable.",
	}
	CodeFloor = &Known{
		Name: "codeFloor", Kind: KindWord, Default: "LOW", Words: floors, Meaning: "The lowest severity of a finding in code that makes a branch vulnerable. Secrets always do.",
	}
	ScanOnPush = &Known{
		Name: "scanOnPush", Kind: KindBool, Default: "false", Meaning: "Whether a branch is scanned when its head moves.",
	}
	KeepResults = &Known{
		Name: "keepResults", Kind: KindInt, Default: "5", Min: 1, Max: 1000, Meaning: "How many results of a branch are kept, the newest among them.",
	}
	KeepResultDays  = days("keepResultDays", "30", "How many days a result of a branch is kept that is not the newest.")
	KeepRemovedDays = days("keepRemovedDays", "30", "How many days branches, repositories and projects are remembered that are gone, with their results: one that comes back has them again.")
	KeepFindingDays = days("keepFindingDays", "400", "How many days a finding is remembered, with what people decided about it, that no branch has any more.")
	KeepScanDays    = days("keepScanDays", "400", "How many days scans and batches are remembered that have ended.")
	KeepAuditDays   = days("keepAuditDays", "400", "How many days entries of the audit log are kept; export them before.")
	KeepTrendDays   = days("keepTrendDays", "400", "How many days trends reach back.")
	KeepMailDays    = days("keepMailDays", "30", "How many days it is remembered who got which mail.")
	SuspiciousShare = &Known{
		Name: "suspiciousShare", Kind: KindInt, Default: "10", Min: 0, Max: 100,
		Meaning: "How many percent of the repositories, and at least three of them, may be missing in a listing before it is held back as suspicious; 100 holds back only a listing without any.",
	}
	SuspiciousMinutes = &Known{
		Name: "suspiciousMinutes", Kind: KindInt, Default: "60", Min: 0, Max: 100_000,
		Meaning: "After how many minutes a second listing that lacks the same repositories confirms a suspicious one.",
	}
	MailDomains = &Known{
		Name: "mailDomains", Kind: KindList, Meaning: "The domains that mail may go to; none is any, for administrators.", Item: checkDomain,
	}
)

// KnownSettings lists all settings, by name.
var KnownSettings = []*Known{
	ClusterScans, CodeFloor, DependencyFloor, HookBypass, HookPosition, HookWarn, PlaintextInExports, KeepAuditDays, KeepFindingDays, KeepMailDays, KeepRemovedDays, KeepResultDays,
	KeepResults, KeepScanDays, KeepTrendDays, MailDomains, ParallelScans, RepositoryRules, RollupBranches, RollupScope, ScanOnPush,
	SuspiciousMinutes, SuspiciousShare,
}

// days is a setting of the retention.
func days(name, value, meaning string) *Known {
	return &Known{Name: name, Kind: KindInt, Default: value, Min: 1, Max: 36_500, Meaning: meaning}
}

// floors are the severities that a floor may be.
var floors = []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}

// The positions of the hook for the whole instance.
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
		return errors.New("it must be a list of names of branches such as release/**")
	}
	return nil
}

// Check says what is wrong with a value.
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

// Value gives the value of a setting, or its default.
func (s *Settings) Value(ctx context.Context, k *Known) (string, error) {
	return s.ValueIn(ctx, s.db.Read, k)
}

// ValueIn is Value within a transaction.
func (s *Settings) ValueIn(ctx context.Context, q db.Querier, k *Known) (string, error) {
	value, err := s.SettingIn(ctx, q, k.Name)
	if value == "" || k.Check(value) != nil {
		value = k.Default
	}
	return value, err
}

// Bool gives a KindBool.
func (s *Settings) Bool(ctx context.Context, k *Known) (bool, error) {
	value, err := s.Value(ctx, k)
	return value == "true", err
}

// Int gives a KindInt.
func (s *Settings) Int(ctx context.Context, k *Known) (int, error) {
	value, err := s.Value(ctx, k)
	n, _ := strconv.Atoi(value) // Value has checked it
	return n, err
}

// List gives a KindList.
func (s *Settings) List(ctx context.Context, k *Known) ([]string, error) {
	value, err := s.Value(ctx, k)
	return ListOf(value), err
}

// Slots gives how many scans of many repositories this node runs at once: ParallelScans, with 0 resolved.
func (s *Settings) Slots(ctx context.Context) (int, error) {
	n, err := s.Int(ctx, ParallelScans)
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return n, err
}
