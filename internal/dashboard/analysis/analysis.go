package analysis

import (
	"errors"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/scan/weblink"
)

// body is what the page of a branch's findings shows.
type body struct {
	head
	Filter *filter
	Rows   []row
	// Found is how many findings the filter shows.
	Found string
	// Decide is what people may decide; nil when the caller may not.
	Decide *page.Decide
}

// analysis is the page of a branch's findings.
func (s *Pages) analysis(v *page.Visit) error {
	r := v.Repository
	b, err := s.Catalog.Branch(v.Ctx(), r.ID, v.Request.URL.Query().Get("branch"))
	if err != nil {
		return err
	}
	body := body{head: newHead(v, b), Filter: newFilter(v, b.Name)}
	body.Files = s.Files.OfBranch(v, b.Name, b.Knowledge.Scanned)
	if body.Cancels, err = s.cancels(v, b); err != nil {
		return err
	}
	if s.Links != nil {
		body.Link = weblink.Safe(s.Links.Branch(r, b.Name))
	}
	if b.Knowledge.Scanned {
		if err := s.list(v, b, &body); err != nil {
			return err
		}
	}
	if v.Can(access.Writer) && len(body.Rows) > 0 {
		body.Decide = v.DecideAt(v.ToRepository(r.ProjectKey, r.Slug) + "/findings/triage")
	}
	return v.Show(http.StatusOK, analysisPage, b.Name+" in "+r.Name, body)
}

// list reads the rows, and the numbers of the filter.
func (s *Pages) list(v *page.Visit, b *catalog.Branch, body *body) error {
	f := body.Filter
	f.NewMeans = "The scan before the last one did not find it"
	if !b.IsDefault {
		base, err := s.Catalog.Branch(v.Ctx(), b.RepositoryID, "")
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		if err == nil && base.Knowledge.Scanned {
			f.stored.Base = base.ID
			f.NewMeans = "The default branch does not have it"
		}
	}
	list, err := s.Findings.OfBranch(v.Ctx(), b.ID, f.stored, f.Rows())
	if err != nil {
		return err
	}
	facets, err := s.Findings.Facets(v.Ctx(), b.ID, f.stored)
	if err != nil {
		return err
	}
	total := f.count(facets)
	for _, found := range page.Paged(&f.List, list, total) {
		body.Rows = append(body.Rows, rowOf(v, &found, b.Name))
	}
	f.Pager.Of = total
	body.Found = figure.Count(total, "finding", "findings")
	return nil
}
