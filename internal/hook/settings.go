package hook

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/ruleset"
)

// Mode says what happens to a push with secrets.
type Mode string

// The modes.
const (
	// ModeBlock refuses the push, also when it could not be checked.
	ModeBlock Mode = "block"
	// ModeWarn accepts the push and says what is wrong.
	ModeWarn Mode = "warn"
)

// UnmarshalText reads a mode's name in any case.
func (m *Mode) UnmarshalText(text []byte) error {
	switch word := Mode(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case ModeBlock, ModeWarn:
		*m = word
		return nil
	}
	return fmt.Errorf("%q is not a mode: use block or warn", string(text))
}

// Position says in which repositories the hook is on.
type Position string

// The positions.
const (
	// PositionExplicit: only where it is switched on.
	PositionExplicit Position = "explicit"
	// PositionInherited: everywhere but where it is switched off.
	PositionInherited Position = "inherited"
	// PositionAlways: everywhere, whatever a repository says.
	PositionAlways Position = "always"
)

// UnmarshalText reads a position's name in any case.
func (p *Position) UnmarshalText(text []byte) error {
	switch word := Position(strings.ToLower(strings.TrimSpace(string(text)))); word {
	case PositionExplicit, PositionInherited, PositionAlways:
		*p = word
		return nil
	}
	return fmt.Errorf("%q is not a position: use explicit, inherited or always", string(text))
}

// On reports whether the hook is on where this position holds and a repository (or its project) has switched it on or off;
// nil means neither.
func (p Position) On(own *bool) bool {
	switch p {
	case PositionAlways:
		return true
	case PositionExplicit:
		return own != nil && *own
	}
	return own == nil || *own
}

// RuleFile is a file with rules, of any form that scan/ruleset reads by its name.
type RuleFile struct {
	Name string
	Data []byte
}

// Settings are what holds for one repository.
type Settings struct {
	// Enabled is false where pushes are not checked at all.
	Enabled bool
	Mode    Mode
	// FailOn is the lowest severity that blocks; what is below it, and what a rule with "blocking: false" finds, only warns.
	// SeverityNone blocks nothing.
	FailOn scan.Severity
	// Bypass says whether a commit's message can switch the check of that commit off; see [Bypasses].
	Bypass bool
	// Rules are read in their order.
	Rules []RuleFile
	// Global are the rules of a server for all repositories, and Disabled the built-in rules that it has switched off.
	Global   []ruleset.Global
	Disabled []string
	// RepositoryRules lets the configuration of the default branch count, as it is before the push: its .sluice.yml
	// (suppressions, severities, rules) and the files of other scanners that a scan reads.
	RepositoryRules bool
	// Audit is the path of the file that decisions are written to; empty means none.
	Audit string
	// Stale says, in a sentence, why these are not the settings of today but the last ones that are known; empty when they are.
	Stale string
	// Notes are other sentences about where the settings come from.
	Notes []string
}

// DefaultSettings check every push, refuse what is HIGH or worse, and allow the bypass.
func DefaultSettings() Settings {
	return Settings{Enabled: true, Mode: ModeBlock, FailOn: scan.SeverityHigh, Bypass: true}
}

// Source gives the settings of repositories: a file, a server.
type Source interface {
	// Settings gives what holds for a repository, named "project/name". On an error the Mode that comes with it still
	// counts, because it says how the hook fails: ModeBlock unless ModeWarn is known for certain. The error names the
	// source, holds no credential, and says what to do. It returns soon after ctx has ended, and is safe for concurrent
	// use.
	Settings(ctx context.Context, repository string) (Settings, error)
}

// Fixed is a source of the same settings for every repository.
type Fixed Settings

// Settings implements [Source].
func (f Fixed) Settings(context.Context, string) (Settings, error) { return Settings(f), nil }
