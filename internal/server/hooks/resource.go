// Package hooks answers what checks pushes: the settings of the hook by place, as Bitbucket's own API has them, and what a hook client asks and
// reports.
package hooks

import (
	"context"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Settings are those of the instance, and those of the hook by the name of a place.
type Settings interface {
	Value(ctx context.Context, k *settings.Known) (string, error)
	Bool(ctx context.Context, k *settings.Known) (bool, error)
	// HookSetting gives the setting of a place itself; nil when it inherits.
	HookSetting(ctx context.Context, place string) (*settings.HookSetting, error)
	SetHook(ctx context.Context, place string, enabled bool, warn *bool) error
	// SetHookMode changes the mode of a place that has a setting of its own; own is false when it has none.
	SetHookMode(ctx context.Context, place string, warn bool) (own bool, err error)
	InheritHook(ctx context.Context, place string) error
}

// Policy holds the rules of all repositories.
type Policy interface {
	RuleSet(ctx context.Context) (*policy.RuleSet, error)
}

// Reviewed gives the texts that are reviewed for a repository. The error is the answer for the caller.
type Reviewed interface {
	EachText(ctx context.Context, repository int64, do func(text string) error) error
}

// Trail is the audit log.
type Trail interface {
	AddAll(ctx context.Context, list []audit.Event) error
}

// Resource answers the routes of hooks. All fields are required.
type Resource struct {
	Settings Settings
	Policy   Policy
	Reviewed Reviewed
	Trail    Trail
}

// Routes are its routes.
func (s *Resource) Routes() []api.Route { return append(s.settingRoutes(), s.clientRoutes()...) }
