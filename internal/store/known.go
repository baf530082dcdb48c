package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
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
	MailDomains = &Known{
		Name: "mailDomains", Kind: KindList, Meaning: "The domains that mail may go to; none is any, for administrators.", Item: checkDomain,
	}
)

// KnownSettings lists all settings, by name.
var KnownSettings = []*Known{ClusterScans, HookBypass, HookPosition, HookWarn, PlaintextInExports, MailDomains, ParallelScans, RepositoryRules}

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
		for _, item := range listOf(value) {
			if err := k.Item(item); err != nil {
				return err
			}
		}
	}
	return nil
}

func listOf(value string) []string {
	var list []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return list
}

// Value gives the value of a setting, or its default.
func (s *Store) Value(ctx context.Context, k *Known) (string, error) {
	value, err := s.Setting(ctx, k.Name)
	if value == "" || k.Check(value) != nil {
		value = k.Default
	}
	return value, err
}

// Bool gives a KindBool.
func (s *Store) Bool(ctx context.Context, k *Known) (bool, error) {
	value, err := s.Value(ctx, k)
	return value == "true", err
}

// Int gives a KindInt.
func (s *Store) Int(ctx context.Context, k *Known) (int, error) {
	value, err := s.Value(ctx, k)
	n, _ := strconv.Atoi(value) // Value has checked it
	return n, err
}

// List gives a KindList.
func (s *Store) List(ctx context.Context, k *Known) ([]string, error) {
	value, err := s.Value(ctx, k)
	return listOf(value), err
}

// Slots gives how many scans of many repositories this node runs at once: ParallelScans, with 0 resolved.
func (s *Store) Slots(ctx context.Context) (int, error) {
	n, err := s.Int(ctx, ParallelScans)
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	return n, err
}

// SetKnown sets several settings at once, whose values were checked; the results of branches are compared with the rules when
// one of them changes those. A value that is the default is stored too: it stays when the default changes.
func (s *Store) SetKnown(ctx context.Context, values map[*Known]string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if err := s.lockPolicy(ctx, tx, true); err != nil {
			return err
		}
		for k, value := range values {
			if err := s.put(ctx, tx, k.Name, value); err != nil {
				return err
			}
		}
		if _, ok := values[RepositoryRules]; ok {
			return s.reviseRules(ctx, tx)
		}
		return nil
	})
}
