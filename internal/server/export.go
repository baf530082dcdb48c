package server

import (
	"archive/zip"
	"errors"
	"io"
	"net/http"

	"github.com/sluice-scan/sluice/scan"
)

// exportRoutes write reports of findings as CSV.
func (s *Server) exportRoutes() []route {
	query := []parameter{
		{"startDate", "findings of scans that ended at or after it (ISO 8601)", false}, {"endDate", "findings of scans that ended before it (ISO 8601)", false},
		{"ruleType", "findings of this rule only", false}, {"engine", scan.Listed(append(scan.EngineNames(), "all"), "or") + " (the default)", false},
		{"includeAllowlisted", "true adds what the repository's own files allow", false}, {"includeReviewed", "true adds what people have reviewed", false},
	}
	ofBranch := append([]parameter{{"branch", "this branch only", false}}, query...)
	return []route{
		{
			method: http.MethodGet, path: "/export-report", name: "exportAll",
			needs: grantee, scope: "export",
			summary: "Export all findings that you may read: a ZIP file with a CSV file for each project and an index.",
			query:   append([]parameter{{"confirmExpensiveOperation", "true", true}}, query...),
			gives:   file(zipType),
			handle:  func(c *call) (*reply, error) { return c.exportAll() },
		},
		{
			method: http.MethodGet, path: "/export-report/projects/{projectKey}", name: "exportProject",
			needs: projectScanner, scope: "export",
			summary: "Export the findings of a project as CSV.",
			query:   query,
			gives:   file(csvType),
			handle: func(c *call) (*reply, error) {
				return c.export(c.project.Key, func(r *report) error { return r.project(c.project) })
			},
		},
		{
			method: http.MethodGet, path: "/export-report/projects/{projectKey}/repos/{repoSlug}", name: "exportRepository",
			needs: scanner, scope: "export",
			summary: "Export the findings of a repository, or of one of its branches, as CSV.",
			query:   ofBranch,
			gives:   file(csvType),
			handle: func(c *call) (*reply, error) {
				if c.query("branch") != "" {
					return c.exportBranch()
				}
				return c.export(c.project.Key+"-"+c.repository.Slug, func(r *report) error { return r.repository(c.repository, "") })
			},
		},
		{
			method: http.MethodGet, path: "/export-report/{projectKey}/repos/{repoSlug}", name: "exportBranch",
			needs: scanner, scope: "export",
			summary: "Export the findings of one branch as CSV; without a name, of the default branch.",
			query:   ofBranch,
			gives:   file(csvType),
			handle:  func(c *call) (*reply, error) { return c.exportBranch() },
		},
	}
}

// export answers with one CSV file.
func (c *call) export(name string, write func(r *report) error) (*reply, error) {
	r, err := c.newReport()
	if err != nil {
		return nil, err
	}
	filename := "sluice-" + fileName(name) + ".csv"
	if err := c.record("report.exported", name, ""); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, contentType: csvType, filename: filename, stream: func(w io.Writer) error {
		r.begin(w)
		if err := errors.Join(r.flush(), write(r)); err != nil {
			return err
		}
		return errors.Join(r.flush(), r.tell(name))
	}}, nil
}

func (c *call) exportBranch() (*reply, error) {
	b, err := c.branch("branch")
	if err != nil {
		return nil, err
	}
	return c.export(c.project.Key+"-"+c.repository.Slug+"-"+b.Name, func(r *report) error { return r.repository(c.repository, b.Name) })
}

// exportAll answers with a ZIP file of CSV files, and an index that stands last, for it counts what was written.
func (c *call) exportAll() (*reply, error) {
	if c.query("confirmExpensiveOperation") != "true" {
		return nil, badRequest("this reads everything: send confirmExpensiveOperation=true if that is wanted")
	}
	r, err := c.newReport()
	if err != nil {
		return nil, err
	}
	if err := c.record("report.exported", "Everything", ""); err != nil {
		return nil, err
	}
	return &reply{status: http.StatusOK, contentType: zipType, filename: "sluice-report.zip", stream: func(w io.Writer) error {
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
