// Package rules shows the rules for secrets: which are on, those that administrators added, and what they find in a text.
package rules

import (
	"context"
	"embed"
	"net/http"

	"github.com/sluice-scan/sluice/internal/access"
	"github.com/sluice-scan/sluice/internal/dashboard/page"
	"github.com/sluice-scan/sluice/internal/store/policy"
	"github.com/sluice-scan/sluice/internal/store/settings"
)

// Policy stores the rules for all repositories. It is called by many requests at once. An unknown rule is db.ErrNotFound.
type Policy interface {
	// Rules lists the added rules.
	Rules(ctx context.Context) ([]policy.Rule, error)
	// BuiltinRules returns the built-in rules that were switched: whether each is on.
	BuiltinRules(ctx context.Context) (map[string]bool, error)
	// RuleSet is what scans run now.
	RuleSet(ctx context.Context) (*policy.RuleSet, error)
	// AddRule returns the id of the new rule; db.ErrExists if the name is taken.
	AddRule(ctx context.Context, r *policy.Rule) (int64, error)
	// EditRule changes a rule by edit. An error of edit cancels the change.
	EditRule(ctx context.Context, id int64, edit func(r *policy.Rule) error) error
	RemoveRule(ctx context.Context, id int64) error
	SwitchBuiltin(ctx context.Context, ids []string, enabled bool) error
}

// Settings are the settings of the instance.
type Settings interface {
	Bool(ctx context.Context, k *settings.Known) (bool, error)
}

//go:embed templates
var files embed.FS

var (
	rulesPage = page.Parse(files, "rules")
	rulePage  = page.Parse(files, "rule")
	testPage  = page.Parse(files, "test")
)

// Pages are the pages of this room.
type Pages struct {
	Policy   Policy
	Settings Settings
}

const (
	tab  = "Rules"
	path = "/rules"
	// maxText bounds a form with a text to test, in bytes.
	maxText = 512 << 10
)

// Routes is their table.
func (s *Pages) Routes() []page.Route {
	return []page.Route{
		{Method: http.MethodGet, Path: path, Needs: access.SignedIn, Tab: tab, Handle: s.list},
		{Method: http.MethodPost, Path: path + "/switch", Needs: access.Grantee, Tab: tab, Handle: s.switchBuiltin},
		{Method: http.MethodGet, Path: path + "/test", Needs: access.Grantee, Tab: tab, Handle: s.test},
		{Method: http.MethodPost, Path: path + "/test", Needs: access.Grantee, Tab: tab, Form: maxText, Handle: s.runTest},
		{Method: http.MethodGet, Path: path + "/new", Needs: access.Grantee, Tab: tab, Handle: s.newRule},
		{Method: http.MethodPost, Path: path + "/new", Needs: access.Grantee, Tab: tab, Form: maxText, Handle: s.add},
		{Method: http.MethodGet, Path: path + "/own/{ruleId}", Needs: access.Grantee, Tab: tab, Handle: s.rule},
		{Method: http.MethodPost, Path: path + "/own/{ruleId}", Needs: access.Grantee, Tab: tab, Form: maxText, Handle: s.change},
		{Method: http.MethodPost, Path: path + "/own/{ruleId}/switch", Needs: access.Grantee, Tab: tab, Handle: s.switchOwn},
		{Method: http.MethodPost, Path: path + "/own/{ruleId}/remove", Needs: access.Grantee, Tab: tab, Handle: s.remove},
	}
}

// Done are the sentences after the actions of this room.
func (s *Pages) Done() map[string]string {
	const outdated = " Results of other rules are outdated now."
	return map[string]string{
		"rule-on": "The rule is on." + outdated, "rule-off": "The rule is off." + outdated, "rule-added": "The rule is added." + outdated, "rule-saved": "The rule is saved." + outdated,
		"rule-removed": "The rule is removed." + outdated,
	}
}
