// Package rules answers which rules look for secrets: the built-in ones, those that administrators add, and those of a repository.
package rules

import (
	"context"

	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Policy holds the rules of all repositories. What is not there is db.ErrNotFound.
type Policy interface {
	// Rules lists the rules that were added.
	Rules(ctx context.Context) ([]policy.Rule, error)
	// BuiltinRules says which built-in rules were switched, and how.
	BuiltinRules(ctx context.Context) (map[string]bool, error)
	// AddRule gives the id of the new rule; db.ErrExists when a rule has its name.
	AddRule(ctx context.Context, r *policy.Rule) (int64, error)
	// EditRule changes a rule by edit, whose error stops the change.
	EditRule(ctx context.Context, id int64, edit func(r *policy.Rule) error) error
	RemoveRule(ctx context.Context, id int64) error
	SwitchBuiltin(ctx context.Context, ids []string, enabled bool) error
}

// Findings know the rules that have findings.
type Findings interface {
	// RuleSeen gives the id of a rule by its name or id; db.ErrNotFound when it has no finding in the repository.
	RuleSeen(ctx context.Context, repository int64, name string) (string, error)
}

// Settings are those of the instance.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

// Files reads the content of a file at the head of a branch of the repository at a location; nil when the file or the branch does not exist,
// or the name of the branch is empty. It is called by many requests at once.
type Files interface {
	File(ctx context.Context, location, branch, path string) ([]byte, error)
}

// Resource answers the routes of rules.
type Resource struct {
	Policy   Policy
	Findings Findings
	Settings Settings
	// Files may be nil; then repositories have no rules of their own.
	Files Files
}
