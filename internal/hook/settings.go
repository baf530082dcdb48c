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
	// ModeWarn accepts the push and reports the problems.
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

// Position says for which repositories the hook is on.
type Position string

// The positions.
const (
	// PositionExplicit: only for repositories that switch it on.
	PositionExplicit Position = "explicit"
	// PositionInherited: for all repositories that do not switch it off.
	PositionInherited Position = "inherited"
	// PositionAlways: for all repositories, whatever they say.
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

// On reports whether the hook is on for a repository under this position. own is the choice of the repository (or its
// project); nil means no choice.
func (p Position) On(own *bool) bool {
	switch p {
	case PositionAlways:
		return true
	case PositionExplicit:
		return own != nil && *own
	}
	return own == nil || *own
}

// RuleFile is a file with rules, in any format that scan/ruleset recognizes by the file name.
type RuleFile struct {
	Name string
	Data []byte
}

// Settings apply to one repository.
type Settings struct {
	// Enabled is false if pushes are not checked at all.
	Enabled bool
	Mode    Mode
	// FailOn is the lowest severity that blocks. Findings below it, and findings of a rule with "blocking: false", only
	// warn. SeverityNone blocks nothing.
	FailOn scan.Severity
	// Bypass says whether a commit message can switch off the check of that commit; see [Bypasses].
	Bypass bool
	// Rules are read in this order.
	Rules []RuleFile
	// Global are a server's rules for all repositories. Disabled are the built-in rules that it has switched off.
	Global   []ruleset.Global
	Disabled []string
	// RepositoryRules applies the configuration of the default branch, as it is before the push: its .sluice.yml
	// (suppressions, severities, rules) and the files of other scanners that a scan reads.
	RepositoryRules bool
	// Audit is the path of the audit log; empty means no log.
	Audit string
	// Stale says in a sentence why these are the last known settings and not the current ones; empty if they are current.
	Stale string
	// Notes are other sentences about the origin of the settings.
	Notes []string
}

// DefaultSettings check every push, refuse findings of HIGH or worse, and allow the bypass.
func DefaultSettings() Settings {
	return Settings{Enabled: true, Mode: ModeBlock, FailOn: scan.SeverityHigh, Bypass: true}
}

// Source gives the settings of repositories: a file or a server.
type Source interface {
	// Settings returns the settings of a repository, named "project/name". On an error the returned Mode still counts,
	// because it decides how the hook fails: ModeBlock unless ModeWarn is certain. The error names the source, contains no
	// credential, and says what to do. Settings returns soon after ctx has ended, and is safe for concurrent use.
	Settings(ctx context.Context, repository string) (Settings, error)
}

// Fixed is a source with the same settings for every repository.
type Fixed Settings

// Settings implements [Source].
func (f Fixed) Settings(context.Context, string) (Settings, error) { return Settings(f), nil }
