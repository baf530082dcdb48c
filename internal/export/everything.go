package export

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/scope"
)

// Projects lists projects. It must be safe for concurrent use.
type Projects interface {
	Projects(ctx context.Context, v *scope.Visible, personal *bool, name string, page db.Page) ([]catalog.Project, error)
}

// Everything names the report about everything, in the audit log. EverythingFile is the name of its file.
const (
	Everything     = "Everything"
	EverythingFile = "sluice-report.zip"
)

// Everything writes a ZIP file: a CSV file for each project that the caller may read, and an index. The index comes last,
// because it contains counts. now is the time of the files.
func (r *Report) Everything(ctx context.Context, from Projects, now time.Time, w io.Writer) error {
	archive := zip.NewWriter(w)
	index, err := r.projects(ctx, from, now, archive)
	if err != nil {
		return err
	}
	file, err := archive.Create("index.csv")
	if err != nil {
		return err
	}
	s := newSheet(file, r.Flush, []string{"project_key", "project_name", "file", "findings"})
	for _, row := range index {
		if err := s.write(row); err != nil {
			return err
		}
	}
	return errors.Join(s.send(), archive.Close(), r.Tell(Everything))
}

// projects writes a file for each project, and returns the lines of the index.
func (r *Report) projects(ctx context.Context, from Projects, now time.Time, archive *zip.Writer) (index [][]string, err error) {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		projects, err := from.Projects(ctx, r.Caller.Visible, nil, "", page)
		if err != nil {
			return nil, err
		}
		for i := range projects {
			p := &projects[i]
			name := FileName(p.Key) + ".csv"
			file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: now.UTC()})
			if err != nil {
				return nil, err
			}
			before := r.Rows
			r.Begin(file)
			if err := errors.Join(r.Send(), archive.Flush(), r.Project(ctx, p), r.Send()); err != nil {
				return nil, err
			}
			index = append(index, []string{p.Key, p.Name, name, strconv.Itoa(r.Rows - before)})
		}
		if len(projects) < page.Limit {
			return index, nil
		}
	}
}
