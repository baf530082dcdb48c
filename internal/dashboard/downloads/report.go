package downloads

import (
	"errors"
	"io"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/store/findings"
)

const zipType = "application/zip"

// newReport makes a report with everything that was found, also what does not count. It has the texts of secrets where the
// instance and the caller's rights allow it.
func (s *Pages) newReport(v *page.Visit) (*export.Report, error) {
	r := &export.Report{
		Findings: s.Findings, Catalog: s.Catalog, Caller: v.Caller, BasePath: v.Core.BasePath, Filter: findings.OccurrenceFilter{Allowed: true, Reviewed: true}, Flush: v.Flush, Record: v.Record,
	}
	plain, err := export.MayReveal(v.Ctx(), s.Settings, v.Caller)
	if plain {
		r.Lines = s.Lines
	}
	return r, err
}

// answer answers with a file of a report. of names what it is about in the audit log.
func (s *Pages) answer(v *page.Visit, of, kind, name string, write func(r *export.Report, w io.Writer) error) error {
	r, err := s.newReport(v)
	if err != nil {
		return err
	}
	if err := v.Record(export.ActionExported, of, ""); err != nil {
		return err
	}
	return v.Download(kind, name, func(w io.Writer) error { return write(r, w) })
}

// csv answers with one CSV file.
func (s *Pages) csv(v *page.Visit, of string, write func(r *export.Report) error) error {
	return s.answer(v, of, page.CSVType, export.CSVName(of), func(r *export.Report, w io.Writer) error {
		r.Begin(w)
		if err := write(r); err != nil {
			return err
		}
		return errors.Join(r.Send(), r.Tell(of))
	})
}

// everything is a file with all findings that the caller may read.
func (s *Pages) everything(v *page.Visit) error {
	return s.answer(v, export.Everything, zipType, export.EverythingFile, func(r *export.Report, w io.Writer) error {
		return r.Everything(v.Ctx(), s.Catalog, v.Now, w)
	})
}

// project is a file with the findings of a project.
func (s *Pages) project(v *page.Visit) error {
	return s.csv(v, v.Project.Key, func(r *export.Report) error { return r.Project(v.Ctx(), v.Project) })
}

// repository is a file with the findings of a repository, or of the branch that the address names.
func (s *Pages) repository(v *page.Visit) error {
	of, branch := v.Repository.ProjectKey+"-"+v.Repository.Slug, v.Request.URL.Query().Get("branch")
	if branch != "" {
		b, err := s.Catalog.Branch(v.Ctx(), v.Repository.ID, branch)
		if err != nil {
			return err
		}
		branch, of = b.Name, export.BranchName(v.Repository, b.Name)
	}
	return s.csv(v, of, func(r *export.Report) error { return r.Repository(v.Ctx(), v.Repository, branch) })
}
