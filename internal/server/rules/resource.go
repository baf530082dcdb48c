// Package rules serves the rules for secrets: the built-in ones, those that administrators add, and those of a
// repository.
package rules

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Policy stores the rules for all repositories. An unknown rule is db.ErrNotFound.
type Policy interface {
	// Rules lists the added rules.
	Rules(ctx context.Context) ([]policy.Rule, error)
	// BuiltinRules returns the built-in rules that were switched: whether each is on.
	BuiltinRules(ctx context.Context) (map[string]bool, error)
	// AddRule returns the id of the new rule; db.ErrExists if the name is taken.
	AddRule(ctx context.Context, r *policy.Rule) (int64, error)
	// EditRule changes a rule by edit. An error of edit cancels the change.
	EditRule(ctx context.Context, id int64, edit func(r *policy.Rule) error) error
	RemoveRule(ctx context.Context, id int64) error
	SwitchBuiltin(ctx context.Context, ids []string, enabled bool) error
}

// Findings knows the rules that have findings.
type Findings interface {
	// RuleSeen returns the id of a rule by its name or id; db.ErrNotFound if it has no finding in the repository.
	RuleSeen(ctx context.Context, repository int64, name string) (string, error)
}

// Settings returns the settings of the instance.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

// Files reads the content of a file at the head of a branch of the repository at a location. The content is nil if the
// file or the branch does not exist, or if the name of the branch is empty. It must be safe for concurrent use.
type Files interface {
	File(ctx context.Context, location, branch, path string) ([]byte, error)
}

// Resource serves the routes of rules.
type Resource struct {
	Policy   Policy
	Findings Findings
	Settings Settings
	// Files may be nil; then repositories have no rules of their own.
	Files Files
}
