// Package finding shows one finding: its code, what to do, where else it is, and what was decided. It takes decisions about
// one or several findings, and shows a text to those who may see it.
package finding

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/triage"
	"github.com/sluice-scan/sluice/scan"
)

// Catalog is what there is. It is called by many requests at once.
type Catalog interface {
	// Branch returns a branch by its name; db.ErrNotFound if there is none.
	Branch(ctx context.Context, repository int64, name string) (*catalog.Branch, error)
}

// Findings are the results of scans. It is called by many requests at once.
type Findings interface {
	// Get returns a finding; db.ErrNotFound if the caller may not read its repository.
	Get(ctx context.Context, v *scope.Visible, id int64) (*findings.Listed, error)
	// ByID returns findings, without those of repositories that the caller may not read.
	ByID(ctx context.Context, v *scope.Visible, ids []int64) ([]findings.Listed, error)
	// Places lists where a finding is in a branch.
	Places(ctx context.Context, finding, branch int64, limit int) ([]findings.Occurrence, error)
	// SecretsIn lists where secrets are in lines of a file.
	SecretsIn(ctx context.Context, branch int64, path, commit string, first, last int) ([]scan.Position, error)
	// Elsewhere lists the branches with the same problem in all repositories that the caller may read.
	Elsewhere(ctx context.Context, v *scope.Visible, f *findings.Finding, limit int) ([]findings.Elsewhere, error)
	// Decisions lists what was decided about a finding, newest first.
	Decisions(ctx context.Context, finding int64, limit int) ([]findings.Decision, error)
	// TriageAll stores decisions about findings, all or none.
	TriageAll(ctx context.Context, list []*findings.Finding) error
}

// Source reads files of repositories. It is called by many requests at once.
type Source interface {
	quote.Lines
	// Content returns a file of a commit as scans see it. An error means that it cannot be read; its text is not shown to
	// anybody.
	Content(ctx context.Context, location, commit, path string) (*scan.Content, error)
}

// Links are public addresses of lines. It is called by many requests at once.
type Links interface {
	// Line is the address of a line of a file in a commit, or of the file for line 0; empty where that is not known.
	Line(r *catalog.Repository, commit, path string, line int) string
}

//go:embed templates
var files embed.FS

var (
	findingPage = page.Parse(files, "finding")
	refusedPage = page.Parse(files, "refused")
)

// Pages are the pages of this room.
type Pages struct {
	Catalog  Catalog
	Findings Findings
	Accounts triage.Accounts
	// Source is nil where repositories cannot be read; then pages show what the store has.
	Source Source
	// Redact knows which parts of a file no page may show. It is required where there is a Source.
	Redact scan.Redactor
	// Rule describes a rule of an engine; ok is false for one that nobody described.
	Rule func(e scan.Engine, id string) (r scan.Rule, ok bool)
	// Links is nil where no address is known.
	Links Links
}

const tab = "Projects"

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/findings/{finding}", Needs: access.SignedIn, Tab: tab, Handle: s.show},
		{Method: http.MethodPost, Path: "/findings/triage", Needs: access.SignedIn, Tab: "Findings", Handle: s.decide},
		{Method: http.MethodPost, Path: page.RepositoryPath + "/findings/triage", Needs: access.Writer, Tab: tab, Handle: s.decide},
		{Method: http.MethodPost, Path: page.RepositoryPath + "/findings/{finding}/reveal", Needs: access.Writer, Tab: tab, Handle: s.reveal},
	}
}

// Done are the sentences of what the forms of this room have done.
func (s *Pages) Done() map[string]string {
	return map[string]string{
		"accepted": "Accepted. It does not count until the acceptance ends.", "false-positive": "Marked as a false positive. It no longer counts.",
		"in-review": "In review. It counts until somebody decides.", "reopened": "Open again.", "assigned": "Assigned.", "commented": "The comment is saved.",
	}
}
