package server

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/store/accounts"
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

// report writes findings as CSV.
type report struct {
	c        *call
	csv      *csv.Writer
	filter   findings.OccurrenceFilter
	from, to time.Time
	// plain is true when the settings let text out.
	plain bool
	// rows and revealed count the findings, and those whose text was written.
	rows, revealed int
}

func (c *call) newReport() (*report, error) {
	r := &report{c: c}
	err := c.between(&r.from, &r.to)
	if err != nil {
		return nil, err
	}
	if r.filter, err = c.occurrenceFilter(c.query("ruleType")); err != nil {
		return nil, err
	}
	if c.query("engine") == "" {
		r.filter.Engine = ""
	}
	plain, err := c.s.store.Settings.Bool(c.context(), settings.PlaintextInExports)
	r.plain = plain && c.mayReveal() && c.s.options.Lines != nil
	return r, err
}

func (r *report) all(archive *zip.Writer, index *[][]string) error {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		projects, err := r.c.s.store.Catalog.Projects(r.c.context(), r.c.visible, nil, "", page)
		if err != nil {
			return err
		}
		for i := range projects {
			p := &projects[i]
			name := fileName(p.Key) + ".csv"
			file, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: r.c.s.options.Now().UTC()})
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

// begin starts a file with its heading.
func (r *report) begin(w io.Writer, columns ...string) {
	r.csv = csv.NewWriter(w)
	r.csv.UseCRLF = true
	if len(columns) == 0 {
		columns = reportColumns
	}
	// What cannot be written is reported by the next flush.
	_ = r.csv.Write(columns)
}

// flush sends what was written on its way: the reader sees the first rows early, and what it does not take stops the report.
func (r *report) flush() error {
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return err
	}
	if err := http.NewResponseController(r.c.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return r.c.context().Err()
}

// tell writes down that text of secrets was given out.
func (r *report) tell(name string) error {
	if r.revealed == 0 {
		return nil
	}
	return r.c.record("finding.revealed", name, fmt.Sprintf("%d texts in a report", r.revealed))
}

func (r *report) project(p *catalog.Project) error {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		repositories, err := r.c.s.store.Catalog.Repositories(r.c.context(), r.c.visible, p.ID, "", page)
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

// repository writes the findings of a repository's branches, or of the one with a name.
func (r *report) repository(repository *catalog.Repository, branch string) error {
	read := texts{location: repository.Location}
	if r.plain && r.c.mayWrite(repository) {
		read.lines = r.c.s.options.Lines
	}
	const few = 200
	for after := int64(0); ; {
		branches, err := r.c.s.store.Findings.ReportBranches(r.c.context(), repository.ID, r.from, r.to, after, few)
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
			err := r.c.eachOccurrence(b.ID, r.filter, func(o *findings.Occurrence) error {
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

// incompleteRule stands in the place of a rule for what a scan did not look at.
const incompleteRule = "INCOMPLETE_SCAN"

// missing is a row that is no finding: a report must not pass for one of everything.
func (r *report) missing(repository *catalog.Repository, b *findings.ReportBranch) []string {
	row := make([]string, len(reportColumns))
	for name, text := range map[string]string{
		"scan_date": cell(b.Scanned), "project_key": repository.ProjectKey, "project_name": repository.ProjectName, "repository": repository.Slug, "branch": b.Name, "commit": b.Commit,
		"rule": incompleteRule, "title": "The scan did not look at everything", "reason": strings.Join(b.Incomplete, "; "),
	} {
		row[slices.Index(reportColumns, name)] = text
	}
	return row
}

// mayWrite reports whether the caller may write to a repository, which need not be the one that the path names.
func (c *call) mayWrite(r *catalog.Repository) bool {
	return c.account.Admin || c.grants.Role(r.ProjectKey, r.Slug) >= accounts.RoleWrite
}

// row is a finding as cells. The commit is the one that brought the line in, with its author and its date; where that is not
// known, the one that was scanned, without an author.
func (r *report) row(repository *catalog.Repository, b *findings.ReportBranch, o *findings.Occurrence, read *texts) []string {
	commit, commitDate, text := b.Commit, "", ""
	switch {
	case o.Origin.Commit != "":
		commit, commitDate = o.Origin.Commit, cell(o.Origin.At)
	case o.Commit != "":
		commit = o.Commit
	case b.Commit == b.Head:
		commitDate = cell(b.HeadAt)
	}
	if read.lines != nil {
		if t := read.text(r.c.context(), o); !t.masked {
			text = t.text[t.byteStart:t.byteEnd]
			r.revealed++
		}
	}
	return []string{
		cell(b.Scanned), repository.ProjectKey, repository.ProjectName, repository.Slug, b.Name, commit, o.Origin.Author, o.Origin.Email, commitDate, o.Path, strconv.Itoa(o.Line), strconv.Itoa(o.StartColumn),
		string(o.Engine), o.RuleName, o.Severity.String(), o.Title, o.Excerpt, text, o.Fingerprint, strconv.FormatBool(o.Allowed != ""), strconv.FormatBool(o.Decided), o.ReviewedBy, cell(o.Reviewed),
		o.State.String(), o.Reason, cell(o.Expires), o.Package, o.Version, o.FixedVersion, o.Advisories,
		r.c.s.options.BasePath + "/findings/" + url.PathEscape(db.Key(o.ID)), o.Rule,
	}
}

func cell(t time.Time) string {
	if text := date(t); text != nil {
		return *text
	}
	return ""
}

// write writes a row. A cell that a spreadsheet would take for a formula gets a quote in front.
func (r *report) write(cells []string) error {
	for i, text := range cells {
		if text != "" && strings.IndexByte("=+-@\t\r\n", text[0]) >= 0 {
			cells[i] = "'" + text
		}
	}
	return r.csv.Write(cells)
}

// fileName makes a name that every file system takes, different names for different keys.
func fileName(text string) string {
	var b strings.Builder
	for i := range len(text) {
		switch ch := text[i]; {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch == '-', ch == '_', ch == '~', ch == '.' && i > 0:
			b.WriteByte(ch)
		default:
			fmt.Fprintf(&b, "%%%02X", ch)
		}
	}
	return b.String()
}
