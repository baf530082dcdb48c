// Package reviewed shows which texts people reviewed, and lets those who may add, remove, download and upload them. The
// texts are secrets: no page has one; only the file that somebody asks for does, and the audit log records that.
package reviewed

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/reviewed"
	"github.com/sluice-scan/sluice/internal/seal"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/reviews"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Reviews stores reviews, with encrypted texts. Repository 0 means all repositories. It is called by many requests at
// once.
type Reviews interface {
	reviewed.Reviews
	// List lists the reviews of a repository, newest first.
	List(ctx context.Context, repository int64, page db.Page) ([]reviews.Review, error)
	// Counts lists the visible repositories that have reviews.
	Counts(ctx context.Context, v *scope.Visible) ([]reviews.Count, error)
	// Add adds or changes reviews and returns the number of new ones.
	Add(ctx context.Context, k reviews.Sealer, repository int64, by string, list []reviews.NewReview) (int, error)
	Remove(ctx context.Context, k reviews.Sealer, repository int64, list []reviews.RemoveReview) (int, error)
	// RemoveID removes one review; db.ErrNotFound if there is none.
	RemoveID(ctx context.Context, repository, id int64) error
}

//go:embed templates
var files embed.FS

var (
	listPage    = page.Parse(files, "list")
	refusedPage = page.Parse(files, "refused")
)

// Pages are the pages of this room.
type Pages struct {
	Reviews Reviews
	// Keys hash and seal the texts; nil means that the server has no master key.
	Keys *seal.Keys
}

const (
	tab = "Reviewed"
	// ofRepository is the path of the reviews of a repository.
	ofRepository = page.RepositoryPath + "/reviewed"
	// aroundFile is what a form has beside its file, in bytes.
	aroundFile = 64 << 10
	// aroundText is what a form has beside a text, in bytes; a text may be three times as long in a form.
	aroundText = 1 << 20
)

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: "/reviewed", Needs: access.SignedIn, Tab: tab, Handle: s.list},
		{Method: http.MethodPost, Path: "/reviewed/add", Needs: access.Grantee, Tab: tab, Form: aroundText, Handle: s.add},
		{Method: http.MethodPost, Path: "/reviewed/remove", Needs: access.Grantee, Tab: tab, Handle: s.remove},
		{Method: http.MethodPost, Path: "/reviewed/export", Needs: access.Grantee, Tab: tab, Handle: s.export},
		{Method: http.MethodPost, Path: "/reviewed/import", Needs: access.Grantee, Tab: tab, Form: reviewed.MaxFile + aroundFile, Handle: s.upload},
		{Method: http.MethodGet, Path: ofRepository, Needs: access.Writer, Tab: tab, Handle: s.list},
		{Method: http.MethodPost, Path: ofRepository + "/add", Needs: access.Writer, Tab: tab, Form: aroundText, Handle: s.add},
		{Method: http.MethodPost, Path: ofRepository + "/remove", Needs: access.Writer, Tab: tab, Handle: s.remove},
		{Method: http.MethodPost, Path: ofRepository + "/export", Needs: access.Writer, Tab: tab, Handle: s.export},
	}
}

// Words of what an action has done, as page.Core.Done has them.
const (
	DoneAdded   = "reviewed"
	DoneRemoved = "unreviewed"
)

// done are the sentences of what an action has done.
var done = map[string]string{
	DoneAdded: "Reviewed. Findings of these texts no longer count.", DoneRemoved: "Removed. Findings of these texts count again.",
}

// keys returns the keys, or an error for people if there are none.
func (s *Pages) keys() (*seal.Keys, error) {
	if s.Keys == nil {
		return nil, &page.Problem{Status: http.StatusServiceUnavailable, Title: "Reviewing is not set up", Text: "This server runs without a master key, so that it cannot keep texts. The documentation of the server says how to set one."}
	}
	return s.Keys, nil
}

// place is the repository of the visit, 0 for all, with the path of its reviews.
func place(v *page.Visit) (repository int64, path string) {
	if r := v.Repository; r != nil {
		return r.ID, v.ToRepository(r.ProjectKey, r.Slug) + "/reviewed"
	}
	return 0, v.Core.BasePath + "/reviewed"
}

// Done are the sentences of what an action here has done.
func (s *Pages) Done() map[string]string { return done }
