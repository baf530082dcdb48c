// Package findings answers what scans have found: findings one by one with their triage, the result of a branch, and reports as CSV.
//
// The text of a finding is in no table. It comes through [Lines], for callers who may write to the repository; all others get the masked
// excerpt.
package findings

import (
	"context"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/accounts"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/queue"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Findings are what scans found. What is not there, or not visible, is db.ErrNotFound.
type Findings interface {
	// List lists findings, the newest first.
	List(ctx context.Context, v *scope.Visible, filter findings.Filter, limit int) ([]findings.Listed, error)
	Get(ctx context.Context, v *scope.Visible, id int64) (*findings.Listed, error)
	// Triage stores what people decided about a finding.
	Triage(ctx context.Context, f *findings.Finding) error
	// Occurrences lists the places of findings in a branch behind a key, in the order of the keys.
	Occurrences(ctx context.Context, branch int64, filter findings.OccurrenceFilter, after findings.OccurrenceKey, limit int) ([]findings.Occurrence, error)
	// ReportBranches lists the branches behind an id whose results are of a time.
	ReportBranches(ctx context.Context, repository int64, from, to time.Time, after int64, limit int) ([]findings.ReportBranch, error)
}

// Catalog lists what there is.
type Catalog interface {
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Accounts are those that findings may be assigned to.
type Accounts interface {
	Get(ctx context.Context, name string) (*accounts.Account, error)
}

// Settings are those of the instance.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

// Scans finds the scan with a key and makes its repository the place of the call. The error is the answer for the caller.
type Scans interface {
	Find(c *api.Call, key string) (*queue.Item, error)
}

// RuleNames gives the id under which the findings of a rule are kept, for the repository of the call. The error is the answer for the caller.
type RuleNames interface {
	ID(c *api.Call, name string) (string, error)
}

// Resource answers the routes of findings. All fields but Lines are required.
type Resource struct {
	Findings  Findings
	Catalog   Catalog
	Accounts  Accounts
	Settings  Settings
	Scans     Scans
	RuleNames RuleNames
	// Lines reads the text of findings; nil shows everybody the masked excerpts.
	Lines Lines
	Now   func() time.Time
	// BasePath is in front of the addresses of findings.
	BasePath string
}

// Routes are its routes.
func (s *Resource) Routes() []api.Route {
	return append(s.resultRoutes(), append(s.findingRoutes(), s.exportRoutes()...)...)
}
