// Package hooks serves the checks of pushes: the hook's settings by place, in the format of Bitbucket's own API, and the
// calls of the hook client.
package hooks

import (
	"context"

	"github.com/sluice-scan/sluice/internal/hookmode"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/policy"
)

// Settings returns and changes the settings of the instance and, by the name of a place, those of the hook.
type Settings interface {
	hookmode.Settings

	SetHook(ctx context.Context, place string, enabled bool, warn *bool) error
	// SetHookMode changes the mode of a place that has its own setting; own is false if it has none.
	SetHookMode(ctx context.Context, place string, warn bool) (own bool, err error)
	InheritHook(ctx context.Context, place string) error
}

// Policy returns the rules for all repositories.
type Policy interface {
	RuleSet(ctx context.Context) (*policy.RuleSet, error)
}

// Reviewed returns the texts that are reviewed for a repository. Errors are answers for the caller.
type Reviewed interface {
	EachText(ctx context.Context, repository int64, do func(text string) error) error
}

// Trail is the audit log.
type Trail interface {
	AddAll(ctx context.Context, list []audit.Event) error
}

// Resource serves the routes of hooks. All fields are required.
type Resource struct {
	Settings Settings
	Policy   Policy
	Reviewed Reviewed
	Trail    Trail
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route { return append(s.settingRoutes(), s.clientRoutes()...) }
