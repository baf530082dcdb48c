package findings

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/findings"
	"github.com/sluice-scan/sluice/scan"
	"github.com/sluice-scan/sluice/scan/display"
)

// filter is what the address of the list chooses.
type filter struct {
	page.List
	// Place is the key of a project, or key/slug.
	Place, Rule, Path, Author, Assignee string
	// Since is a day, as HTML writes it.
	Since         string
	DefaultBranch bool
	Severities    []page.Choice
	// Engines, States and Orders are the entries of selects.
	Engines, States, Orders []page.Choice
	// Unknown is true if there is no such place, or the caller may not read it.
	Unknown bool

	stored findings.Filter
}

var (
	orderWords = [][2]string{{"severity", "Most severe first"}, {"newest", "Newest first"}, {"oldest", "Oldest first"}}
	orders     = map[string]findings.Order{"severity": findings.Severest, "newest": findings.Newest, "oldest": findings.Oldest}
)

// Values of the filters that stand for more than themselves.
const (
	openState = "open"
	allStates = "all"
	myself    = "me"
)

// newFilter reads what the address chooses. A value that means nothing is as if it were not there.
func newFilter(v *page.Visit) (*filter, error) {
	q := v.Request.URL.Query()
	text := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	f := &filter{
		List: v.List(), Place: text("place"), Rule: text("rule"), Path: text("path"), Author: text("author"), Assignee: strings.ToLower(text("assignee")), Since: text("since"),
		DefaultBranch: q.Get("branches") == "default",
	}
	f.stored = findings.Filter{Rule: f.Rule, Path: f.Path, Author: f.Author, Assignee: f.Assignee, DefaultBranch: f.DefaultBranch}
	if f.Assignee == myself {
		f.stored.Assignee = v.Account.Name
	}
	if day, err := time.Parse(time.DateOnly, f.Since); err == nil && day.Year() >= 1970 {
		f.stored.Since = day
	} else {
		f.Since = ""
	}
	f.chooseFacts(q["severity"], q.Get("engine"), q.Get("state"))
	sort := page.Chosen(q.Get("sort"), orderWords, orderWords[0][0])
	f.Orders, f.stored.Order = page.Choices(orderWords, sort), orders[sort]
	if sort != orderWords[0][0] {
		f.Keep("sort", sort)
	}
	for name, value := range map[string]string{"place": f.Place, "rule": f.Rule, "path": f.Path, "author": f.Author, "assignee": f.Assignee, "since": f.Since} {
		f.Keep(name, value)
		f.Chosen = f.Chosen || value != ""
	}
	if f.DefaultBranch {
		f.Keep("branches", "default")
		f.Chosen = true
	}
	if after := q.Get("after"); after != "" {
		f.stored.After = keyOf(after)
	} else if before := q.Get("before"); before != "" {
		f.stored.After, f.stored.Backwards = keyOf(before), true
	}
	f.stored.Backwards = f.stored.Backwards && f.stored.After.ID != 0
	if err := f.findPlace(v); err != nil {
		return nil, err
	}
	return f, nil
}

// chooseFacts reads the filters with a few values each.
func (f *filter) chooseFacts(severities []string, engine, state string) {
	for _, severity := range scan.Severities {
		s := figure.SeverityOf(severity)
		chosen := slices.Contains(severities, s.Class)
		if chosen {
			f.stored.Severities = append(f.stored.Severities, severity)
			f.Add("severity", s.Class)
			f.Chosen = true
		}
		f.Severities = append(f.Severities, page.Choice{Value: s.Class, Word: s.Word, Chosen: chosen})
	}
	f.Engines = []page.Choice{{Word: "Any engine", Chosen: true}}
	for _, e := range scan.Engines() {
		is := engine == string(e.Engine)
		if is {
			f.stored.Engine = e.Engine
			f.Engines[0].Chosen = false
			f.Keep("engine", engine)
			f.Chosen = true
		}
		f.Engines = append(f.Engines, page.Choice{Value: string(e.Engine), Word: e.Title, Chosen: is})
	}
	words := [][2]string{{openState, "What counts as open"}, {allStates, "Any state"}}
	for i := range figure.FindingStates {
		s := &figure.FindingStates[i]
		if s.State == findings.Open {
			continue
		}
		value := strings.ToLower(s.State.String())
		words = append(words, [2]string{value, s.Word})
		if value == state {
			f.stored.State = &s.State
		}
	}
	state = page.Chosen(state, words, openState)
	f.stored.Counted = state == openState
	f.States = page.Choices(words, state)
	if state != openState {
		f.Keep("state", state)
		f.Chosen = true
	}
}

// findPlace looks up the place that the address names.
func (f *filter) findPlace(v *page.Visit) error {
	if f.Place == "" {
		return nil
	}
	at, err := v.Core.Places.FindNamed(v.Ctx(), v.Visible, f.Place)
	switch {
	case errors.Is(err, db.ErrNotFound):
		f.Unknown = true
		return nil
	case err != nil:
		return err
	case at.Repository != nil:
		f.stored.Repository = at.Repository.ID
	default:
		f.stored.Project = at.Project.ID
	}
	return nil
}

// NoPlace says which place is not there.
func (f *filter) NoPlace() string { return display.CutEnd(display.Line(f.Place), maxBranch) }

// Clear is the address of the list without what leaves something out.
func (f *filter) Clear() string { return f.Only("sort") }

// keyText writes a position into an address: the severity, the time in milliseconds and the key of a finding.
func keyText(k findings.ListKey) string {
	return fmt.Sprintf("%d.%d.%s", k.Severity, k.Seen.UnixMilli(), db.Key(k.ID))
}

// keyOf reads it; the zero value is for any other text.
func keyOf(text string) findings.ListKey {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return findings.ListKey{}
	}
	severity, wrong := strconv.Atoi(parts[0])
	seen, wrongTime := strconv.ParseInt(parts[1], 10, 64)
	id, ok := db.ParseKey(parts[2])
	if wrong != nil || wrongTime != nil || !ok {
		return findings.ListKey{}
	}
	return findings.ListKey{ID: id, Severity: scan.Severity(severity), Seen: time.UnixMilli(seen)}
}
