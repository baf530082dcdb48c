package finding

import (
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan/display"
)

// decided is what people decided about a finding.
type decided struct {
	// Reviewer is who reviewed its text, at a time; empty for nobody.
	Reviewer string
	Reviewed figure.Moment
	Assignee string
	Reason   string
	Comment  string
	// Until is when the acceptance ends or ended; no words for never.
	Until figure.Moment
	// Events are the decisions, newest first.
	Events []event
}

// event is one decision.
type event struct {
	At                               figure.Moment
	By, What                         string
	Reason, Comment, Assignee, Until string
}

// mostEvents bounds the decisions that a page shows.
const mostEvents = 30

func (s *Pages) decidedOf(v *page.Visit, l *looked) (decided, error) {
	f := &l.Finding
	d := decided{Assignee: f.Assignee, Reason: display.Line(f.Reason), Comment: display.Text(f.Comment), Until: dayOf(f)}
	if o := l.place(); o != nil && o.ReviewedBy != "" {
		d.Reviewer, d.Reviewed = o.ReviewedBy, figure.Ago(o.Reviewed, v.Now)
	}
	list, err := s.Findings.Decisions(v.Ctx(), f.ID, mostEvents)
	if err != nil {
		return d, err
	}
	for i := range list {
		x := &list[i]
		e := event{At: figure.Ago(x.At, v.Now), By: x.By, What: figure.StateWord(x.State), Reason: display.Line(x.Reason)}
		before := findings.Decision{}
		if i+1 < len(list) {
			before = list[i+1]
		}
		if x.State == before.State && i+1 < len(list) {
			e.What = ""
		}
		if x.Reason == before.Reason {
			e.Reason = ""
		}
		if x.Assignee != before.Assignee {
			if e.Assignee = "assigned to " + x.Assignee; x.Assignee == "" {
				e.Assignee = "assigned to nobody"
			}
		}
		if x.Comment != before.Comment {
			e.Comment = display.CutEnd(display.Words(x.Comment), textColumns)
			if e.What == "" {
				e.What = "commented"
			}
		}
		if !x.Expires.IsZero() && !x.Expires.Equal(before.Expires) {
			e.Until = x.Expires.UTC().Format("2006-01-02")
		}
		d.Events = append(d.Events, e)
	}
	return d, nil
}

// dayOf is the day on which an acceptance ends.
func dayOf(f *findings.Finding) figure.Moment {
	if f.Expires.IsZero() {
		return figure.Moment{}
	}
	t := f.Expires.UTC()
	return figure.Moment{Words: t.Format("2 Jan 2006"), Exact: t.Format("2006-01-02 15:04:05 UTC"), Machine: t.Format("2006-01-02T15:04:05Z07:00")}
}

// form is what the caller can decide.
type form struct {
	Key string
	// Action is the path that decisions are sent to, Reveal the one that shows the text; empty if nobody can see it here.
	// Back is this page.
	Action, Reveal, Back string
	// Place and Branch say which text is shown.
	Place    int
	Branch   string
	Tomorrow string
	Me       string
	Reason   string
	Comment  string
	Assignee string
	// Closed is true for a finding that can be opened again.
	Closed bool
}

func (s *Pages) formOf(v *page.Visit, l *looked) *form {
	r := v.Repository
	path := v.ToRepository(r.ProjectKey, r.Slug) + "/findings/"
	f := &form{
		Key: db.Key(l.ID), Action: path + "triage", Back: v.ToFinding(l.ID), Place: l.at + 1, Tomorrow: v.Now.UTC().AddDate(0, 0, 1).Format("2006-01-02"), Me: v.Account.Name, Reason: l.Reason, Comment: l.Comment, Assignee: l.Assignee,
		Closed: l.State != findings.Open,
	}
	if l.branch != nil {
		f.Branch = l.branch.Name
		f.Back = page.Address(f.Back, choiceOf(l))
	}
	if l.revealable() && s.Source != nil && v.MayReveal() {
		f.Reveal = path + db.Key(l.ID) + "/reveal"
	}
	return f
}
