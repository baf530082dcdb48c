package rules

import (
	"net/http"

	"github.com/sluice-scan/sluice/internal/dashboard/figure"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/rulebook"
	"github.com/sluice-scan/sluice/scan/display"
)

// matchRow is what a rule found in a text, masked.
type matchRow struct {
	rulebook.Match

	Look severityLook
}

// triedBody is what a test has found.
type triedBody struct {
	Rows    []matchRow
	Summary string
	Notes   []string
}

func newTriedBody(t *rulebook.Tried) *triedBody {
	b := &triedBody{Summary: figure.Count(len(t.Matches)+t.More, "match", "matches"), Notes: t.Notes}
	if t.More > 0 {
		b.Summary += "; the first " + figure.Thousands(len(t.Matches)) + " are shown"
	}
	for _, m := range t.Matches {
		m.Before, m.Mark, m.After = display.Line(m.Before), display.Line(m.Mark), display.Line(m.After)
		b.Rows = append(b.Rows, matchRow{m, lookOf(m.Severity)})
	}
	return b
}

// testBody is the page that tests all rules that are on.
type testBody struct {
	Base, Action string
	Path, Sample page.Input
	Tried        *triedBody
}

func pathInput(v *page.Visit) page.Input {
	return page.Input{Name: "path", Label: "Path of the file", Value: v.Request.PostForm.Get("path"), Hint: "May be empty. Some rules look only at some files"}
}

// sampleInput never has the text that was sent: it may hold a secret.
func sampleInput(label string) page.Input {
	return page.Input{Name: "sample", Label: label, Rows: 8, Hint: "Nothing of it is stored or logged, and this page does not show it again"}
}

func (s *Pages) testBody(v *page.Visit) *testBody {
	return &testBody{Base: v.Core.BasePath + path, Action: v.Core.BasePath + path + "/test", Path: pathInput(v), Sample: sampleInput("Text")}
}

func (s *Pages) test(v *page.Visit) error {
	return v.Show(http.StatusOK, testPage, "Test the rules", s.testBody(v))
}

func (s *Pages) runTest(v *page.Visit) error {
	set, err := s.Policy.RuleSet(v.Ctx())
	if err != nil {
		return err
	}
	form := v.Request.PostForm
	t, err := rulebook.Try(v.Ctx(), set, form.Get("path"), form.Get("sample"))
	if err != nil {
		return err
	}
	b := s.testBody(v)
	b.Tried = newTriedBody(t)
	return v.Show(http.StatusOK, testPage, "Test the rules", b)
}
