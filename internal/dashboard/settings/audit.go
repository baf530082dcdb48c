package settings

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/export"
	"github.com/sluice-scan/sluice/internal/isodate"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
)

// AuditLog is the audit log. It is called by many requests at once.
type AuditLog interface {
	// List returns the entries that match a filter, newest first.
	List(ctx context.Context, filter audit.Filter, page db.Page) ([]audit.Event, error)
	// Check verifies the chain of hashes.
	Check(ctx context.Context) (*audit.ChainCheck, error)
}

const auditPath = "/audit"

// auditRow is an entry in the list.
type auditRow struct {
	Number                        int64
	At                            figure.Moment
	Exact                         string
	Actor, Action, Object, Detail string
}

// auditBody is the list of entries.
type auditBody struct {
	sectioned

	Rows   []auditRow
	List   page.List
	Fields []page.Input
	Clear  string
	// Check is where the chain is checked, and Export is the file with the entries that the filter shows.
	Check, Export string
}

// Pager is the list's, for the shared template.
func (b *auditBody) Pager() page.Pager { return b.List.Pager }

// Chosen is true when a filter leaves something out.
func (b *auditBody) Chosen() bool { return b.List.Chosen }

const auditSummary = "Who changed or revealed what, newest first. Entries cannot be changed without a trace: each holds a hash of the one before."

// day reads one end of the time that the address chooses.
func day(q url.Values, name string, to *time.Time) (text, problem string) {
	if text = strings.TrimSpace(q.Get(name)); text == "" {
		return "", ""
	}
	t, err := isodate.Parse(text)
	if err != nil {
		return text, err.Error()
	}
	*to = t
	return text, ""
}

// chosen reads which entries the address chooses, and fills the fields of the filter. good is false if a field has a problem.
func (b *auditBody) chosen(q url.Values) (f audit.Filter, good bool) {
	f = audit.Filter{Actor: strings.ToLower(strings.TrimSpace(q.Get("actor"))), Action: strings.TrimSpace(q.Get("action")), Object: strings.TrimSpace(q.Get("object"))}
	from, badFrom := day(q, "startDate", &f.From)
	to, badTo := day(q, "endDate", &f.To)
	b.Fields = []page.Input{
		{Name: "actor", Label: "Who", Value: f.Actor}, {Name: "action", Label: "Action", Value: f.Action, Hint: "A part of it"}, {Name: "object", Label: "On what", Value: f.Object, Hint: "A part of it"},
		{Name: "startDate", Label: "From", Type: "date", Value: from, Problem: badFrom, Hint: "In UTC"}, {Name: "endDate", Label: "Before", Type: "date", Value: to, Problem: badTo, Hint: "In UTC"},
	}
	for i := range b.Fields {
		// A control for days does not show a time of day.
		if x := &b.Fields[i]; x.Type == "date" && len(x.Value) > len(time.DateOnly) {
			x.Type = ""
		}
	}
	for _, x := range b.Fields {
		b.List.Keep(x.Name, x.Value)
		b.List.Chosen = b.List.Chosen || x.Value != ""
	}
	return f, badFrom == "" && badTo == ""
}

func newAuditBody(v *page.Visit) *auditBody {
	path := v.Core.BasePath + auditPath
	return &auditBody{sectioned: newSectioned(v, "Audit", auditSummary), List: v.List(), Clear: path, Check: path + "/check"}
}

func (s *Pages) audit(v *page.Visit) error {
	b := newAuditBody(v)
	f, good := b.chosen(v.Request.URL.Query())
	if !good {
		return v.Show(http.StatusBadRequest, auditPage, "Audit", b)
	}
	b.Export = b.List.Below("/export")
	list, err := s.Audit.List(v.Ctx(), f, b.List.Rows())
	if err != nil {
		return err
	}
	for _, e := range page.Paged(&b.List, list, 0) {
		b.Rows = append(b.Rows, auditRow{e.Seq, figure.Ago(e.At, v.Now), e.At.UTC().Format("2006-01-02 15:04:05"), e.Actor, e.Action, e.Object, e.Detail})
	}
	return v.Show(http.StatusOK, auditPage, "Audit", b)
}

// exportAudit is a file with the entries that the address chooses.
func (s *Pages) exportAudit(v *page.Visit) error {
	b := newAuditBody(v)
	f, good := b.chosen(v.Request.URL.Query())
	if !good {
		return v.Show(http.StatusBadRequest, auditPage, "Audit", b)
	}
	if err := v.Record(export.ActionAuditExported, "", ""); err != nil {
		return err
	}
	return v.Download(page.CSVType, export.AuditFile, func(w io.Writer) error { return export.WriteAudit(v.Ctx(), s.Audit, f, w, v.Flush) })
}

// checkBody is the page of a check of the whole chain.
type checkBody struct {
	sectioned

	Entries, Unchained, Head, Back string
	HeadNumber, BrokenAt           int64
	// HasUnchained is true when there are entries from before the log had hashes.
	HasUnchained bool
}

func (s *Pages) checkAudit(v *page.Visit) error {
	c, err := s.Audit.Check(v.Ctx())
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, auditCheckPage, "Audit", checkBody{
		sectioned: newSectioned(v, "Audit", auditSummary), Entries: figure.Count(c.Entries, "entry", "entries"), Unchained: figure.Count(c.Unchained, "entry", "entries"), Head: c.Head, HeadNumber: c.HeadSeq, BrokenAt: c.BrokenAt,
		HasUnchained: c.Unchained > 0, Back: v.Core.BasePath + auditPath,
	})
}
