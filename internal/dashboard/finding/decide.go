package finding

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/audit"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/internal/triage"
	"github.com/sluice-scan/sluice/scan/display"
)

// mostAtOnce bounds how many findings one form decides about.
const mostAtOnce = 200

// refusal says why nothing was changed about a finding. Path is its page; empty if there is none.
type refusal struct{ Name, Path, Why string }

// refusedBody says why nothing was changed.
type refusedBody struct {
	Refusals []refusal
	Back     string
	// Others is true when other findings of the form were fine.
	Others bool
}

// decide takes decisions about findings of a repository, or of all that the caller may write to: all that the form names, or
// none.
func (s *Pages) decide(v *page.Visit) error {
	form := v.Request.PostForm
	keys := unique(form["finding"])
	if len(keys) == 0 {
		return &page.Problem{Status: http.StatusBadRequest, Title: "Nothing was chosen", Text: "Go back, and choose the findings to decide about."}
	}
	if len(keys) > mostAtOnce {
		return page.BadRequest("The form names more findings than can be decided about at once.")
	}
	change, done := changeOf(v)
	if change == nil {
		return page.BadRequest("The form does not say what to do with the findings.")
	}
	chosen, err := s.chosen(v, keys)
	if err != nil {
		return err
	}
	body, status := refusedBody{Back: v.Back(form.Get("back"))}, http.StatusBadRequest
	rules := triage.Rules{Accounts: s.Accounts, Now: func() time.Time { return v.Now }}
	before, list := make([]findings.State, len(chosen)), make([]*findings.Finding, len(chosen))
	for i, f := range chosen {
		if f == nil {
			body.Refusals = append(body.Refusals, refusal{Name: display.CutEnd(display.Escape(keys[i]), titleColumns), Why: notHere(v)})
			continue
		}
		refused := refusal{Name: titleOf(&f.Finding), Path: v.ToFinding(f.ID)}
		if at := placeOf(f); !v.May(access.Writer, at) {
			v.Core.Control.Refused(v.Ctx(), &audit.Event{Actor: v.Account.Name, Action: "refused: POST /findings/triage", Object: at.PlaceName()})
			status, refused.Why = http.StatusForbidden, "It is in "+at.PlaceName()+". This needs "+access.Writer.String()+"."
			body.Refusals = append(body.Refusals, refused)
			continue
		}
		before[i], list[i] = f.State, &f.Finding
		err := rules.Apply(v.Ctx(), list[i], change, v.Account.Name)
		var invalid *triage.InvalidError
		if errors.As(err, &invalid) {
			refused.Why = whyInvalid(invalid)
			body.Refusals = append(body.Refusals, refused)
			continue
		}
		if err != nil {
			return err
		}
	}
	if len(body.Refusals) > 0 {
		body.Others = len(body.Refusals) < len(chosen)
		return v.Show(status, refusedPage, "Nothing was changed", body)
	}
	if err := s.Findings.TriageAll(v.Ctx(), list); err != nil {
		return err
	}
	for i, f := range chosen {
		if err := v.Record(triage.Action, placeOf(f).PlaceName(), triage.Detail(list[i], before[i])); err != nil {
			return err
		}
	}
	return v.Done(body.Back, done)
}

func placeOf(f *findings.Listed) access.Place { return access.PlaceNamed(f.ProjectKey, f.Slug) }

// notHere says why a finding cannot be decided about.
func notHere(v *page.Visit) string {
	if v.Repository != nil {
		return "It does not exist in this repository, or no longer."
	}
	return "It does not exist, or no longer, or you may not read its repository."
}

// unique leaves out what a list has twice.
func unique(list []string) (short []string) {
	for _, s := range list {
		if s = strings.ToUpper(s); !slices.Contains(short, s) {
			short = append(short, s)
		}
		if len(short) > mostAtOnce {
			break
		}
	}
	return short
}

// chosen reads the findings with some keys, in their order. One that the caller may not read, or the repository of the visit
// does not have, is nil.
func (s *Pages) chosen(v *page.Visit, keys []string) ([]*findings.Listed, error) {
	var ids []int64
	for _, key := range keys {
		if id, ok := db.ParseKey(key); ok {
			ids = append(ids, id)
		}
	}
	known, err := s.Findings.ByID(v.Ctx(), v.Visible, ids)
	if err != nil {
		return nil, err
	}
	byID := map[int64]*findings.Listed{}
	for i := range known {
		if v.Repository == nil || v.Repository.ID == known[i].RepositoryID {
			byID[known[i].ID] = &known[i]
		}
	}
	list := make([]*findings.Listed, 0, len(keys))
	for _, key := range keys {
		id, _ := db.ParseKey(key)
		list = append(list, byID[id])
	}
	return list, nil
}

// changeOf reads what the form decides, and the word of what is then done; nil if it decides nothing.
func changeOf(v *page.Visit) (c *triage.Change, done string) {
	form := v.Request.PostForm
	text := func(name string) *string {
		s := strings.TrimSpace(form.Get(name))
		return &s
	}
	state := func(s findings.State) *string {
		name := s.String()
		return &name
	}
	empty := ""
	switch form.Get("action") {
	case "false-positive":
		return &triage.Change{State: state(findings.FalsePositive), Reason: text("reason")}, "false-positive"
	case "in-review":
		return &triage.Change{State: state(findings.InReview)}, "in-review"
	case "reopen":
		return &triage.Change{State: state(findings.Open), Reason: &empty}, "reopened"
	case "accept":
		return &triage.Change{State: state(findings.Accepted), Reason: text("reason"), Expires: func() (time.Time, error) { return lastDay(*text("expires")) }}, "accepted"
	case "assign":
		return &triage.Change{Assignee: text("assignee")}, "assigned"
	case "comment":
		comment := strings.ReplaceAll(*text("comment"), "\r\n", "\n")
		return &triage.Change{Comment: &comment}, "commented"
	}
	return nil, ""
}

// errDay says how a day is written.
var errDay = errors.New("write a day such as 2027-01-31, or leave it empty")

// lastDay is the end of a day, UTC; the zero time for "".
func lastDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, errDay
	}
	return day.AddDate(0, 0, 1).Add(-time.Second), nil
}

// fieldWords are what the pages call the fields of a change.
var fieldWords = map[string]string{"reason": "The reason", "comment": "The comment", "assignee": "The assignee", "expiresDate": "The day"}

func whyInvalid(e *triage.InvalidError) string {
	return cmp.Or(fieldWords[e.Field], "The state") + ": " + e.Problem + "."
}

// titleColumns bounds a title.
const titleColumns = 160

// titleOf is the title of a finding for people.
func titleOf(f *findings.Finding) string {
	return display.CutEnd(display.Escape(cmp.Or(f.Title, f.RuleName)), titleColumns)
}
