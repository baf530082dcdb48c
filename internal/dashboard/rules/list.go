package rules

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/rulebook"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
	"github.com/sluice-scan/sluice/scan"
)

// severityLook is the word and the class of a severity.
type severityLook struct{ Word, Class string }

func lookOf(s scan.Severity) severityLook {
	word := strings.ToLower(s.String())
	return severityLook{word, word}
}

// toggle is the switch of a rule: its state, and of what.
type toggle struct {
	On bool
	Of string
}

// builtinRow is a built-in rule in the list.
type builtinRow struct {
	ID, Title, Link string
	Severity        severityLook
	Toggle          toggle
}

// ownRow is an added rule in the list.
type ownRow struct {
	Name, ID, Expression, Problem string
	Blocking                      bool
	Toggle                        toggle
	// Path is the rule's page; its switch and its removal are below it.
	Path   string
	Remove *page.Ask
}

// listBody is the page of all rules.
type listBody struct {
	// May is true for those who may change rules.
	May  bool
	Base string
	Own  []ownRow
	// Rows are the built-in rules of this page, Summary counts all.
	Rows    []builtinRow
	Summary string
	List    page.List
	Name    string
	// Severities and States are what the list can be filtered by.
	Severities, States []page.Choice
	// Here is the address of the list, for coming back.
	Here, Clear string
	// Repositories is true when repositories may change their rules.
	Repositories bool
}

// Pager is the list's, for the shared template.
func (b *listBody) Pager() page.Pager { return b.List.Pager }

// Chosen is true when a filter leaves something out.
func (b *listBody) Chosen() bool { return b.List.Chosen }

var (
	severityWords = [][2]string{{"", "Any severity"}, {"critical", "Critical"}, {"high", "High"}, {"medium", "Medium"}, {"low", "Low"}}
	stateWords    = [][2]string{{"", "On and off"}, {"on", "On"}, {"off", "Off"}}
)

func (s *Pages) list(v *page.Visit) error {
	own, err := s.Policy.Rules(v.Ctx())
	if err != nil {
		return err
	}
	switches, err := s.Policy.BuiltinRules(v.Ctx())
	if err != nil {
		return err
	}
	all, err := rulebook.Builtins()
	if err != nil {
		return err
	}
	q := v.Request.URL.Query()
	b := &listBody{May: v.Can(access.Grantee), Base: v.Core.BasePath + path, List: v.List(), Name: strings.TrimSpace(q.Get("name"))}
	if b.Repositories, err = s.Settings.Bool(v.Ctx(), settings.RepositoryRules); err != nil {
		return err
	}
	severity, state := page.Chosen(q.Get("severity"), severityWords, ""), page.Chosen(q.Get("state"), stateWords, "")
	b.Severities, b.States = page.Choices(severityWords, severity), page.Choices(stateWords, state)
	b.List.Keep("name", b.Name)
	b.List.Keep("severity", severity)
	b.List.Keep("state", state)
	b.List.Chosen = b.Name != "" || severity != "" || state != ""
	b.Here, b.Clear = b.List.Only("name", "severity", "state"), b.List.Only()
	wanted := func(on bool, of severityLook, texts ...string) bool {
		text := strings.ToLower(strings.Join(texts, "\n"))
		return (state == "" || on == (state == "on")) && (severity == "" || of.Class == severity) && strings.Contains(text, strings.ToLower(b.Name))
	}
	off := 0
	var rows []builtinRow
	for i := range all {
		r := &all[i]
		on, switched := switches[r.ID]
		row := builtinRow{r.ID, r.Title, r.Link, lookOf(r.Severity), toggle{on || !switched, r.Title}}
		if !row.Toggle.On {
			off++
		}
		if wanted(row.Toggle.On, row.Severity, r.ID, r.Title) {
			rows = append(rows, row)
		}
	}
	b.Rows = page.Paged(&b.List, rows[min(b.List.Start(), len(rows)):], len(all))
	for i := range own {
		// Findings of added rules are HIGH.
		if r := &own[i]; wanted(r.Enabled, lookOf(scan.SeverityHigh), r.Name, r.DetectorID) {
			b.Own = append(b.Own, s.ownRow(b.Base, r))
		}
	}
	b.Summary = figure.Count(len(all), "built-in rule", "built-in rules")
	if off == 0 {
		b.Summary += ", all on; "
	} else {
		b.Summary += ", " + figure.Thousands(off) + " of them off; "
	}
	b.Summary += figure.Count(len(own), "added rule", "added rules")
	return v.Show(http.StatusOK, rulesPage, "Rules", b)
}

func (s *Pages) ownRow(base string, r *policy.Rule) ownRow {
	at := base + "/own/" + strconv.FormatInt(r.ID, 10)
	return ownRow{
		Name: r.Name, ID: r.DetectorID, Expression: r.Regexp, Problem: r.ValidationError, Toggle: toggle{r.Enabled, r.Name}, Blocking: r.Blocking, Path: at,
		Remove: &page.Ask{Word: "Remove", Of: r.Name, Question: "Remove the rule " + r.Name + "? Its findings are closed by the next scans.", Yes: "Remove the rule", Action: at + "/remove"},
	}
}

// doneWord is the word of what a switch has done.
func doneWord(on bool) string {
	if on {
		return "rule-on"
	}
	return "rule-off"
}

// switchBuiltin switches one built-in rule.
func (s *Pages) switchBuiltin(v *page.Visit) error {
	form := v.Request.PostForm
	id, on := form.Get("rule"), form.Get("on") == "true"
	all, err := rulebook.Builtins()
	if err != nil {
		return err
	}
	known := false
	for i := range all {
		known = known || all[i].ID == id
	}
	if !known {
		return page.BadRequest("There is no built-in rule with that name.")
	}
	if err := s.Policy.SwitchBuiltin(v.Ctx(), []string{id}, on); err != nil {
		return err
	}
	action := "DELETE /hardcoded/{ruleName}"
	if on {
		action = "POST /hardcoded/{ruleName}"
	}
	if err := v.Record(action, id, id); err != nil {
		return err
	}
	return v.Done(s.back(v), doneWord(on))
}

// back is the list of rules as it was, or without its filters.
func (s *Pages) back(v *page.Visit) string {
	list := v.Core.BasePath + path
	if back := v.Back(v.Request.PostForm.Get("back")); back == list || strings.HasPrefix(back, list+"?") {
		return back
	}
	return list
}
