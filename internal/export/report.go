package export

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/quote"
	"github.com/sluice-scan/sluice/internal/store/catalog"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/store/scope"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// reportColumns are the columns of a report.
var reportColumns = []string{
	"scan_date", "project_key", "project_name", "repository", "branch", "commit", "author", "author_email", "commit_date", "path", "line", "column", "engine", "rule", "severity", "title",
	"match_masked", "match_text", "fingerprint", "allowlisted", "reviewed", "reviewed_by", "reviewed_at", "state", "reason", "expires_at", "package", "version", "fixed_version", "advisory_ids", "url", "rule_id", "flow",
}

// ActionExported is the audit log's action for a report.
const ActionExported = "report.exported"

// Reported is where reports come from.
type Reported interface {
	Findings
	// ReportBranches lists the branches after an id whose results are from a period of time.
	ReportBranches(ctx context.Context, repository int64, from, to time.Time, after int64, limit int) ([]findings.ReportBranch, error)
}

// Catalog lists repositories. It must be safe for concurrent use.
type Catalog interface {
	Repositories(ctx context.Context, v *scope.Visible, project int64, f catalog.Filter, page db.Page) ([]catalog.Repository, error)
}

// Report writes findings as CSV for spreadsheets. It belongs to one goroutine. Set all fields but Lines and the times.
type Report struct {
	Findings Reported
	Catalog  Catalog
	// Lines reads the texts of secrets, if the report may contain them; otherwise nil. A text is written only for a
	// repository that the caller may write to.
	Lines  quote.Lines
	Caller *access.Caller
	// BasePath is in front of the addresses of findings.
	BasePath string
	Filter   findings.OccurrenceFilter
	// From and To select results by their time; see findings.ReportBranches.
	From, To time.Time
	// Flush sends what was written so far. Its error ends the report.
	Flush func() error
	// Record writes an entry into the audit log.
	Record func(action, object, detail string) error

	// Rows counts the findings that were written.
	Rows int

	sheet *sheet
	// revealed counts the findings whose text was written.
	revealed int
}

// MayReveal reports whether a report may contain the texts of secrets: the instance allows it, and the caller may see
// texts at all.
func MayReveal(ctx context.Context, s Settings, c *access.Caller) (bool, error) {
	plain, err := s.Bool(ctx, settings.PlaintextInExports)
	return plain && c.MayReveal(), err
}

// Settings returns the settings of the instance. It must be safe for concurrent use.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

// Begin starts a file with its header.
func (r *Report) Begin(w io.Writer) { r.sheet = newSheet(w, r.Flush, reportColumns) }

// Send sends what was written so far. The client sees the first rows early, and a disconnected client ends the report.
func (r *Report) Send() error { return r.sheet.send() }

// Tell records in the audit log that the report contains texts of secrets, if it does.
func (r *Report) Tell(name string) error {
	if r.revealed == 0 {
		return nil
	}
	return r.Record("finding.revealed", name, fmt.Sprintf("%d texts in a report", r.revealed))
}

// Project writes the findings of a project.
func (r *Report) Project(ctx context.Context, p *catalog.Project) error {
	for page := (db.Page{Limit: 100}); ; page.Start += page.Limit {
		repositories, err := r.Catalog.Repositories(ctx, r.Caller.Visible, p.ID, catalog.Filter{}, page)
		if err != nil {
			return err
		}
		for i := range repositories {
			if err := r.Repository(ctx, &repositories[i], ""); err != nil {
				return err
			}
		}
		if len(repositories) < page.Limit {
			return nil
		}
	}
}

// Repository writes the findings of all branches of a repository, or of the branch with a name.
func (r *Report) Repository(ctx context.Context, repository *catalog.Repository, branch string) error {
	read := quote.Texts{Location: repository.Location}
	if r.Lines != nil && r.Caller.MayWrite(repository) {
		read.Lines = r.Lines
	}
	const few = 200
	for after := int64(0); ; {
		branches, err := r.Findings.ReportBranches(ctx, repository.ID, r.From, r.To, after, few)
		if err != nil {
			return err
		}
		for i := range branches {
			b := &branches[i]
			after = b.ID
			if branch != "" && b.Name != branch {
				continue
			}
			read.Commit = b.Commit
			if len(b.Incomplete) > 0 {
				if err := r.sheet.write(r.missing(repository, b)); err != nil {
					return err
				}
			}
			n := 0
			err := Each(ctx, r.Findings, b.ID, r.Filter, func(o *findings.Occurrence) error {
				if n++; n%pieceSize == 0 {
					if err := r.Send(); err != nil {
						return err
					}
				}
				r.Rows++
				return r.sheet.write(r.row(ctx, repository, b, o, &read))
			})
			if err != nil {
				return err
			}
		}
		if len(branches) < few {
			return r.Send()
		}
	}
}

// incompleteRule is the value of the rule column in a row about an incomplete scan.
const incompleteRule = "INCOMPLETE_SCAN"

// missing returns a row about an incomplete scan, so that the report does not look complete.
func (r *Report) missing(repository *catalog.Repository, b *findings.ReportBranch) []string {
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
func (r *Report) row(ctx context.Context, repository *catalog.Repository, b *findings.ReportBranch, o *findings.Occurrence, read *quote.Texts) []string {
	commit, commitDate, text := b.Commit, "", ""
	switch {
	case o.Origin.Commit != "":
		commit, commitDate = o.Origin.Commit, db.DateText(o.Origin.At)
	case o.Commit != "":
		commit = o.Commit
	case b.Commit == b.Head:
		commitDate = db.DateText(b.HeadAt)
	}
	if read.Lines != nil {
		if t := read.Of(ctx, o); !t.Masked {
			text = t.Match()
			r.revealed++
		}
	}
	return []string{
		db.DateText(b.Scanned), repository.ProjectKey, repository.ProjectName, repository.Slug, b.Name, commit, o.Origin.Author, o.Origin.Email, commitDate, o.Path, strconv.Itoa(o.Line), strconv.Itoa(o.StartColumn),
		string(o.Engine), o.RuleName, o.Severity.String(), o.Title, o.Excerpt, text, o.Fingerprint, strconv.FormatBool(o.Allowed != ""), strconv.FormatBool(o.Decided), o.ReviewedBy, db.DateText(o.Reviewed),
		o.State.String(), o.Reason, db.DateText(o.Expires), o.Package, o.Version, o.FixedVersion, o.Advisories,
		r.BasePath + "/findings/" + url.PathEscape(db.Key(o.ID)), o.Rule, flowText(o.Flow),
	}
}

// flowText writes the places of a way, from its source to the finding; empty for none.
func flowText(way []scan.Step) string {
	places := make([]string, len(way))
	for i := range way {
		places[i] = way[i].Path + ":" + strconv.Itoa(way[i].StartLine)
	}
	return strings.Join(places, " -> ")
}
