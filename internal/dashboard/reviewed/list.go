package reviewed

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/display"
)

// Texts of people are shown up to these widths, so that a page stays small.
const (
	maxRule    = 80
	maxComment = 300
	// maxRepositories limits the list of repositories.
	maxRepositories = 300
)

// row is a review in the list.
type row struct {
	ID, Rule, Comment, By string
	At                    figure.Moment
	// Expires is empty for a review that does not end. Expired is true if it has ended.
	Expires string
	Expired bool
}

// repositoryRow is a repository that has reviews.
type repositoryRow struct {
	Project, Name, Path, Reviews string
}

type listBody struct {
	Heading string
	// Above are the levels above the reviews of a repository.
	Above []page.Link
	// Path is the address of the page, which its forms begin with.
	Path string
	// Global is true if the reviews for all repositories are shown. Upload is true where a file may be sent.
	Global, Upload bool
	// Shown is true if the caller may see the reviews; without it, the page lists repositories alone.
	Shown bool
	// Ready is true if the server can keep texts.
	Ready        bool
	List         *page.List
	Rows         []row
	Repositories []repositoryRow
	// Place is the repository that somebody looks for, and NoPlace says that there is none.
	Place, NoPlace string
	// MoreRepositories counts those that are not listed.
	MoreRepositories int
}

func (s *Pages) list(v *page.Visit) error {
	repository, path := place(v)
	wanted := strings.TrimSpace(v.Request.URL.Query().Get("place"))
	missing := ""
	if repository == 0 && wanted != "" {
		at, err := v.Core.Places.FindNamed(v.Ctx(), v.Visible, wanted)
		switch {
		case err != nil && !errors.Is(err, db.ErrNotFound):
			return err
		case err == nil && at.Repository != nil && v.MayWrite(at.Repository):
			v.Redirect(v.ToRepository(at.Repository.ProjectKey, at.Repository.Slug) + "/reviewed")
			return nil
		}
		missing = display.CutEnd(display.Line(wanted), maxRule)
	}
	l := v.List()
	b := listBody{Heading: "Reviewed texts", Path: path, Ready: s.Keys != nil, Global: repository == 0, List: &l, Place: wanted, NoPlace: missing}
	if r := v.Repository; r != nil {
		b.Heading, b.Shown = "Reviewed texts of "+r.Name, true
		b.Above = []page.Link{{Text: "Projects", Path: v.Home()}, {Text: r.ProjectName, Path: v.ToProject(r.ProjectKey)}, {Text: r.Name, Path: v.ToRepository(r.ProjectKey, r.Slug)}}
	} else {
		b.Shown = v.Can(access.Grantee)
		b.Upload = b.Shown
		counts, err := s.Reviews.Counts(v.Ctx(), v.Visible)
		if err != nil {
			return err
		}
		for i := range counts {
			c := &counts[i]
			switch {
			case !v.MayWrite(&catalog.Repository{ProjectKey: c.ProjectKey, Slug: c.Slug}):
			case len(b.Repositories) == maxRepositories:
				b.MoreRepositories++
			default:
				b.Repositories = append(b.Repositories, repositoryRow{c.ProjectName, c.RepositoryName, v.ToRepository(c.ProjectKey, c.Slug) + "/reviewed", figure.Thousands(c.Reviews)})
			}
		}
	}
	if b.Shown {
		list, err := s.Reviews.List(v.Ctx(), repository, l.Rows())
		if err != nil {
			return err
		}
		for _, r := range page.Paged(&l, list, 0) {
			x := row{ID: db.Key(r.ID), Rule: display.CutEnd(display.Words(r.Rule), maxRule), Comment: display.CutEnd(display.Words(r.Comment), maxComment), By: r.By, At: figure.Ago(r.At, v.Now)}
			if !r.Expires.IsZero() {
				x.Expires, x.Expired = r.Expires.UTC().Format(time.DateOnly), !r.Expires.After(v.Now)
			}
			b.Rows = append(b.Rows, x)
		}
	}
	return v.Show(http.StatusOK, listPage, b.Heading, b)
}
