package rules

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/rulebook"
	"github.com/sluice-scan/sluice/internal/store/db"
	"github.com/sluice-scan/sluice/internal/store/policy"
)

// ruleBody is the form of an added rule, with a test of it.
type ruleBody struct {
	Heading, Action, Base string
	Name, Expression      page.Input
	// Fixed is the name of a rule that exists; it stays.
	Fixed, ID         string
	Enabled, Blocking bool
	// Failed is why the rule failed or took too long somewhere.
	Failed string
	// Path and Sample are the file that a test is about. The sample is not shown again.
	Path, Sample page.Input
	// Tried is what a test has found; nil without one.
	Tried *triedBody
}

func (s *Pages) ruleBody(v *page.Visit, r *policy.Rule) *ruleBody {
	b := &ruleBody{
		Heading: "New rule", Action: v.Core.BasePath + path + "/new", Base: v.Core.BasePath + path, Enabled: r.Enabled, Blocking: r.Blocking, Failed: r.ValidationError,
		Name:       page.Input{Name: "name", Label: "Name", Value: r.Name, Required: true, Hint: "Findings have an id that follows from it, such as ACME_KEY"},
		Expression: page.Input{Name: "regexp", Label: "Expression", Value: r.Regexp, Rows: 3, Required: true, Hint: "A regular expression that matches the secret. Look-around and back-references work, under a time limit"},
		Path:       pathInput(v), Sample: sampleInput("Text to test the rule with"),
	}
	if r.ID != 0 {
		b.Heading, b.Fixed, b.ID = r.Name, r.Name, r.DetectorID
		b.Action = b.Base + "/own/" + strconv.FormatInt(r.ID, 10)
	}
	return b
}

func (s *Pages) newRule(v *page.Visit) error {
	return v.Show(http.StatusOK, rulePage, "New rule", s.ruleBody(v, &policy.Rule{Enabled: true, Blocking: true}))
}

// sentRule puts what a form says into a rule.
func sentRule(form url.Values, r *policy.Rule) {
	r.Regexp = strings.Trim(form.Get("regexp"), "\r\n")
	r.Enabled, r.Blocking = form.Get("enabled") == "true", form.Get("blocking") == "true"
}

// wrong shows a form again, with what is wrong with it.
func (s *Pages) wrong(v *page.Visit, status int, r *policy.Rule, badName, badExpression string) error {
	b := s.ruleBody(v, r)
	b.Name.Problem, b.Expression.Problem = badName, badExpression
	return v.Show(status, rulePage, b.Heading, b)
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (s *Pages) add(v *page.Visit) error {
	form := v.Request.PostForm
	r := &policy.Rule{}
	sentRule(form, r)
	r, badName, badExpression := rulebook.New(form.Get("name"), r.Regexp, r.Enabled, r.Blocking)
	switch {
	case form.Get("do") == "test":
		return s.try(v, r, badExpression)
	case badName != nil || badExpression != nil:
		return s.wrong(v, http.StatusBadRequest, r, text(badName), text(badExpression))
	}
	id, err := s.Policy.AddRule(v.Ctx(), r)
	if errors.Is(err, db.ErrExists) {
		return s.wrong(v, http.StatusConflict, r, rulebook.Taken(r), "")
	}
	if err != nil {
		return err
	}
	if err := v.Record("POST /rules", "", "rule "+strconv.FormatInt(id, 10)+" "+r.DetectorID); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+path, "rule-added")
}

// try tests the rule of a form alone.
func (s *Pages) try(v *page.Visit, r *policy.Rule, badExpression error) error {
	if badExpression != nil {
		return s.wrong(v, http.StatusBadRequest, r, "", text(badExpression))
	}
	form := v.Request.PostForm
	t, err := rulebook.TryOne(v.Ctx(), r, form.Get("path"), form.Get("sample"))
	if err != nil {
		return err
	}
	b := s.ruleBody(v, r)
	b.Tried = newTriedBody(t)
	return v.Show(http.StatusOK, rulePage, b.Heading, b)
}

// named finds the rule that the path names.
func (s *Pages) named(v *page.Visit) (*policy.Rule, error) {
	id, err := strconv.ParseInt(v.Request.PathValue("ruleId"), 10, 64)
	if err != nil {
		return nil, noRule()
	}
	all, err := s.Policy.Rules(v.Ctx())
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == id {
			return &all[i], nil
		}
	}
	return nil, noRule()
}

func noRule() error { return page.NotFound("There is no such rule. Somebody may have removed it.") }

func (s *Pages) rule(v *page.Visit) error {
	r, err := s.named(v)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, rulePage, r.Name, s.ruleBody(v, r))
}

// change saves a rule, which clears why it failed; or only tests it.
func (s *Pages) change(v *page.Visit) error {
	r, err := s.named(v)
	if err != nil {
		return err
	}
	form := v.Request.PostForm
	sentRule(form, r)
	bad := rulebook.Check(r)
	switch {
	case form.Get("do") == "test":
		return s.try(v, r, bad)
	case bad != nil:
		return s.wrong(v, http.StatusBadRequest, r, "", text(bad))
	}
	return s.edit(v, r.ID, "rule-saved", v.Core.BasePath+path, func(stored *policy.Rule) {
		stored.Regexp, stored.Enabled, stored.Blocking, stored.ValidationError = r.Regexp, r.Enabled, r.Blocking, ""
	})
}

// edit changes a rule and records it.
func (s *Pages) edit(v *page.Visit, id int64, done, next string, change func(r *policy.Rule)) error {
	detector := ""
	err := s.Policy.EditRule(v.Ctx(), id, func(r *policy.Rule) error {
		change(r)
		detector = r.DetectorID
		return nil
	})
	if errors.Is(err, db.ErrNotFound) {
		return noRule()
	}
	if err != nil {
		return err
	}
	if err := v.Record("PUT /rules/{ruleId}", strconv.FormatInt(id, 10), detector); err != nil {
		return err
	}
	return v.Done(next, done)
}

// switchOwn switches an added rule, which clears why it failed, as the API does.
func (s *Pages) switchOwn(v *page.Visit) error {
	r, err := s.named(v)
	if err != nil {
		return err
	}
	on := v.Request.PostForm.Get("on") == "true"
	return s.edit(v, r.ID, doneWord(on), s.back(v), func(r *policy.Rule) { r.Enabled, r.ValidationError = on, "" })
}

func (s *Pages) remove(v *page.Visit) error {
	r, err := s.named(v)
	if err != nil {
		return err
	}
	// One that is gone already is as the caller wants it.
	if err := s.Policy.RemoveRule(v.Ctx(), r.ID); err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	if err := v.Record("DELETE /rules/{ruleId}", strconv.FormatInt(r.ID, 10), ""); err != nil {
		return err
	}
	return v.Done(v.Core.BasePath+path, "rule-removed")
}
