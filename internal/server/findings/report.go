package findings

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/server/api"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// reportColumns are the columns of a report.
var reportColumns = []string{
	"scan_date", "project_key", "project_name", "repository", "branch", "commit", "author", "author_email", "commit_date", "path", "line", "column", "engine", "rule", "severity", "title",
	"match_masked", "match_text", "fingerprint", "allowlisted", "reviewed", "reviewed_by", "reviewed_at", "state", "reason", "expires_at", "package", "version", "fixed_version", "advisory_ids", "url", "rule_id",
}

// report writes findings as CSV for spreadsheets. It uses encoding/csv, which turns every line end in a cell into CR LF.
// Package reviews has a writer of its own, because its files are imported again and must keep each byte.
type report struct {
	s        *Resource
	c        *api.Call
	csv      *csv.Writer
	filter   findings.OccurrenceFilter
	from, to time.Time
	// plain is true if the report may contain the texts of secrets.
	plain bool
	// rows counts the findings, and revealed those whose text was written.
	rows, revealed int
}

func (s *Resource) newReport(c *api.Call) (*report, error) {
	r := &report{s: s, c: c}
	err := c.Between(&r.from, &r.to)
	if err != nil {
		return nil, err
	}
	if r.filter, err = s.occurrenceFilter(c, c.Query("ruleType")); err != nil {
		return nil, err
	}
	if c.Query("engine") == "" {
		r.filter.Engine = ""
	}
	plain, err := s.Settings.Bool(c.Context(), settings.PlaintextInExports)
	r.plain = plain && c.MayReveal() && s.Lines != nil
	return r, err
}

func (r *report) all(archive *zip.Writer, index *[][]string) error {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		projects, err := r.s.Catalog.Projects(r.c.Context(), r.c.Visible, nil, "", page)
		if err != nil {
			return err
		}
		for i := range projects {
			p := &projects[i]
			name := api.FileName(p.Key) + ".csv"
			file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: r.s.Now().UTC()})
			if err != nil {
				return err
			}
			before := r.rows
			r.begin(file)
			if err := errors.Join(r.flush(), archive.Flush(), r.project(p), r.flush()); err != nil {
				return err
			}
			*index = append(*index, []string{p.Key, p.Name, name, strconv.Itoa(r.rows - before)})
		}
		if len(projects) < page.Limit {
			return nil
		}
	}
}

// begin starts a file with its header.
func (r *report) begin(w io.Writer, columns ...string) {
	r.csv = csv.NewWriter(w)
	r.csv.UseCRLF = true
	if len(columns) == 0 {
		columns = reportColumns
	}
	// The next flush reports an error.
	_ = r.csv.Write(columns)
}

// flush sends what was written so far. The client sees the first rows early, and a disconnected client ends the report.
func (r *report) flush() error {
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return err
	}
	return r.c.Flush()
}

// tell records in the audit log that the report contains texts of secrets.
func (r *report) tell(name string) error {
	if r.revealed == 0 {
		return nil
	}
	return r.c.Record("finding.revealed", name, fmt.Sprintf("%d texts in a report", r.revealed))
}

func (r *report) project(p *catalog.Project) error {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		repositories, err := r.s.Catalog.Repositories(r.c.Context(), r.c.Visible, p.ID, catalog.Filter{}, page)
		if err != nil {
			return err
		}
		for i := range repositories {
			if err := r.repository(&repositories[i], ""); err != nil {
				return err
			}
		}
		if len(repositories) < page.Limit {
			return nil
		}
	}
}

// repository writes the findings of all branches of a repository, or of the branch with a name.
func (r *report) repository(repository *catalog.Repository, branch string) error {
	read := texts{location: repository.Location}
	if r.plain && r.c.MayWrite(repository) {
		read.lines = r.s.Lines
	}
	const few = 200
	for after := int64(0); ; {
		branches, err := r.s.Findings.ReportBranches(r.c.Context(), repository.ID, r.from, r.to, after, few)
		if err != nil {
			return err
		}
		for i := range branches {
			b := &branches[i]
			after = b.ID
			if branch != "" && b.Name != branch {
				continue
			}
			read.commit = b.Commit
			if len(b.Incomplete) > 0 {
				if err := r.write(r.missing(repository, b)); err != nil {
					return err
				}
			}
			n := 0
			err := r.s.eachOccurrence(r.c, b.ID, r.filter, func(o *findings.Occurrence) error {
				if n++; n%pieceSize == 0 {
					if err := r.flush(); err != nil {
						return err
					}
				}
				r.rows++
				return r.write(r.row(repository, b, o, &read))
			})
			if err != nil {
				return err
			}
		}
		if len(branches) < few {
			return r.flush()
		}
	}
}

// incompleteRule is the value of the rule column in a row about an incomplete scan.
const incompleteRule = "INCOMPLETE_SCAN"

// missing returns a row about an incomplete scan, so that the report does not look complete.
func (r *report) missing(repository *catalog.Repository, b *findings.ReportBranch) []string {
	row := make([]string, len(reportColumns))
	for name, text := range map[string]string{
		"scan_date": db.DateText(b.Scanned), "project_key": repository.ProjectKey, "project_name": repository.ProjectName, "repository": repository.Slug, "branch": b.Name, "commit": b.Commit,
		"rule": incompleteRule, "title": "The scan did not look at everything", "reason": strings.Join(b.Incomplete, "; "),
	} {
		row[slices.Index(reportColumns, name)] = text
	}
	return row
}

// row returns the cells of a finding. The commit is the one that added the line, with its author and date. If that is
// not known, it is the scanned commit, without an author.
func (r *report) row(repository *catalog.Repository, b *findings.ReportBranch, o *findings.Occurrence, read *texts) []string {
	commit, commitDate, text := b.Commit, "", ""
	switch {
	case o.Origin.Commit != "":
		commit, commitDate = o.Origin.Commit, db.DateText(o.Origin.At)
	case o.Commit != "":
		commit = o.Commit
	case b.Commit == b.Head:
		commitDate = db.DateText(b.HeadAt)
	}
	if read.lines != nil {
		if t := read.text(r.c.Context(), o); !t.masked {
			text = t.text[t.byteStart:t.byteEnd]
			r.revealed++
		}
	}
	return []string{
		db.DateText(b.Scanned), repository.ProjectKey, repository.ProjectName, repository.Slug, b.Name, commit, o.Origin.Author, o.Origin.Email, commitDate, o.Path, strconv.Itoa(o.Line), strconv.Itoa(o.StartColumn),
		string(o.Engine), o.RuleName, o.Severity.String(), o.Title, o.Excerpt, text, o.Fingerprint, strconv.FormatBool(o.Allowed != ""), strconv.FormatBool(o.Decided), o.ReviewedBy, db.DateText(o.Reviewed),
		o.State.String(), o.Reason, db.DateText(o.Expires), o.Package, o.Version, o.FixedVersion, o.Advisories,
		r.s.BasePath + "/findings/" + url.PathEscape(db.Key(o.ID)), o.Rule,
	}
}

// write writes a row. A cell that a spreadsheet would read as a formula gets a quote in front.
func (r *report) write(cells []string) error {
	for i, text := range cells {
		if text != "" && strings.IndexByte("=+-@\t\r\n", text[0]) >= 0 {
			cells[i] = "'" + text
		}
	}
	return r.csv.Write(cells)
}
