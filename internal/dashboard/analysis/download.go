package analysis

import (
	"errors"
	"io"
	"net/url"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/format"
)

const csvType = "text/csv; charset=utf-8"

// filesOf are the files about a branch that the caller may have.
func (s *Pages) filesOf(v *page.Visit, b *catalog.Branch) (list []page.Link) {
	path, branch := v.ToRepository(v.Repository.ProjectKey, v.Repository.Slug), url.QueryEscape(b.Name)
	if b.Knowledge.Scanned && v.Can(access.Scanner) {
		list = append(list, page.Link{Text: "CSV", Path: path + "/report?branch=" + branch})
	}
	if s.SBOMs != nil {
		list = append(list, page.Link{Text: "CycloneDX", Path: path + "/sbom?branch=" + branch}, page.Link{Text: "SPDX", Path: path + "/sbom?branch=" + branch + "&format=" + string(format.SPDX)})
	}
	return list
}

// report is a file with all findings of a branch.
func (s *Pages) report(v *page.Visit) error {
	b, err := s.Catalog.Branch(v.Ctx(), v.Repository.ID, v.Request.URL.Query().Get("branch"))
	if err != nil {
		return err
	}
	r := &export.Report{
		Findings: s.Findings, Catalog: s.Catalog, Caller: v.Caller, BasePath: v.Core.BasePath, Filter: findings.OccurrenceFilter{Allowed: true, Reviewed: true}, Flush: v.Flush, Record: v.Record,
	}
	plain, err := export.MayReveal(v.Ctx(), s.Settings, v.Caller)
	if err != nil {
		return err
	}
	if plain {
		r.Lines = s.Lines
	}
	name := export.BranchName(v.Repository, b.Name)
	if err := v.Record("report.exported", name, ""); err != nil {
		return err
	}
	return v.Download(csvType, export.CSVName(name), func(w io.Writer) error {
		r.Begin(w)
		if err := r.Repository(v.Ctx(), v.Repository, b.Name); err != nil {
			return err
		}
		return errors.Join(r.Send(), r.Tell(name))
	})
}

// sbom is a file with the dependencies of a branch.
func (s *Pages) sbom(v *page.Visit) error {
	q := v.Request.URL.Query()
	name := format.Name(q.Get("format"))
	if name == "" {
		name = format.CycloneDX
	}
	kind, ok := export.SBOMTypes[name]
	if !ok || s.SBOMs == nil {
		return page.NotFound("This server makes no such file.")
	}
	b, err := s.Catalog.Branch(v.Ctx(), v.Repository.ID, q.Get("branch"))
	if err != nil {
		return err
	}
	write, err := s.SBOMs.SBOM(v.Ctx(), v.Repository, b.Name, name)
	if errors.Is(err, db.ErrNotFound) {
		return page.NotFound("The branch was deleted.")
	}
	if err != nil {
		return err
	}
	return v.Download(kind, export.SBOMName(v.Repository, b.Name, name), write)
}
