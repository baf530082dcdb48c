// Package findings serves the findings of scans: findings with their triage, the result of a branch, and reports as CSV.
//
// The store does not have the text of a finding. It comes from package quote, for callers who may write to the repository. All
// others get the masked excerpt.
package findings

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Findings stores findings. What does not exist or is not visible is db.ErrNotFound.
type Findings interface {
	// List lists findings, newest first.
	List(ctx context.Context, v *scope.Visible, filter findings.Filter, limit int) ([]findings.Listed, error)
	Get(ctx context.Context, v *scope.Visible, id int64) (*findings.Listed, error)
	// Triage stores a decision about a finding.
	Triage(ctx context.Context, f *findings.Finding) error
	// Occurrences lists the occurrences of a branch after a key, in the order of the keys.
	Occurrences(ctx context.Context, branch int64, filter findings.OccurrenceFilter, after findings.OccurrenceKey, limit int) ([]findings.Occurrence, error)
	// ReportBranches lists the branches after an id whose results are from a period of time.
	ReportBranches(ctx context.Context, repository int64, from, to time.Time, after int64, limit int) ([]findings.ReportBranch, error)
}

// Catalog lists projects, repositories and branches.
type Catalog interface {
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Accounts looks up accounts to which findings are assigned.
type Accounts interface {
	Get(ctx context.Context, name string) (*accounts.Account, error)
}

// Settings returns the settings of the instance.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

// Scans finds the scan with a key and makes its repository the place of the call. Errors are answers for the caller.
type Scans interface {
	Find(c *api.Call, key string) (*queue.Item, error)
}

// RuleNames returns the id under which findings of a rule are stored, for the repository of the call. Errors are answers
// for the caller.
type RuleNames interface {
	ID(c *api.Call, name string) (string, error)
}

// Resource serves the routes of findings. All fields except Lines are required.
type Resource struct {
	Findings  Findings
	Catalog   Catalog
	Accounts  Accounts
	Settings  Settings
	Scans     Scans
	RuleNames RuleNames
	// Lines reads the text of findings; nil means that everybody sees masked excerpts.
	Lines quote.Lines
	Now   func() time.Time
	// BasePath is the prefix of the addresses of findings.
	BasePath string
}

// Routes returns the routes of the resource.
func (s *Resource) Routes() []api.Route {
	return append(s.resultRoutes(), append(s.findingRoutes(), s.exportRoutes()...)...)
}
