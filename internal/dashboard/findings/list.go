package findings

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/display"
)

// Texts of repositories are shown up to these widths, so that a page stays small.
const (
	maxTitle   = 160
	maxRule    = 100
	maxPath    = 120
	maxExcerpt = 140
	maxBranch  = 60
)

// row is a finding in the list.
type row struct {
	// Key names it where the caller may decide about it; empty elsewhere.
	Key      string
	Severity figure.Severity
	// Path is the address of the finding's page.
	Title, Path, Rule, Engine string
	// Project and Repository lead to their pages. Branch is one of the branches that have it, and More counts the others.
	Project, Repository page.Link
	Branch              string
	More                int
	// File is where it is in that branch; Line is 0 if that is not known. Excerpt is the line, masked, in pieces.
	File    string
	Line    int
	Excerpt []figure.Piece
	Seen    figure.Moment
	State   string
	// Quiet is true if it does not count as open.
	Quiet    bool
	Assignee string
}

type body struct {
	Filter *filter
	Rows   []row
	// Decide is what people may decide; nil when the caller may not about any row.
	Decide *page.Decide
	// Nothing is true if the caller may read no repository with findings that count.
	Nothing bool
}

func (s *Pages) list(v *page.Visit) error {
	f, err := newFilter(v)
	if err != nil {
		return err
	}
	b := body{Filter: f}
	if !f.Unknown {
		list, err := s.Findings.List(v.Ctx(), v.Visible, f.stored, page.RowsOfPage+1)
		if err != nil {
			return err
		}
		for _, l := range f.cut(list) {
			r := rowOf(v, &l)
			if r.Key != "" && b.Decide == nil {
				b.Decide = v.DecideAt(v.Core.BasePath + "/findings/triage")
			}
			b.Rows = append(b.Rows, r)
		}
	}
	b.Nothing = len(b.Rows) == 0 && !f.Chosen && f.stored.After.ID == 0
	return v.Show(http.StatusOK, listPage, "Findings", b)
}

// cut takes off the one entry more than a page has, and links to the pages before and after.
func (f *filter) cut(list []findings.Listed) []findings.Listed {
	more := len(list) > page.RowsOfPage
	before, after := f.stored.After.ID != 0, more
	if f.stored.Backwards {
		before, after = more, true
		list = list[max(0, len(list)-page.RowsOfPage):]
	}
	list = list[:min(len(list), page.RowsOfPage)]
	if len(list) == 0 {
		return nil
	}
	if before {
		f.Pager.Previous = f.With("before", keyText(list[0].Key()))
	}
	if after {
		f.Pager.Next = f.With("after", keyText(list[len(list)-1].Key()))
	}
	return slices.Clip(list)
}

func rowOf(v *page.Visit, l *findings.Listed) row {
	state := figure.StateOf(l)
	r := row{
		Severity: figure.SeverityOf(l.Severity), Title: display.CutEnd(display.Words(l.Title), maxTitle), Path: v.Core.BasePath + "/findings/" + url.PathEscape(db.Key(l.ID)), Rule: display.CutEnd(display.Words(l.RuleName), maxRule),
		Engine: l.Engine.Info().Title, Project: page.Link{Text: l.ProjectName, Path: v.ToProject(l.ProjectKey)}, Repository: page.Link{Text: l.RepositoryName, Path: v.ToRepository(l.ProjectKey, l.Slug)},
		Branch: display.CutMiddle(display.Line(l.Branch), maxBranch), More: max(0, l.Branches-1), File: display.CutStart(display.Line(l.Path), maxPath), Line: l.Line, Excerpt: figure.Masked(display.CutEnd(display.Words(l.Excerpt), maxExcerpt)),
		Seen: figure.Ago(l.FirstSeen, v.Now), State: state, Quiet: l.Decided || l.Allowed || l.Low || l.Branches == 0, Assignee: l.Assignee,
	}
	if v.May(access.Writer, access.PlaceNamed(l.ProjectKey, l.Slug)) {
		r.Key = db.Key(l.ID)
	}
	return r
}
