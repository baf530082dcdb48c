package findings

import (
	"archive/zip"
	"errors"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
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
				return s.export(c, c.Project.Key, func(r *report) error { return r.project(c.Project) })
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
				return s.export(c, c.Project.Key+"-"+c.Repository.Slug, func(r *report) error { return r.repository(c.Repository, "") })
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
func (s *Resource) export(c *api.Call, name string, write func(r *report) error) (*api.Reply, error) {
	r, err := s.newReport(c)
	if err != nil {
		return nil, err
	}
	filename := "sluice-" + api.FileName(name) + ".csv"
	if err := c.Record("report.exported", name, ""); err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.CSVType, Filename: filename, Stream: func(w io.Writer) error {
		r.begin(w)
		if err := errors.Join(r.flush(), write(r)); err != nil {
			return err
		}
		return errors.Join(r.flush(), r.tell(name))
	}}, nil
}

func (s *Resource) exportBranch(c *api.Call) (*api.Reply, error) {
	b, err := c.Branch("branch")
	if err != nil {
		return nil, err
	}
	return s.export(c, c.Project.Key+"-"+c.Repository.Slug+"-"+b.Name, func(r *report) error { return r.repository(c.Repository, b.Name) })
}

// exportAll answers with a ZIP file of CSV files and an index. The index comes last, because it contains counts.
func (s *Resource) exportAll(c *api.Call) (*api.Reply, error) {
	if c.Query("confirmExpensiveOperation") != "true" {
		return nil, api.BadRequest("this reads all findings: confirm it with confirmExpensiveOperation=true")
	}
	r, err := s.newReport(c)
	if err != nil {
		return nil, err
	}
	if err := c.Record("report.exported", "Everything", ""); err != nil {
		return nil, err
	}
	return &api.Reply{Status: http.StatusOK, ContentType: api.ZIPType, Filename: "sluice-report.zip", Stream: func(w io.Writer) error {
		archive := zip.NewWriter(w)
		index := [][]string{{"project_key", "project_name", "file", "findings"}}
		if err := r.all(archive, &index); err != nil {
			return err
		}
		file, err := archive.Create("index.csv")
		if err != nil {
			return err
		}
		r.begin(file, index[0]...)
		for _, row := range index[1:] {
			if err := r.write(row); err != nil {
				return err
			}
		}
		r.csv.Flush()
		return errors.Join(r.csv.Error(), archive.Close(), r.tell("Everything"))
	}}, nil
}
