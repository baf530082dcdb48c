package findings

import (
	"errors"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/scan"
)

// exportRoutes export findings as CSV.
func (s *Resource) exportRoutes() []api.Route {
	query := []api.Parameter{
		api.Optional("startDate", "only scans that ended at or after this time (ISO 8601)"), api.Optional("endDate", "only scans that ended before this time (ISO 8601)"),
		api.Optional("ruleType", "only findings of this rule"), api.Optional("engine", scan.Listed(append(scan.EngineNames(), "all"), "or")+" (the default)"),
		api.Optional("includeAllowlisted", "true includes what the repository's own files allow"), api.Optional("includeReviewed", "true includes what people have reviewed"),
	}
	ofBranch := append([]api.Parameter{api.Optional("branch", "this branch only")}, query...)
	return []api.Route{
		{
			Method: http.MethodGet, Path: "/export-report", Name: "exportAll",
			Needs: access.Grantee, Scope: "export",
			Summary: "Export all findings that you may read: a ZIP file with a CSV file for each project and an index.",
			Query:   append([]api.Parameter{api.Required("confirmExpensiveOperation", "true")}, query...),
			Gives:   api.ReturnsFile(api.ZIPType),
			Handle:  s.exportAll,
		},
		{
			Method: http.MethodGet, Path: "/export-report/projects/{projectKey}", Name: "exportProject",
			Needs: access.ProjectScanner, Scope: "export",
			Summary: "Export the findings of a project as CSV.",
			Query:   query,
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				return s.export(c, c.Project.Key, func(r *export.Report) error { return r.Project(c.Context(), c.Project) })
			},
		},
		{
			Method: http.MethodGet, Path: "/export-report/projects/{projectKey}/repos/{repoSlug}", Name: "exportRepository",
			Needs: access.Scanner, Scope: "export",
			Summary: "Export the findings of a repository, or of one of its branches, as CSV.",
			Query:   ofBranch,
			Gives:   api.ReturnsFile(api.CSVType),
			Handle: func(c *api.Call) (*api.Reply, error) {
				if c.Query("branch") != "" {
					return s.exportBranch(c)
				}
				return s.export(c, c.Project.Key+"-"+c.Repository.Slug, func(r *export.Report) error { return r.Repository(c.Context(), c.Repository, "") })
			},
		},
		{
			Method: http.MethodGet, Path: "/export-report/{projectKey}/repos/{repoSlug}", Name: "exportBranch",
			Needs: access.Scanner, Scope: "export",
			Summary: "Export the findings of one branch as CSV; without a name, of the default branch.",
			Query:   ofBranch,
			Gives:   api.ReturnsFile(api.CSVType),
			Handle:  s.exportBranch,
		},
	}
}

// export answers with one CSV file.
func (s *Resource) export(c *api.Call, name string, write func(r *export.Report) error) (*api.Reply, error) {
	r, err := s.newReport(c)
	if err != nil {
		return nil, err
	}
	filename := export.CSVName(name)
	if err := c.Record(export.ActionExported, name, ""); err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.CSVType, Filename: filename, Stream: func(w io.Writer) error {
		r.Begin(w)
		if err := errors.Join(r.Send(), write(r)); err != nil {
			return err
		}
		return errors.Join(r.Send(), r.Tell(name))
	}}, nil
}

func (s *Resource) exportBranch(c *api.Call) (*api.Reply, error) {
	b, err := c.Branch("branch")
	if err != nil {
		return nil, err
	}
	return s.export(c, export.BranchName(c.Repository, b.Name), func(r *export.Report) error { return r.Repository(c.Context(), c.Repository, b.Name) })
}

// newReport makes the report that the caller asks for.
func (s *Resource) newReport(c *api.Call) (*export.Report, error) {
	r := &export.Report{Findings: s.Findings, Catalog: s.Catalog, Caller: c.Caller, BasePath: s.BasePath, Flush: c.Flush, Record: c.Record}
	err := c.Between(&r.From, &r.To)
	if err != nil {
		return nil, err
	}
	if r.Filter, err = s.occurrenceFilter(c, c.Query("ruleType")); err != nil {
		return nil, err
	}
	if c.Query("engine") == "" {
		r.Filter.Engine = ""
	}
	plain, err := export.MayReveal(c.Context(), s.Settings, c.Caller)
	if plain {
		r.Lines = s.Lines
	}
	return r, err
}

// exportAll answers with a ZIP file of CSV files and an index.
func (s *Resource) exportAll(c *api.Call) (*api.Reply, error) {
	if c.Query("confirmExpensiveOperation") != "true" {
		return nil, api.BadRequest("this reads all findings: confirm it with confirmExpensiveOperation=true")
	}
	r, err := s.newReport(c)
	if err != nil {
		return nil, err
	}
	if err := c.Record(export.ActionExported, export.Everything, ""); err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.ZIPType, Filename: export.EverythingFile, Stream: func(w io.Writer) error {
		return r.Everything(c.Context(), s.Catalog, s.Now(), w)
	}}, nil
}
